"""The queue: one list of all that waits for a moderator, oldest first, what was raised above the rest.

Whoever takes something up has it for themselves for some minutes (a lease): renewed while its page is open, over by
itself when it is not. A row goes when it is decided (services/rulings.py) or taken back. Rows are locked after those
of their subjects, so that nobody blocks another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, delete, exists, insert, literal, or_, tuple_, update
from sqlmodel import Session, col, select

from app.database import UTCDateTime, insert_if_absent, insert_or_update, now, table_of
from app.errors import Conflict, Forbidden, NotFound
from app.forms import LARGEST_ID
from app.labels import member_name
from app.models import (
    NORMAL,
    OPEN,
    RAISED,
    Account,
    Proposal,
    ProposalWard,
    QueueEvent,
    QueueItem,
    QueueKind,
    QueueSignal,
    Signal,
    Step,
)
from app.permissions import may_claim, may_moderate, require
from app.services import impartiality
from app.services.paging import After, Page
from app.settings import Settings

_items = table_of(QueueItem)
_ALWAYS_IN_SIGHT = (QueueKind.REPORT, QueueKind.APPEAL)
# Up to how many things a signal is rare for.
_RARE = 500
_KEY = (col(QueueItem.rank), col(QueueItem.since), col(QueueItem.id))


class Age(StrEnum):
    """How long something has waited."""

    OVERDUE = "overdue"
    DAY = "day"
    WEEK = "week"


_AGES = {Age.DAY: timedelta(days=1), Age.WEEK: timedelta(weeks=1)}


@dataclass(frozen=True)
class QueueFilter:
    """What the queue is narrowed to; pillar and ward are codes of the city's."""

    kind: QueueKind | None = None
    pillar: str | None = None
    ward: str | None = None
    language: str | None = None
    signal: Signal | None = None
    age: Age | None = None


def target(settings: Settings, item: QueueItem) -> datetime:
    """The moment by which it should be decided."""
    return item.since + timedelta(hours=settings.target_hours(item.kind))


# What waits, and what does not any more


def enter(
    session: Session, kind: QueueKind, subject_id: int, *, author: Account | None, proposal: Proposal | None = None, language: str | None = None, since: datetime | None = None, barred_id: int | None = None, confidential: bool = False
) -> int:  # fmt: skip
    """Let something wait for a moderator, unless it does already; returns its number in the queue.

    `barred_id` is who may not decide it; `confidential` says that another than its author sent it, who is nobody's business.
    """
    row = {
        "kind": kind,
        "subject_id": subject_id,
        "rank": NORMAL,
        "since": since or now(),
        "is_set_aside": False,
        "proposal_id": proposal.id if proposal else None,
        "author_id": author.id if author else None,
        "barred_id": barred_id,
        "pillar_code": proposal.pillar_code if proposal else None,
        "language": language or (proposal.language if proposal else author.language if author else "vi"),
    }  # fmt: skip
    entered = insert_if_absent(session, _items, row)
    item = find(session, kind, subject_id)
    assert item is not None
    if entered:
        note(session, item, Step.ENTERED, None if confidential else author)
    return item.id


def leave(session: Session, kind: QueueKind, subject_id: int, actor: Account | None) -> None:
    """Take something out of the queue without a decision: it has been taken back. Nothing happens if it is not there."""
    item = find(session, kind, subject_id, lock=True)
    if item is not None:
        note(session, item, Step.LEFT, actor)
        remove(session, item)


def leave_all(session: Session, author: Account) -> None:
    """Take all that waits of an author out of the queue: the account is being deleted."""
    own = _items.c.author_id == author.id
    left = select(_items.c.id, _items.c.kind, _items.c.subject_id, literal(Step.LEFT.value), literal(now(), UTCDateTime())).where(own)  # type: ignore[call-overload]  # fmt: skip
    columns = ["item_id", "kind", "subject_id", "step", "created_at"]
    session.execute(insert(table_of(QueueEvent)).from_select(columns, left))
    session.execute(delete(_items).where(own))


def lift(session: Session, item: QueueItem) -> None:
    """Put something above the rest."""
    if item.rank != RAISED:
        item.rank = RAISED
        note(session, item, Step.RAISED, None)


