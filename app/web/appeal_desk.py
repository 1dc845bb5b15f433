"""The moderators' page of an appeal: the decision it is against, the words of whoever appeals, and the answer."""

from typing import Annotated, Any

from fastapi import Path
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.errors import Conflict, Invalid, NotFound
from app.forms import LARGEST_ID, JudgementForm, read
from app.models import Account, Comment, QueueKind, Ruling
from app.permissions import may_moderate, require
from app.services import appeals, comments, proposals
from app.web import desk, refusals
from app.web.desk import DESK
from app.web.pages import Posted, Render, RenderDep, new_router, number_of, see_other

router = new_router()
PAGE = f"{DESK}/appeals/{{appeal_id:int}}"
AppealId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


def _page(
    render: Render, session: Session, actor: Account, appeal_id: int, values: dict[str, Any], error: Conflict | Invalid | None = None
) -> Response:  # fmt: skip
    found = appeals.show(session, actor, appeal_id)
    ruling = found.decided.ruling
    involved = proposals.by_numbers(session, [ruling.proposal_id])
    return render(
        "moderation/appeal.html",
        appeal=found.appeal,
        account=found.account,
        decider=found.decider,
        ruling=ruling,
        answer=found.decided.answer,
        is_overtaken=found.decided.is_overtaken,
        proposal=involved.get(ruling.proposal_id or 0),
        comment=_comment_of(session, actor, ruling),
        page_href=_page_of(ruling),
        values=values,
        **refusals.shown(error),
        **desk.panel(session, actor, QueueKind.APPEAL, appeal_id, found.account),
    )


def _page_of(ruling: Ruling) -> str | None:
    """The staff's page of what the decision was about, where the appeal's own page does not show it whole."""
    pages = {QueueKind.APPLICATION: f"{DESK}/experts", QueueKind.COMMENT: f"{DESK}/comments", QueueKind.ACCOUNT: "/people"}  # fmt: skip
    page = pages.get(ruling.kind)
    return f"{page}/{ruling.subject_id}" if page else None


def _comment_of(session: Session, actor: Account, ruling: Ruling) -> Comment | None:
    """The comment that the decision was about, if it was about one."""
    if ruling.kind is not QueueKind.COMMENT:
        return None
    comment, _ = comments.find(session, actor, ruling.subject_id)
    return comment


@router.get(PAGE)
def show(appeal_id: AppealId, session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    return _page(render, session, actor, appeal_id, {})


@router.post(f"{PAGE}/decision")
def decide(
    appeal_id: AppealId,
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
            appeals.decide(session, settings, actor, appeal_id, read(JudgementForm, values))
    except (Conflict, Invalid) as error:
        session.expire_all()
        return _page(render, session, actor, appeal_id, values, error)
    return see_other(DESK, "appeal.decided")


def render_kept(
    render: Render, session: Session, actor: Account, path: str, posted: FormData
) -> Response:
    """The page again after a new sign-in, with the words that were meant for the appellant."""
    number = number_of(path.rpartition("/")[2]) or 0
    if may_moderate(actor):
        try:
            return _page(render, session, actor, number, desk.decision_values(posted, "outcome"))
        except NotFound:
            pass
    return see_other("/", "sign_in.done")
