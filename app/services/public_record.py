"""The public moderation record: every decision with its day, kind, outcome and the rule cited.

What is left out, and why: who decided and who is concerned (names are nobody's business here); the words to the person
(they are theirs); title, text and number of what was decided on (of what is hidden nothing may lead to it); the time of
day and how long the matter had waited (beside a public list of new members or comments they would tell whose it was).
Decisions on accounts are in it like all others: that somebody was closed out says no more than that it was done.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, literal, select, tuple_
from sqlmodel import Session

from app.database import UTCDateTime, table_of
from app.errors import Invalid
from app.forms import RecordForm, unknown
from app.models import Outcome, QueueKind, Ruling
from app.services import cities, monthly
from app.services.paging import Page

_rulings = table_of(Ruling).c
# All of them stand in each of the table's indexes for this order.
_NEWEST = (_rulings.decided_at.desc(), _rulings.id.desc())
_COLUMNS = (_rulings.id, _rulings.decided_at, _rulings.kind, _rulings.outcome, _rulings.reason_code, _rulings.is_consequence)  # fmt: skip

# The decisions in one file: it takes hardly longer than other answers do, and holds any ordinary month.
IN_FILE = 20_000


@dataclass(frozen=True)
class Entry:
    """A decision as everybody may see it; `day` is the city's.

    `is_consequence`: it followed from another, such as the reversal after an upheld appeal, and is not counted beside it.
    """

    id: int
    day: date
    kind: QueueKind
    outcome: Outcome
    reason_code: str | None
    is_consequence: bool


def listed(
    session: Session, filters: RecordForm, limit: int, after: int | None = None
) -> Page[Entry]:
    """A page of the record, newest first. `after` is the number of the last decision of the page before.

    A page's place is told by that number alone: a cursor with its moment in it would tell the time of day. Raises
    Invalid for a reason that the city's policy does not have.
    """
    if filters.reason is not None and filters.reason not in cities.catalogue(session).reasons:
        raise Invalid([unknown("reason")])
    query = select(*_COLUMNS).where(*_conditions(session, filters, after)).order_by(*_NEWEST)
    zone = ZoneInfo(cities.catalogue(session).timezone)
    rows = [
        Entry(number, at.astimezone(zone).date(), *rest)
        for number, at, *rest in session.execute(query.limit(limit + 1))
    ]
    return Page(rows[:limit], (0, rows[limit - 1].id) if len(rows) > limit else None)


def last_of(
    session: Session, filters: RecordForm, limit: int, after: int | None = None
) -> int | None:
    """The number of the last decision of a page as by listed(), or None if no other page follows."""
    query = select(_rulings.id).where(*_conditions(session, filters, after)).order_by(*_NEWEST)
    found = session.execute(query.offset(limit - 1).limit(2)).scalars().all()
    return found[0] if len(found) > 1 else None


def _conditions(
    session: Session, filters: RecordForm, after: int | None
) -> list[ColumnElement[bool]]:
    pairs = ((_rulings.kind, filters.kind), (_rulings.outcome, filters.outcome), (_rulings.reason_code, filters.reason))  # fmt: skip
    found = [column == value for column, value in pairs if value is not None]
    if filters.month is not None:
        begins, ends = monthly.bounds(session, filters.month)
        found += [_rulings.decided_at >= begins, _rulings.decided_at < ends]
    if after is not None:
        last = session.execute(select(_rulings.decided_at).where(_rulings.id == after)).scalar()
        here = tuple_(_rulings.decided_at, _rulings.id)
        found.append(here < _position(last, after) if last is not None else false())
    return found


def _position(moment: datetime, number: int) -> Any:
    return tuple_(literal(moment, UTCDateTime()), literal(number))
