"""The moderators' workload: what waits by kind, and how much each of them decides, how fast, and has taken up now.

For moderators themselves, to see where help is needed; nobody else sees who decides how much.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, or_, select
from sqlmodel import Session, col, func
from sqlmodel import select as select_models

from app.database import now
from app.models import OPEN, STAFF, Account, QueueItem, QueueKind, Ruling
from app.permissions import may_moderate, require
from app.services import medians
from app.settings import Settings

WEEK, MONTH = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True)
class Waiting:
    """How much of one kind waits, and since when the oldest; `overdue` is what has waited longer than its target."""

    kind: QueueKind
    count: int
    overdue: int
    oldest: datetime


@dataclass(frozen=True)
class Share:
    """What one moderator has decided in the last 7 and 30 days, the median time to a decision, and what is claimed now.

    `account` is nobody for what those decided who have since deleted their accounts.
    """

    account: Account | None
    last_week: int
    last_month: int
    median_hours: float | None
    claimed: int


@dataclass(frozen=True)
class Workload:
    """The dashboard; `whole` is all shares together."""

    waiting: list[Waiting]
    shares: list[Share]
    whole: Share


def current(session: Session, settings: Settings, actor: Account) -> Workload:
    """The workload of this moment; those who have decided most come first. Raises Forbidden."""
    require(may_moderate(actor), actor)
    at = now()
    decided = _decided(session, at)
    people = _people(session, decided)
    claimed = _claimed(session, at, people)
    shares = [
        _share(people.get(number), decided.get(number), claimed.get(number, 0))
        for number in {*people, *decided}
    ]
    # Those who are gone stand last, whatever they did.
    shares.sort(key=lambda one: (one.account is None, -one.last_month, one.account.id if one.account else 0))  # fmt: skip
    timed = sum(row.timed for row in decided.values())
    median = medians.of_rulings(session, (col(Ruling.decided_at) >= at - MONTH,), timed)
    week, month = (
        sum(getattr(one, name) for one in shares) for name in ("last_week", "last_month")
    )
    whole = Share(None, week, month, _hours(median), sum(claimed.values()))
    return Workload(_waiting(session, settings, at), shares, whole)


def _share(account: Account | None, row: Any, claimed: int) -> Share:
    if row is None:
        return Share(account, 0, 0, None, claimed)
    return Share(account, row.last_week, row.last_month, _hours(row.median), claimed)


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(max(0.0, seconds) / 3600, 1)


def _decided(session: Session, at: datetime) -> dict[int, Any]:
    """The figures of each who has decided something in the last 30 days, by account; 0 is for those who are gone."""
    who, wait = func.coalesce(col(Ruling.actor_id), 0), medians.WAIT
    ordered = select(
        who.label("who"),
        wait.label("wait"),
        case((col(Ruling.decided_at) >= at - WEEK, 1), else_=0).label("lately"),
        # What did not wait has no time: it stands behind what has.
        func.row_number().over(partition_by=who, order_by=(wait.is_(None), wait)).label("place"),
        func.count(wait).over(partition_by=who).label("timed"),
    ).where(col(Ruling.decided_at) >= at - MONTH)
    row = ordered.subquery().c
    in_the_middle = row.place.in_([(row.timed + 1) // 2, row.timed // 2 + 1])
    query = select(
        row.who,
        func.sum(row.lately).label("last_week"),
        func.count().label("last_month"),
        func.max(row.timed).label("timed"),
        func.avg(case((in_the_middle, row.wait))).label("median"),
    ).group_by(row.who)
    return {one.who: one for one in session.execute(query)}


def _people(session: Session, decided: dict[int, Any]) -> dict[int, Account]:
    """Who moderates now, or has decided something lately."""
    query = select_models(Account)
    staff = session.exec(query.where(STAFF, col(Account.banned_at).is_(None)))
    found = {account.id: account for account in staff}
    others = decided.keys() - found.keys() - {0}
    if others:
        rows = session.exec(query.where(col(Account.id).in_(others)))
        found |= {account.id: account for account in rows}
    return found


def _claimed(session: Session, at: datetime, people: Iterable[int]) -> dict[int, int]:
    who = col(QueueItem.claimed_by)
    held = (who.in_(people), col(QueueItem.claimed_until) > at, OPEN)
    rows = session.exec(select_models(QueueItem.claimed_by, func.count()).where(*held).group_by(who))  # fmt: skip
    return {number: count for number, count in rows if number is not None}


def _waiting(session: Session, settings: Settings, at: datetime) -> list[Waiting]:
    late = or_(*(_is_late(settings, kind, at) for kind in QueueKind))
    since = func.min(QueueItem.since)
    query = select_models(QueueItem.kind, func.count(), func.sum(case((late, 1), else_=0)), since)
    rows = session.exec(query.where(OPEN).group_by(col(QueueItem.kind)))
    found = [
        Waiting(QueueKind(kind), count, overdue, oldest) for kind, count, overdue, oldest in rows
    ]
    return sorted(found, key=lambda one: list(QueueKind).index(one.kind))


def _is_late(settings: Settings, kind: QueueKind, at: datetime) -> ColumnElement[bool]:
    limit = at - timedelta(hours=settings.target_hours(kind))
    return (col(QueueItem.kind) == kind) & (col(QueueItem.since) <= limit)
