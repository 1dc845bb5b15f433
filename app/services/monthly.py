"""The monthly figures of the public moderation record: decisions, the median time to one, appeals and those upheld.

A month is one of the city's calendar. What is over is counted once and kept (close(), by the background loop); the
month that runs is counted when asked, so that today's decisions are in it. Where fewer than FEWEST decisions of a month
had waited, their median would be one person's waiting time, and stays empty.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case
from sqlmodel import Session, col, func, select

from app.database import insert_if_absent, now, table_of
from app.models import Outcome, QueueKind, RecordMonth, Ruling
from app.services import cities, medians, rulings

FEWEST = 5
# A transaction that began in a month may end a little after it.
_GRACE = timedelta(hours=1)


@dataclass(frozen=True)
class Month:
    """The figures of one month, named by its first day, as everybody may read them."""

    month: date
    decisions: int
    median_hours: float | None
    appeals: int
    upheld: int

    @classmethod
    def of(cls, row: RecordMonth) -> "Month":
        enough = row.median_seconds is not None and row.timed >= FEWEST
        hours = round((row.median_seconds or 0) / 3600, 1) if enough else None
        return cls(row.month, row.decisions, hours, row.appeals, row.upheld)


def every(session: Session) -> list[Month]:
    """All months from the first decision to this one, oldest first."""
    kept = list(session.exec(select(RecordMonth).order_by(col(RecordMonth.month))))
    begins = _next(kept[-1].month) if kept else _first(session)
    if begins is None:
        return []
    counted = [_count(session, month) for month in _months(begins, _current(session))]
    return [Month.of(row) for row in (*kept, *counted)]


def bounds(session: Session, month: date) -> tuple[datetime, datetime]:
    """From which moment up to which a month lasts in the city."""
    zone = ZoneInfo(cities.catalogue(session).timezone)
    first, after = (datetime(day.year, day.month, 1, tzinfo=zone) for day in (month, _next(month)))
    return first.astimezone(UTC), after.astimezone(UTC)


def over(session: Session) -> list[date]:
    """The months that are over and not kept yet, oldest first."""
    if cities.find_catalogue(session) is None:
        return []
    newest = session.exec(select(func.max(RecordMonth.month))).one()
    begins = _next(newest) if newest else _first(session)
    if begins is None:
        return []
    running = _current(session, now() - _GRACE)
    return [month for month in _months(begins, running) if month < running]


def close(session: Session) -> None:
    """Keep the figures of the months that are over; nothing changes for those that are kept."""
    for month in over(session):
        insert_if_absent(session, table_of(RecordMonth), _count(session, month).model_dump())


def _count(session: Session, month: date) -> RecordMonth:
    begins, ends = bounds(session, month)
    within = (col(Ruling.decided_at) >= begins, col(Ruling.decided_at) < ends)
    appeal = col(Ruling.kind) == QueueKind.APPEAL
    query = select(
        _sum(rulings.COUNTED), func.count(col(Ruling.waited_since)), _sum(appeal), _sum(appeal & (col(Ruling.outcome) == Outcome.UPHOLD))
    )  # fmt: skip
    decisions, timed, appeals, upheld = session.exec(query.where(*within)).one()
    return RecordMonth(
        month=month,
        decisions=decisions,
        timed=timed,
        median_seconds=medians.of_rulings(session, within, timed),
        appeals=appeals,
        upheld=upheld,
    )


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _first(session: Session) -> date | None:
    """The month of the first decision there is."""
    moment = session.exec(select(func.min(Ruling.decided_at))).one()
    return _month_of(session, moment) if moment else None


def _current(session: Session, at: datetime | None = None) -> date:
    return _month_of(session, at or now())


def _month_of(session: Session, moment: datetime) -> date:
    zone = ZoneInfo(cities.catalogue(session).timezone)
    return moment.astimezone(zone).date().replace(day=1)


def _months(begins: date, last: date) -> list[date]:
    found = []
    while begins <= last:
        found.append(begins)
        begins = _next(begins)
    return found


def _next(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)
