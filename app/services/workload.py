"""The moderators' workload: what waits by kind, and how much each of them decides, how fast, and has taken up now.

For moderators themselves, to see where help is needed; nobody else sees who decides how much.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import case, select
from sqlmodel import Session, col, func
from sqlmodel import select as select_models

from app.database import now
from app.models import OPEN, STAFF, Account, QueueItem, QueueKind, Ruling
from app.permissions import may_moderate, require
from app.services import medians, queue
from app.services.rulings import COUNTED
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


@dataclass
class _Tally:
    """What somebody has decided lately, and how often after how many tenths of an hour."""

    last_week: int = 0
    last_month: int = 0
    waits: Counter[int] = field(default_factory=Counter)

    def add(self, other: "_Tally") -> None:
        self.last_week += other.last_week
        self.last_month += other.last_month
        self.waits.update(other.waits)

    def share(self, account: Account | None, claimed: int) -> Share:
        return Share(account, self.last_week, self.last_month, self._median_hours(), claimed)

    def _median_hours(self) -> float | None:
        """The wait in the middle, or the mean of the two there."""
        timed = sorted(self.waits.elements())
        return statistics.median(timed) / 10 if timed else None


def current(session: Session, settings: Settings, actor: Account) -> Workload:
    """The workload of this moment; those who have decided most come first. Raises Forbidden."""
    require(may_moderate(actor), actor)
    at = now()
    decided = _decided(session, at)
    people = _people(session, decided.keys())
    claimed = _claimed(session, at, people)
    numbers = {*people, *decided}
    shares = [decided.get(n, _Tally()).share(people.get(n), claimed.get(n, 0)) for n in numbers]
    # Those who are gone stand last, whatever they did.
    shares.sort(key=lambda one: (one.account is None, -one.last_month, one.account.id if one.account else 0))  # fmt: skip
    whole = _Tally()
    for tally in decided.values():
        whole.add(tally)
    total = whole.share(None, sum(claimed.values()))
    return Workload(_waiting(session, settings, at), shares, total)


def _decided(session: Session, at: datetime) -> dict[int, _Tally]:
    """What each who has decided something in the last 30 days has decided, by account; 0 is for those who are gone.

    Waits are counted by tenths of an hour, which is as precisely as they are shown: far fewer rows than decisions, and
    no sorting of them all.
    """
    row = (
        select(
            func.coalesce(col(Ruling.actor_id), 0).label("who"),
            func.round(medians.WAIT / 360.0).label("wait"),
            case((COUNTED, 1), else_=0).label("one"),
            case((COUNTED & (col(Ruling.decided_at) >= at - WEEK), 1), else_=0).label("lately"),
        )
        .where(col(Ruling.decided_at) >= at - MONTH)
        .subquery()
        .c
    )
    query = select(row.who, row.wait, func.count(), func.sum(row.one), func.sum(row.lately)).group_by(row.who, row.wait)  # fmt: skip
    found: dict[int, _Tally] = {}
    for who, wait, timed, count, lately in session.execute(query):
        waits = Counter() if wait is None else Counter({max(0, int(wait)): timed})
        found.setdefault(who, _Tally()).add(_Tally(lately, count, waits))
    return found


def _people(session: Session, decided: Set[int]) -> dict[int, Account]:
    """Who moderates now, or has decided something lately."""
    query = select_models(Account)
    staff = session.exec(query.where(STAFF, col(Account.banned_at).is_(None)))
    found = {account.id: account for account in staff}
    others = decided - found.keys() - {0}
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
    late = queue.is_overdue(settings, at)
    since = func.min(QueueItem.since)
    query = select_models(QueueItem.kind, func.count(), func.sum(case((late, 1), else_=0)), since)
    rows = session.exec(query.where(OPEN).group_by(col(QueueItem.kind)))
    found = [
        Waiting(QueueKind(kind), count, overdue, oldest) for kind, count, overdue, oldest in rows
    ]
    return sorted(found, key=lambda one: list(QueueKind).index(one.kind))
