"""Transitions: every change of a proposal's status goes through move(), which leaves an event."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from app.database import now
from app.errors import Conflict
from app.labels import member_name, status_label
from app.lifecycle import CITY_STATUSES, part_required
from app.models import (
    MERGE_KINDS,
    STAFF_KINDS,
    Account,
    Event,
    EventKind,
    PendingEdit,
    Proposal,
    QueueKind,
    Status,
)
from app.permissions import may_play, require
from app.services import queue, search_index, similar

# What happens between an author and the moderators.
_UNSEEN = frozenset({EventKind.EDIT_SENT, EventKind.EDIT_RETURNED}) | MERGE_KINDS
_SPOKEN = frozenset({*CITY_STATUSES, Status.MERGED})
# What the city and its departments do; its words are for everybody.
_CITY_KINDS = frozenset({EventKind.ANSWER_CALLED, EventKind.ANSWER_ASSIGNED, EventKind.MILESTONE_SET, EventKind.MILESTONE_CHANGED, EventKind.MILESTONE_REACHED})  # fmt: skip


def move(
    session: Session,
    actor: Account,
    proposal: Proposal,
    target: Status,
    *,
    reason_code: str | None = None,
    note: str = "",
) -> Event:
    """Bring a proposal, whose row the caller has locked, to another status.

    Raises Conflict where the lifecycle has no such step, Forbidden where it is another's to make.
    """
    part = part_required(proposal, target)
    if part is None:
        raise Conflict(
            "transition.impossible",
            **{"from": status_label(proposal.status), "to": status_label(target)},
        )
    require(may_play(actor, part, proposal), actor)
    return carry_out(session, actor, proposal, target, reason_code=reason_code, note=note)


def carry_out(
    session: Session,
    actor: Account | None,
    proposal: Proposal,
    target: Status,
    *,
    reason_code: str | None = None,
    note: str = "",
) -> Event:
    """Make a step that the caller has found to be allowed, such as an official answer that others have approved."""
    before = proposal.status
    if before is Status.PUBLISHED and target is not Status.HIDDEN:
        _drop_edit(session, actor, proposal)
    proposal.status_before_hiding = before if target is Status.HIDDEN else None
    proposal.status = target
    _stamp(proposal, target)
    similar.follow(session, proposal, before)
    search_index.follow(session, proposal)
    return record(session, actor, proposal, EventKind.STATUS, before, reason_code, note, at=proposal.updated_at)  # fmt: skip


def _drop_edit(session: Session, actor: Account | None, proposal: Proposal) -> None:
    """A new text that waits is void once the proposal can no longer be changed."""
    pending = session.get(PendingEdit, proposal.id)
    if pending is not None:
        session.delete(pending)
        queue.leave(session, QueueKind.EDIT, proposal.id, actor)


def publish_unseen(session: Session, author: Account, proposal: Proposal) -> Event:
    """Publish what its author, who is trusted, has just submitted (services/premoderation.py decides whether)."""
    before, proposal.status = proposal.status, Status.PUBLISHED
    _stamp(proposal, Status.PUBLISHED)
    search_index.follow(session, proposal)
    return record(session, author, proposal, EventKind.STATUS, before, at=proposal.updated_at)


def _stamp(proposal: Proposal, target: Status) -> None:
    proposal.updated_at = now()
    if target is Status.SUBMITTED:
        proposal.submitted_at = proposal.updated_at
    if target is Status.PUBLISHED and proposal.published_at is None:
        proposal.published_at = proposal.updated_at
        proposal.published_revision = proposal.revision


def record(
    session: Session,
    actor: Account | None,
    proposal: Proposal,
    kind: EventKind,
    before: Status | None = None,
    reason_code: str | None = None,
    note: str = "",
    *,
    at: datetime | None = None,
) -> Event:
    """Add an event to a proposal's history, of now unless `at` says otherwise; nobody is named for what happens by itself."""
    event = Event(
        proposal_id=proposal.id,
        actor_id=actor.id if actor else None,
        kind=kind,
        from_status=before,
        to_status=proposal.status,
        revision=proposal.revision,
        reason_code=reason_code,
        note=note,
        created_at=at or now(),
    )
    session.add(event)
    return event


def history(
    session: Session, proposal: Proposal, *, whole: bool, for_staff: bool = False, and_steps: Collection[int] = ()
) -> list[Event]:  # fmt: skip
    """What happened to a proposal, oldest first: all of it, or what came with and after its publication.

    What only staff may know is left out unless it is for them. `and_steps` are the numbers of events in which the reader
    has a part, such as suggestions to merge it into a proposal of theirs.
    """
    query = (
        select(Event)
        .where(Event.proposal_id == proposal.id)
        .order_by(col(Event.created_at), col(Event.id))
    )
    if not for_staff:
        query = query.where(col(Event.kind).not_in(STAFF_KINDS))
    events = list(session.exec(query).all())
    if whole:
        return events
    published = [i for i, event in enumerate(events) if event.to_status is Status.PUBLISHED]
    shown = events[published[0] :] if published else []
    return [event for event in shown if event.kind not in _UNSEEN or event.id in and_steps]


def is_spoken(event: Event) -> bool:
    """Whether the words of an event are for everybody: what the city says is, a moderator's note to an author is not."""
    if event.kind in _CITY_KINDS:
        return True
    said = event.to_status in _SPOKEN and event.from_status is not Status.HIDDEN
    return said and event.kind not in _UNSEEN


def actors(session: Session, events: list[Event]) -> dict[int, str]:
    """The names of those who made these events, by their account's number."""
    numbers = {event.actor_id for event in events if event.actor_id is not None}
    found = session.exec(select(Account).where(col(Account.id).in_(numbers))).all()
    return {account.id: member_name(account) for account in found}
