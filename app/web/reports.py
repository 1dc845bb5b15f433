"""Reporting a text: the reader's form. What was typed survives a refusal and a new sign-in."""

from typing import Annotated, Any

from fastapi import Path
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, TooMany
from app.forms import LARGEST_ID, REPORT_LENGTH, ReportForm, read
from app.models import Account, Reportable
from app.services import reports
from app.services.reportables import KINDS, Text
from app.settings import Settings
from app.web import refusals
from app.web.pages import Posted, Render, RenderDep, new_router, number_of, see_other, text_of
from app.web.proposals import ProposalId

CommentId = Annotated[int, Path(ge=1, le=LARGEST_ID)]

router = new_router()
PROPOSAL = "/proposals/{proposal_id:int}/report"
COMMENT = "/proposals/{proposal_id:int}/comments/{comment_id:int}/report"


def _page(
    render: Render, session: Session, actor: Account, text: Text, values: dict[str, Any], error: PortalError | None = None, *, kept: bool = False
) -> Response:  # fmt: skip
    return render(
        "proposals/report.html",
        text=text,
        made=reports.made(session, actor, text),
        values=values,
        **refusals.shown(error),
        limit=REPORT_LENGTH,
        kept=kept,
    )


def _values(posted: FormData) -> dict[str, Any]:
    return {
        "reason_code": text_of(posted, "reason_code") or None,
        "words": text_of(posted, "words"),
    }


def _text(session: Session, actor: Account, target: Reportable, number: int, proposal_id: int) -> Text:  # fmt: skip
    """What the actor may report. Raises NotFound, also for a comment of another proposal, Forbidden, Conflict."""
    text = KINDS[target].get(session, actor, number, False)
    if text.proposal.id != proposal_id:
        raise NotFound
    reports.require_reportable(actor, text)
    return text


@router.get(PROPOSAL)
def form(
    proposal_id: ProposalId, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:
    text = _text(session, actor, Reportable.PROPOSAL, proposal_id, proposal_id)
    return _page(render, session, actor, text, {})


@router.get(COMMENT)
def comment_form(
    proposal_id: ProposalId, comment_id: CommentId, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:  # fmt: skip
    text = _text(session, actor, Reportable.COMMENT, comment_id, proposal_id)
    return _page(render, session, actor, text, {})


@router.post(PROPOSAL)
def send(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    text = _text(session, actor, Reportable.PROPOSAL, proposal_id, proposal_id)
    return _send(render, session, settings, actor, text, posted)


@router.post(COMMENT)
def send_about_comment(
    proposal_id: ProposalId,
    comment_id: CommentId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    text = _text(session, actor, Reportable.COMMENT, comment_id, proposal_id)
    return _send(render, session, settings, actor, text, posted)


def _send(
    render: Render, session: Session, settings: Settings, actor: Account, text: Text, posted: FormData
) -> Response:  # fmt: skip
    values = _values(posted)
    try:
        form = read(ReportForm, values)
        reports.send(session, settings, actor, text.target, text.id, form)
    except (Conflict, Invalid, TooMany) as error:
        text = KINDS[text.target].get(session, actor, text.id, False)
        return _page(render, session, actor, text, values, error)
    return see_other(text.path, "report.sent")


def render_kept(
    render: Render, session: Session, actor: Account, path: str, posted: FormData
) -> Response:
    """The form again after a new sign-in, with what had been typed; not for whom it turns out not to be."""
    proposal_id, *comment = [int(part) for part in path.split("/") if number_of(part) is not None]
    target = Reportable.COMMENT if comment else Reportable.PROPOSAL
    try:
        text = _text(session, actor, target, comment[0] if comment else proposal_id, proposal_id)
    except (NotFound, Forbidden, Conflict):
        return see_other("/", "sign_in.done")
    return _page(render, session, actor, text, _values(posted), kept=True)