def set_aside(session: Session, author: Account, *, aside: bool) -> None:
    """Take all that an author has waiting out of sight, or put it back in its place.

    What others say of the author's texts, and appeals, go on waiting.
    """
    own = (_items.c.author_id == author.id) & _items.c.kind.not_in(_ALWAYS_IN_SIGHT)
    session.execute(update(_items).where(own).values(is_set_aside=aside))


def remove(session: Session, item: QueueItem) -> None:
    """Delete a row that the caller has locked."""
    session.expunge(item)
    session.execute(delete(_items).where(_items.c.id == item.id))


def note(session: Session, item: QueueItem, step: Step, actor: Account | None) -> None:
    """Add to the history of what waits."""
    event = QueueEvent(
        item_id=item.id,
        kind=item.kind,
        subject_id=item.subject_id,
        step=step,
        actor_id=actor.id if actor else None,
    )
    session.add(event)


def mark(session: Session, item_id: int, signals: dict[Signal, dict[str, Any]]) -> None:
    """Replace the signals of something that waits; reports of readers stay (see mark_reported)."""
    table = table_of(QueueSignal)
    computed = (table.c.item_id == item_id) & (table.c.code != Signal.REPORTED)
    session.execute(delete(table).where(computed))
    rows = [{"item_id": item_id, "code": code, "detail": detail} for code, detail in signals.items()]  # fmt: skip
    for row in rows:
        insert_if_absent(session, table, row)


def mark_reported(session: Session, item_id: int, count: int) -> None:
    """Say of something that waits how many readers have reported it."""
    row = {"item_id": item_id, "code": Signal.REPORTED, "detail": {"count": count}}
    insert_or_update(session, table_of(QueueSignal), row, {"detail": row["detail"]})


# Reading


def find(
    session: Session, kind: QueueKind, subject_id: int, *, lock: bool = False
) -> QueueItem | None:
    """What waits about this subject, as it stands now, or None."""
    query = select(QueueItem).where(QueueItem.kind == kind, QueueItem.subject_id == subject_id)
    if lock:
        query = query.with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).first()


def get(session: Session, actor: Account, item_id: int, *, lock: bool = False) -> QueueItem:
    """What has this number in the queue. Raises Forbidden or NotFound."""
    require(may_moderate(actor), actor)
    query = select(QueueItem).where(QueueItem.id == min(item_id, LARGEST_ID))
    if lock:
        query = query.with_for_update()
    item = session.exec(query.execution_options(populate_existing=True)).first()
    if item is None:
        raise NotFound
    return item


def listed(
    session: Session, settings: Settings, actor: Account, filters: QueueFilter, limit: int, after: After | None = None
) -> Page[QueueItem]:  # fmt: skip
    """A page of what waits, raised things first, then the longest waiting. Raises Forbidden."""
    require(may_moderate(actor), actor)
    query = select(QueueItem).where(OPEN, *_conditions(session, settings, filters))
    if after is not None:
        query = query.where(tuple_(*_KEY) > _position(after))
    rows = list(session.exec(query.order_by(*_KEY).limit(limit + 1)).all())
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    return Page(rows[:limit], (f"{last.rank} {last.since.isoformat()}", last.id))


def _position(after: After) -> Any:
    """The cursor's place in the order: rank and moment stand in its key."""
    rank, since = str(after[0]).split(" ", 1)
    moment = literal(datetime.fromisoformat(since), UTCDateTime())
    return tuple_(literal(int(rank)), moment, literal(after[1]))


def signals_of(session: Session, items: Iterable[QueueItem]) -> dict[int, list[QueueSignal]]:
    """The signals of some items, by the item's number."""
    found: dict[int, list[QueueSignal]] = {}
    numbers = [item.id for item in items]
    query = select(QueueSignal).where(col(QueueSignal.item_id).in_(numbers))
    for signal in session.exec(query.order_by(col(QueueSignal.code))):
        found.setdefault(signal.item_id, []).append(signal)
    return found


def _conditions(
    session: Session, settings: Settings, filters: QueueFilter
) -> list[ColumnElement[bool]]:
    pairs = ((QueueItem.kind, filters.kind), (QueueItem.pillar_code, filters.pillar), (QueueItem.language, filters.language))  # fmt: skip
    found = [col(column) == value for column, value in pairs if value is not None]
    if filters.ward is not None:
        named = (col(ProposalWard.proposal_id) == QueueItem.proposal_id) & (col(ProposalWard.code) == filters.ward)  # fmt: skip
        found.append(exists().where(named))
    if filters.signal is not None:
        found.append(_signalled(session, filters.signal))
    if filters.age is Age.OVERDUE:
        found += _overdue(settings)
    elif filters.age is not None:
        found.append(col(QueueItem.since) <= now() - _AGES[filters.age])
    return found


