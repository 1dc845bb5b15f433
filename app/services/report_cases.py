"""Report cases: however many readers report a text, it waits once and is decided once; all of them hear the outcome.

A case is opened and closed under the lock of the text's own row, by services/reports.py and by whatever hides the text.
"""

from sqlmodel import Session, col, select

from app import emails
from app.database import insert_if_absent, now, table_of
from app.models import (
    Account,
    Outcome,
    Proposal,
    QueueKind,
    Report,
    Reportable,
    ReportCase,
    Ruling,
)
from app.services import queue, rulings
from app.settings import Settings


def find_open(session: Session, target: Reportable, target_id: int) -> ReportCase | None:
    """The case about a text that waits for a decision, or None."""
    query = select(ReportCase).where(ReportCase.target == target, ReportCase.target_id == target_id)
    query = query.where(col(ReportCase.closed_at).is_(None))
    return session.exec(query.execution_options(populate_existing=True)).first()


def open_about(
    session: Session, target: Reportable, target_id: int, proposal: Proposal
) -> ReportCase:
    """The case about a text whose row the caller has locked; a new one unless one waits."""
    row = {"target": target, "target_id": target_id, "proposal_id": proposal.id, "opened_at": now()}
    insert_if_absent(session, table_of(ReportCase), row)
    case = find_open(session, target, target_id)
    assert case is not None
    return case


def close(
    session: Session, settings: Settings, actor: Account, case: ReportCase, outcome: Outcome, proposal: Proposal, *, author_id: int, reason_code: str | None = None, note: str = ""
) -> Ruling:  # fmt: skip
    """Close a case about a text whose row the caller has locked, and tell everybody who reported it, once.

    Raises Forbidden for one's own text, Conflict while another moderator has taken it up.
    """
    ruling = rulings.settle(
        session, actor, QueueKind.REPORT, case.id, outcome,
        account_id=author_id, proposal=proposal, reason_code=reason_code, note=note,
    )  # fmt: skip
    case.closed_at = ruling.decided_at
    session.add(case)
    for reporter in _reporters(session, case):
        emails.report_decided(session, settings, reporter, proposal, outcome)
    return ruling


def uphold(
    session: Session, settings: Settings, actor: Account, target: Reportable, target_id: int, proposal: Proposal, *, author_id: int, reason_code: str | None, note: str
) -> None:  # fmt: skip
    """Close the case about a text that is being hidden, if one waits: whoever reported it was right. Raises as close()."""
    case = find_open(session, target, target_id)
    if case is not None:
        ruling = close(session, settings, actor, case, Outcome.UPHOLD, proposal, author_id=author_id, reason_code=reason_code, note=note)  # fmt: skip
        ruling.is_consequence = True


def drop(session: Session, actor: Account, target: Reportable, target_ids: list[int]) -> None:
    """Close the cases that wait about texts that their writer has erased: there is nothing left to decide."""
    query = select(ReportCase).where(ReportCase.target == target, col(ReportCase.closed_at).is_(None))  # fmt: skip
    query = query.where(col(ReportCase.target_id).in_(target_ids)).order_by(col(ReportCase.id))
    for case in session.exec(query.execution_options(populate_existing=True)).all():
        case.closed_at = now()
        session.add(case)
        queue.leave(session, QueueKind.REPORT, case.id, actor)


def _reporters(session: Session, case: ReportCase) -> list[Account]:
    query = select(Account).join(Report, col(Report.reporter_id) == Account.id)
    query = query.where(Report.case_id == case.id, col(Account.banned_at).is_(None))
    return list(session.exec(query.order_by(col(Report.id))))
