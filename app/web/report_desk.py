"""The moderators' page of a case: a text that readers have reported, what they said of it, and the decision."""

from typing import Annotated, Any

from fastapi import Path, Request
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn, write_cursor
from app.errors import Conflict, Invalid, NotFound
from app.forms import LARGEST_ID, JudgementForm, read
from app.models import Account, QueueKind
from app.permissions import may_moderate, require
from app.services import attachments, cities, reports
from app.settings import Settings
from app.web import desk, refusals
from app.web.cards import card
from app.web.desk import DESK
from app.web.pages import (
    Posted,
    Render,
    RenderDep,
    new_router,
    number_of,
    page_cursor,
    see_other,
)

router = new_router()
REPORTS = 30
PAGE = f"{DESK}/reports/{{case_id:int}}"
CaseId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


def _page(
    render: Render, session: Session, settings: Settings, actor: Account, case_id: int, values: dict[str, Any], error: Conflict | Invalid | None = None, cursor: str | None = None
) -> Response:  # fmt: skip
    listing = f"web|reports|{case_id}"
    after = page_cursor(settings, listing, cursor)
    found = reports.show(session, actor, case_id, REPORTS, after)
    following = write_cursor(settings, listing, found.reports.next_after)
    here = f"{DESK}/reports/{case_id}"
    writer = session.get_one(Account, found.text.author_id)
    return render(
        "moderation/report.html",
        case=found.case,
        text=found.text,
        files=attachments.of(session, found.text.proposal),
        card=card(cities.catalogue(session), found.text.proposal),
        reports=found.reports.items,
        counts=found.counts,
        total=sum(number for _, number in found.counts),
        next_href=f"{here}?cursor={following}#said" if following else None,
        first_href=here if after else None,
        ruling=found.ruling,
        is_own=found.is_own,
        values=values,
        **refusals.shown(error),
        **desk.panel(session, actor, QueueKind.REPORT, case_id, writer),
    )


@router.get(PAGE)
def show(
    case_id: CaseId,
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    cursor = request.query_params.get("cursor")
    return _page(render, session, settings, actor, case_id, {}, cursor=cursor)


@router.post(f"{PAGE}/decision")
def decide(
    case_id: CaseId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    require(may_moderate(actor), actor)
    values = desk.decision_values(posted, "outcome")
    try:
        with session.begin_nested():
            reports.decide(session, settings, actor, case_id, read(JudgementForm, values))
    except (Conflict, Invalid) as error:
        session.expire_all()
        return _page(render, session, settings, actor, case_id, values, error)
    return see_other(DESK, "report.decided")


def render_kept(
    render: Render, session: Session, settings: Settings, actor: Account, path: str, posted: FormData
) -> Response:  # fmt: skip
    """The page again after a new sign-in, with the words that were meant for the author; whoever may not see it goes on."""
    number = number_of(path.rpartition("/")[2]) or 0
    if may_moderate(actor):
        try:
            return _page(
                render, session, settings, actor, number, desk.decision_values(posted, "outcome")
            )
        except NotFound:
            pass
    return see_other("/", "sign_in.done")
