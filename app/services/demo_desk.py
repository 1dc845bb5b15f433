"""The demo's desk: a text that readers have reported, and an appeal, waiting for the moderators since some days, and
canned answers at hand.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.forms import CannedForm
from app.models import (
    Account,
    Appeal,
    Event,
    Outcome,
    Proposal,
    QueueKind,
    Report,
    Reportable,
    ReportCase,
    Ruling,
    Status,
)
from app.services import canned, queue, report_cases, rulings

# How many readers raise a text in the demo, whatever the settings say.
_RAISED_BY = 3
_OUTCOMES = {Status.HIDDEN: Outcome.HIDE, Status.REJECTED: Outcome.REJECT}
Day = Callable[[int], datetime]


def add(
    session: Session, rows: dict[str, Any], people: Mapping[str, Account], proposals: Mapping[str, Proposal], day: Day
) -> None:  # fmt: skip
    """Let the reports and appeals of the demo's file wait, and keep its canned answers.

    Raises KeyError for people and proposals that there are not.
    """
    for row in rows.get("canned", []):
        form = CannedForm(**{name: row[name] for name in CannedForm.model_fields})
        canned.keep(session, people[row["by"]], form)
    for row in rows.get("reports", []):
        _report(session, row, people[row["by"]], proposals[row["proposal"]], day(row["day"]))
    for row in rows.get("appeals", []):
        _appeal(session, row, proposals[row["proposal"]], day(row["day"]))


def _report(
    session: Session, row: dict[str, Any], reader: Account, proposal: Proposal, at: datetime
) -> None:
    case: ReportCase = report_cases.open_about(session, Reportable.PROPOSAL, proposal.id, proposal)
    case.opened_at = min(case.opened_at, at)
    session.add(Report(case_id=case.id, reporter_id=reader.id, reason_code=row["reason_code"], words=row.get("words", ""), created_at=at))  # fmt: skip
    session.flush()
    author = session.get(Account, proposal.author_id)
    number = queue.enter(session, QueueKind.REPORT, case.id, author=author, proposal=proposal, since=at, confidential=True)  # fmt: skip
    count = len(session.exec(select(Report.id).where(Report.case_id == case.id)).all())
    queue.mark_reported(session, number, count)
    item = queue.find(session, QueueKind.REPORT, case.id)
    if item is not None and count >= _RAISED_BY:
        queue.lift(session, item)


def _appeal(session: Session, row: dict[str, Any], proposal: Proposal, at: datetime) -> None:
    ruling = _ruling_on(session, proposal)
    author = session.get(Account, proposal.author_id)
    assert author is not None
    appeal = Appeal(ruling_id=ruling.id, account_id=author.id, words=row["words"].strip(), created_at=at)  # fmt: skip
    session.add(appeal)
    session.flush()
    queue.enter(session, QueueKind.APPEAL, appeal.id, author=author, proposal=proposal, since=at, barred_id=ruling.actor_id)  # fmt: skip


def _ruling_on(session: Session, proposal: Proposal) -> Ruling:
    """The decision on a proposal, as its newest event tells it."""
    known = rulings.latest(session, QueueKind.PROPOSAL, proposal.id)
    if known is not None:
        return known
    newest = select(Event).where(Event.proposal_id == proposal.id).order_by(col(Event.id).desc())
    event = session.exec(newest.limit(1)).one()
    ruling = Ruling(
        kind=QueueKind.PROPOSAL, subject_id=proposal.id, proposal_id=proposal.id, account_id=proposal.author_id,
        actor_id=event.actor_id, outcome=_OUTCOMES[proposal.status], reason_code=event.reason_code,
        note=event.note, decided_at=event.created_at,
    )  # fmt: skip
    session.add(ruling)
    session.flush()
    return ruling
