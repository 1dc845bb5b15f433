"""The demo's moderation desk: what waits there, with its signals, and what has been decided in the past months."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.lifecycle import LISTED_STATUSES
from app.models import (
    Account,
    ApplicationStatus,
    Event,
    EventKind,
    ExpertApplication,
    Outcome,
    Proposal,
    QueueKind,
    Reason,
    Ruling,
    Status,
)
from app.services import cities, proposals, queue, signals, similar

# What a step of a proposal was as a decision, by the status it led to.
_OUTCOMES = {
    Status.PUBLISHED: Outcome.PUBLISH,
    Status.RETURNED: Outcome.RETURN,
    Status.REJECTED: Outcome.REJECT,
    Status.HIDDEN: Outcome.HIDE,
    Status.MERGED: Outcome.MERGE,
}
_MANY = 5


def fill_queue(session: Session, made: Iterable[Proposal]) -> None:
    """What waits for the moderators, since when it was sent, with what is noticed about it."""
    rows = list(made)
    for proposal in rows:
        similar.keep(session, proposal)
    for proposal in (one for one in rows if one.status is Status.SUBMITTED):
        author = session.get_one(Account, proposal.author_id)
        number = queue.enter(session, QueueKind.PROPOSAL, proposal.id, author=author, proposal=proposal, since=proposal.submitted_at)  # fmt: skip
        texts = {name: getattr(proposal, name) for name in proposals.TEXTS}
        found = signals.of_texts(session, texts, proposal.id)
        queue.mark(session, number, found | signals.of_author(session, author, proposal.id, most=_MANY))  # fmt: skip
    waiting = ExpertApplication.status == ApplicationStatus.PENDING
    for application in session.exec(select(ExpertApplication).where(waiting)):
        author = session.get_one(Account, application.account_id)
        queue.enter(session, QueueKind.APPLICATION, application.id, author=author, since=application.applied_at)  # fmt: skip


def add_rulings(session: Session, rows: list[dict[str, Any]], today: datetime) -> None:
    """The decisions that the demo's history tells of, and those of the pack's file, about what is no longer there."""
    made = [*_on_proposals(session), *_on_applications(session)]
    made += [_from_file(session, row, today) for row in rows]
    made.sort(key=lambda ruling: ruling.decided_at)
    for ruling in made:
        session.add(ruling)
        session.flush()  # So that numbers rise with time.


def _on_proposals(session: Session) -> list[Ruling]:
    steps = (Event.kind == EventKind.STATUS, col(Event.to_status).in_(_OUTCOMES))
    query = select(Event, Proposal).join(Proposal, col(Event.proposal_id) == Proposal.id).where(*steps)  # fmt: skip
    return [
        Ruling(
            kind=QueueKind.PROPOSAL,
            subject_id=proposal.id,
            proposal_id=proposal.id,
            account_id=proposal.author_id,
            actor_id=event.actor_id,
            outcome=_OUTCOMES[event.to_status],
            reason_code=event.reason_code,
            note=event.note,
            waited_since=proposal.submitted_at if event.from_status is Status.SUBMITTED else None,
            decided_at=event.created_at,
        )
        for event, proposal in session.exec(query)
        if event.to_status is not Status.PUBLISHED or event.from_status not in LISTED_STATUSES
    ]


def _on_applications(session: Session) -> list[Ruling]:
    query = select(ExpertApplication).where(col(ExpertApplication.decided_at).is_not(None))
    return [
        Ruling(
            kind=QueueKind.APPLICATION,
            subject_id=one.id,
            account_id=one.account_id,
            actor_id=one.decided_by,
            outcome=Outcome.APPROVE if one.status is ApplicationStatus.APPROVED else Outcome.REFUSE,
            note=one.note,
            waited_since=one.applied_at,
            decided_at=one.decided_at,
        )
        for one in session.exec(query)
        if one.decided_at is not None
    ]


def _from_file(session: Session, row: dict[str, Any], today: datetime) -> Ruling:
    reason = row.get("reason")
    if reason is not None and session.get(Reason, reason) is None:
        raise cities.PackError(f"the demo's rulings name the unknown reason {reason}")
    staff = select(Account.id).where(Account.name == row["by"])
    decided = today + timedelta(days=row["day"])
    return Ruling(
        kind=QueueKind(row["kind"]),
        subject_id=0,  # No number that anything has.
        actor_id=session.exec(staff).one(),
        outcome=Outcome(row["outcome"]),
        reason_code=reason,
        waited_since=decided - timedelta(hours=row["waited"]),
        decided_at=decided,
    )
