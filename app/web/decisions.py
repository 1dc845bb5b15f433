"""What moderators have decided about one's own things, and appealing; for banned people by the link they were mailed."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Path, Request
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn, write_cursor
from app.errors import Conflict, Invalid, NotFound
from app.forms import APPEAL_LENGTH, LARGEST_ID, AppealForm, read
from app.models import Account
from app.services import appeals, decisions
from app.services.decisions import Decided
from app.settings import Settings
from app.web import refusals
from app.web.pages import (
    Posted,
    Render,
    RenderDep,
    new_router,
    number_of,
    page_cursor,
    see_other,
    text_of,
)

router = new_router()
PATH = "/account/decisions"
BY_LINK = "/appeal"
PAGE = 30
LONGEST_TOKEN = 200
RulingId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get(PATH)
def own(
    request: Request, session: SessionDep, settings: SettingsDep, actor: SignedIn, render: RenderDep
) -> Response:
    listing, cursor = f"decisions|{actor.id}", request.query_params.get("cursor")
    after = page_cursor(settings, listing, cursor)
    page = decisions.listed(session, actor, PAGE, after)
    following = write_cursor(settings, listing, page.next_after)
    return render(
        "account/decisions.html",
        decisions=[(one, one.open_until(settings)) for one in page.items],
        next_href=f"{PATH}?cursor={following}" if following else None,
        first_href=PATH if cursor else None,
    )


def _page(
    render: Render, settings: Settings, decided: Decided, words: str = "", error: Conflict | Invalid | None = None, *, token: str = "", kept: bool = False
) -> Response:  # fmt: skip
    return render(
        "account/decision.html",
        decided=decided,
        open_until=decided.open_until(settings),
        days=settings.appeal_days,
        action=BY_LINK if token else f"{PATH}/{decided.ruling.id}",
        token=token,
        words=words,
        limit=APPEAL_LENGTH,
        **refusals.shown(error),
        kept=kept,
    )


@router.get(f"{PATH}/{{ruling_id:int}}")
def show(
    ruling_id: RulingId,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    return _page(render, settings, decisions.get(session, actor.id, ruling_id))


@router.post(f"{PATH}/{{ruling_id:int}}")
def appeal(
    ruling_id: RulingId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    decided = decisions.get(session, actor.id, ruling_id)
    words = text_of(posted, "words")
    try:
        appeals.make(session, settings, decided, read(AppealForm, {"words": words}))
    except (Conflict, Invalid) as error:
        decided = decisions.get(session, actor.id, ruling_id)
        return _page(render, settings, decided, words, error)
    return see_other(f"{PATH}/{ruling_id}", "appeal.sent")


def _token(text: str) -> str:
    return text[:LONGEST_TOKEN]


@router.get(BY_LINK)
def show_by_link(
    request: Request, session: SessionDep, settings: SettingsDep, render: RenderDep
) -> Response:
    """Where the mailed link leads. It opens this one decision and nothing else, and uses nothing up."""
    token = _token(request.query_params.get("token", ""))
    decided = appeals.find_by_link(session, settings, token)
    answer = _page(render, settings, decided, token=token)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post(BY_LINK)
def appeal_by_link(
    posted: Posted, session: SessionDep, settings: SettingsDep, render: RenderDep
) -> Response:
    token, words = _token(text_of(posted, "token")), text_of(posted, "words")
    decided = appeals.find_by_link(session, settings, token)
    try:
        appeals.make(session, settings, decided, read(AppealForm, {"words": words}))
    except (Conflict, Invalid) as error:
        decided = appeals.find_by_link(session, settings, token)
        answer: Response = _page(render, settings, decided, words, error, token=token)
    else:
        answer = see_other(f"{BY_LINK}?{urlencode({'token': token})}", "appeal.sent")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def render_kept(
    render: Render, session: Session, settings: Settings, actor: Account, path: str, posted: FormData
) -> Response:  # fmt: skip
    """The form again after a new sign-in, with what had been typed; not for somebody whom it does not concern."""
    number = number_of(path.rpartition("/")[2]) or 0
    try:
        decided = decisions.get(session, actor.id, number)
    except NotFound:
        return see_other("/", "sign_in.done")
    return _page(render, settings, decided, text_of(posted, "words"), kept=True)