def _signalled(session: Session, signal: Signal) -> ColumnElement[bool]:
    """What has a signal.

    A rare one is looked up by number: read in the queue's own order, all that waits would be passed over to find it. A
    frequent one is not: its page is full soon, and all that have it would have to be sorted.
    """
    about = col(QueueSignal.code) == signal
    some = session.exec(select(QueueSignal.item_id).where(about).limit(_RARE + 1)).all()
    if len(some) <= _RARE:
        return col(QueueItem.id).in_(some)
    return exists().where(col(QueueSignal.item_id) == QueueItem.id, about)


def is_overdue(settings: Settings, at: datetime) -> ColumnElement[bool]:
    """Whether something in the queue has waited longer than the target of its kind."""
    limits = _limits(settings, at)
    own = case(*((col(QueueItem.kind) == kind, literal(limit, UTCDateTime())) for kind, limit in limits.items()))  # fmt: skip
    return col(QueueItem.since) <= own


def _overdue(settings: Settings) -> list[ColumnElement[bool]]:
    """What is overdue, with the latest moment that any of it can have.

    Not as one condition for each kind: a database would look up all that is overdue by kind and sort it, while in the
    queue's own order the oldest come first.
    """
    at = now()
    return [is_overdue(settings, at), col(QueueItem.since) <= max(_limits(settings, at).values())]


def _limits(settings: Settings, at: datetime) -> dict[QueueKind, datetime]:
    return {kind: at - timedelta(hours=settings.target_hours(kind)) for kind in QueueKind}


# Claims


def claim(session: Session, settings: Settings, actor: Account, item: QueueItem) -> QueueItem:
    """Take something up whose row the caller has locked, or keep it for longer.

    Raises Forbidden for one's own and what one is barred from, Conflict while another moderator has it.
    """
    require_free(session, actor, item)
    if item.claimant(now()) != actor.id:
        note(session, item, Step.CLAIMED, actor)
    item.claimed_by = actor.id
    item.claimed_until = now() + timedelta(minutes=settings.claim_minutes)
    return item


def release(session: Session, actor: Account, item: QueueItem) -> None:
    """Give back what one has taken up. Raises Forbidden, Conflict if it is not the actor's now."""
    require_fit(actor, item)
    if item.claimant(now()) != actor.id:
        raise Conflict("claim.not_yours")
    item.claimed_by = item.claimed_until = None
    note(session, item, Step.RELEASED, actor)


def claim_next(
    session: Session, settings: Settings, actor: Account, filters: QueueFilter
) -> QueueItem | None:
    """Take up what has waited longest and nobody has, or None if there is nothing. Raises Forbidden."""
    require(may_moderate(actor), actor)
    at = now()
    free = or_(col(QueueItem.claimed_until).is_(None), col(QueueItem.claimed_until) <= at)
    others = [or_(column.is_(None), column != actor.id) for column in (col(QueueItem.author_id), col(QueueItem.barred_id))]  # fmt: skip
    query = select(QueueItem).where(OPEN, free, *others, ~impartiality.involved(actor))
    query = query.where(*_conditions(session, settings, filters))
    # Two who ask at once get two different ones: a row that another has locked is passed over.
    query = query.order_by(*_KEY).limit(1).with_for_update(skip_locked=True)
    item = session.exec(query.execution_options(populate_existing=True)).first()
    return claim(session, settings, actor, item) if item else None


def require_fit(actor: Account, item: QueueItem) -> None:
    """Raise Forbidden for what is the actor's own, or is about a decision of theirs."""
    if may_moderate(actor) and actor.id == item.barred_id:
        raise Forbidden("claim.barred")
    require(may_claim(actor, item), actor)


def require_free(session: Session, actor: Account, item: QueueItem) -> None:
    """Raise Forbidden for what is not for the actor to decide, Conflict while another moderator has taken it up."""
    require_fit(actor, item)
    part = impartiality.part_in(session, actor, item)
    if part is not None:
        raise Forbidden(part)
    claimant = item.claimant(now())
    if claimant is None or claimant == actor.id:
        return
    other = session.get(Account, claimant)
    raise Conflict("claim.taken", name=member_name(other) if other else "")
