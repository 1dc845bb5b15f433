"""Canned answers: the page on which moderators keep the words they write again and again."""

from typing import Any

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import SessionDep, SignedIn
from app.errors import Invalid
from app.forms import CannedForm, read
from app.i18n import LANGUAGES
from app.models import Account, CannedAnswer
from app.permissions import may_moderate, require
from app.services import canned
from app.web import refusals
from app.web.desk import DESK, ItemId
from app.web.pages import Posted, Render, RenderDep, new_router, see_other, text_of

router = new_router()
CANNED = f"{DESK}/canned"
_BLANK: dict[str, Any] = {"title": "", "texts": {}, "reason_code": None}


def _page(
    render: Render, session: Session, actor: Account, values: dict[str, Any], answer: CannedAnswer | None = None, error: Invalid | None = None
) -> Response:  # fmt: skip
    return render(
        "moderation/canned.html",
        answers=canned.every(session, actor),
        answer=answer,
        values=values,
        **refusals.shown(error),
    )


def _values(posted: FormData) -> dict[str, Any]:
    return {
        "title": text_of(posted, "title"),
        "texts": {code: text_of(posted, f"text_{code}") for code in LANGUAGES},
        "reason_code": text_of(posted, "reason_code") or None,
    }


@router.get(CANNED)
def every(session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    require(may_moderate(actor), actor)
    return _page(render, session, actor, _BLANK)


@router.post(CANNED)
def add(posted: Posted, session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    require(may_moderate(actor), actor)
    values = _values(posted)
    try:
        canned.keep(session, actor, read(CannedForm, values))
    except Invalid as error:
        return _page(render, session, actor, values, error=error)
    return see_other(CANNED, "canned.saved")


@router.get(f"{CANNED}/{{canned_id:int}}")
def edit(canned_id: ItemId, session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    answer = canned.get(session, actor, canned_id)
    values = {name: getattr(answer, name) for name in _BLANK}
    return _page(render, session, actor, values, answer)


@router.post(f"{CANNED}/{{canned_id:int}}")
def save(
    canned_id: ItemId, posted: Posted, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:
    answer = canned.get(session, actor, canned_id)
    values = _values(posted)
    try:
        canned.keep(session, actor, read(CannedForm, values), answer)
    except Invalid as error:
        return _page(render, session, actor, values, answer, error)
    return see_other(CANNED, "canned.saved")


@router.post(f"{CANNED}/{{canned_id:int}}/discard")
def discard(canned_id: ItemId, session: SessionDep, actor: SignedIn) -> Response:
    canned.discard(session, actor, canned.get(session, actor, canned_id))
    return see_other(CANNED, "canned.discarded")
