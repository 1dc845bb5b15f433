"""Reports by readers over JSON, and what moderators see of them. They are decided as everything in the queue is."""

from app.api.routing import PagingDep, ProposalId, new_router
from app.api.schemas import ReportCaseOut, ReportOut
from app.dependencies import SessionDep, SettingsDep, TokenActor
from app.forms import Number, ReportForm
from app.models import Reportable
from app.services import reports

router = new_router("Moderation")


@router.post("/proposals/{proposal_id}/reports", status_code=201)
def report(
    proposal_id: ProposalId,
    body: ReportForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> ReportOut:
    """Tell the moderators which rule a proposal breaks: once, until they have decided."""
    target = Reportable.PROPOSAL
    return ReportOut.of(reports.send(session, settings, actor, target, proposal_id, body))


@router.post("/comments/{comment_id}/reports", status_code=201)
def report_comment(
    comment_id: Number,
    body: ReportForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> ReportOut:
    """Tell the moderators which rule a comment breaks: once, until they have decided."""
    target = Reportable.COMMENT
    return ReportOut.of(reports.send(session, settings, actor, target, comment_id, body))


@router.get("/moderation/reports/{case_id}")
def read_case(
    case_id: Number,
    paging: PagingDep,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> ReportCaseOut:
    """What readers have reported of one text, by the `subject_id` of the queue. Decide with its number in the queue.

    `reports` come page by page, oldest first.
    """
    listing = f"reports|{case_id}"
    found = reports.show(session, actor, case_id, paging.limit, paging.after(listing))
    following = paging.next_cursor(listing, found.reports.next_after)
    return ReportCaseOut.of(found, settings, following)
