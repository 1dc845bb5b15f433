"""Report cases: however many readers report a text, it waits once and is decided once; all of them hear the outcome.

A case is opened and closed under the lock of the text's own row, by services/reports.py and by whatever hides the text.
"""

from collections.abc import Sequence

from sqlalchemy import update
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
from app.services import accounts, queue, rulings
from app.settings import Settings

_cases = table_of(ReportCase)
# How many are written to in one transaction, and of how many cases in one round of the background loop, so that nobody
# waits long for it and other mail does not wait behind theirs.
AT_ONCE = 100
MOST_CASES = 20


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
    session: Session, actor: Account, case: ReportCase, outcome: Outcome, proposal: Proposal, *, author_id: int, reason_code: str | None = None, note: str = ""
) -> Ruling:  # fmt: skip
    """Close a case about a text whose row the caller has locked. Everybody who reported it is told later (tell()).

    Raises Forbidden for one's own text, Conflict while another moderator has taken it up.
    """
    ruling = rulings.settle(
        session, actor, QueueKind.REPORT, case.id, outcome,
        account_id=author_id, proposal=proposal, reason_code=reason_code, note=note,
    )  # fmt: skip
    case.closed_at = ruling.decided_at
    session.add(case)
    case.told_up_to = 0
    return ruling


def uphold(
    session: Session, actor: Account, target: Reportable, target_id: int, proposal: Proposal, *, author_id: int, reason_code: str | None, note: str
) -> None:  # fmt: skip
    """Close the case about a text that is being hidden, if one waits: whoever reported it was right. Raises as close()."""
    case = find_open(session, target, target_id)
    if case is not None:
        ruling = close(session, actor, case, Outcome.UPHOLD, proposal, author_id=author_id, reason_code=reason_code, note=note)  # fmt: skip
        ruling.is_consequence = True


def drop(session: Session, actor: Account, target: Reportable, target_ids: list[int]) -> None:
    """Close the cases that wait about texts that their writer has erased: there is nothing left to decide."""
    query = select(ReportCase).where(ReportCase.target == target, col(ReportCase.closed_at).is_(None))  # fmt: skip
    query = query.where(col(ReportCase.target_id).in_(target_ids)).order_by(col(ReportCase.id))
    for case in session.exec(query.execution_options(populate_existing=True)).all():
        case.closed_at = now()
        session.add(case)
        queue.leave(session, QueueKind.REPORT, case.id, actor)


# Whoever has reported hears the outcome, from the background loop


def untold(session: Session) -> list[int]:
    """The decided cases of which not everybody has been told yet, oldest first."""
    query = select(ReportCase.id).where(col(ReportCase.told_up_to).is_not(None))
    return list(session.exec(query.order_by(col(ReportCase.id)).limit(MOST_CASES)))


def tell(session: Session, settings: Settings, case_id: int) -> None:
    """Write to the next few who reported the text of a decided case, unless another process does.

    They are held in the order of their numbers; one whose account is just being deleted is waited for and left out.
    """
    case = session.get(ReportCase, case_id)
    ruling = rulings.latest(session, QueueKind.REPORT, case_id)
    if case is None or case.told_up_to is None or ruling is None:
        return
    query = select(Report.id).where(Report.case_id == case_id, col(Report.id) > case.told_up_to)
    numbers = session.exec(query.order_by(col(Report.id)).limit(AT_ONCE)).all()
    if not _claim(session, case, numbers[-1] if numbers else None):
        return
    proposal = session.get_one(Proposal, case.proposal_id)
    for reporter in _held_reporters(session, numbers):
        emails.report_decided(session, settings, reporter, proposal, ruling.outcome)


def _claim(session: Session, case: ReportCase, last: int | None) -> bool:
    """Move on to the report with this number, or to the end; False if another process has moved meanwhile."""
    this = (_cases.c.id == case.id) & (_cases.c.told_up_to == case.told_up_to)
    moving = update(_cases).where(this).values(told_up_to=last).returning(_cases.c.id)
    return session.connection().execute(moving).first() is not None


def _held_reporters(session: Session, numbers: Sequence[int]) -> Sequence[Account]:
    query = select(Account).join(Report, col(Report.reporter_id) == Account.id)
    query = query.where(col(Report.id).in_(numbers), col(Account.banned_at).is_(None))
    holding = query.order_by(col(Account.id)).with_for_update(of=Account, **accounts.HELD)
    return session.exec(holding).all()
