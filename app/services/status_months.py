"""Statuses over time: how many proposals stood in each public status at the end of each month of the city's calendar.

The counts of this moment are walked back month by month through the changes that were recorded (models/events.py), so
that only the months shown are read and the newest always agree with the lists. What was hidden or withdrawn counts up to
the month in which that happened, as everybody could see it then.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, literal, select, union_all
from sqlmodel import Session

from app.database import UTCDateTime, table_of
from app.lifecycle import LISTED_STATUSES
from app.models import STATUS_CHANGE, Event, Status
from app.services import cities, days, statistics

SHOWN_MONTHS = 24
_events = table_of(Event).c


@dataclass(frozen=True)
class StatusMonth:
    """A month, named by its first day, and how many proposals stood in each listed status at its end, or now."""

    month: date
    counts: dict[Status, int]

    @property
    def proposals(self) -> int:
        return sum(self.counts.values())


def recent(session: Session) -> list[StatusMonth]:
    """The last two years, oldest first, from the first month in which anything was listed."""
    zone = ZoneInfo(cities.catalogue(session).timezone)
    months = _last_months(days.today(zone.key))
    counts: Counter[Status] = Counter({Status(code): number for code, number in statistics.by_status(session).items()})  # fmt: skip
    steps = _changes(session, months, zone)
    found = []
    for month in reversed(months):
        found.append(StatusMonth(month, {status: counts[status] for status in LISTED_STATUSES}))
        counts.subtract(steps.get(month, Counter()))
    while len(found) > 1 and not found[-1].proposals:
        found.pop()
    return found[::-1]


def _last_months(today: date) -> list[date]:
    """The first days of the months shown, oldest first."""
    found = [today.replace(day=1)]
    while len(found) < SHOWN_MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


def _changes(session: Session, months: list[date], zone: ZoneInfo) -> dict[date, Counter[Status]]:
    """By how much each status's count changed in each month; what is recorded for later counts in the last."""
    begins = [datetime(month.year, month.month, 1, tzinfo=zone).astimezone(UTC) for month in months]
    later = datetime.max.replace(tzinfo=UTC)
    parts = [_changed(number, *bounds) for number, bounds in enumerate(pairwise([*begins, later]))]
    found: dict[date, Counter[Status]] = {}
    for number, before, after, count in session.execute(union_all(*parts)):
        steps = found.setdefault(months[number], Counter())
        steps[after] += count
        if before is not None:
            steps[before] -= count
    return found


def _changed(
    number: int, begins: datetime, ends: datetime
) -> Select[int, Status | None, Status, int]:
    """The changes of status in one month, by from what to what."""
    within = (_events.created_at >= literal(begins, UTCDateTime()), _events.created_at < literal(ends, UTCDateTime()))  # fmt: skip
    query = select(literal(number), _events.from_status, _events.to_status, func.count())
    return query.where(STATUS_CHANGE, *within).group_by(_events.from_status, _events.to_status)
