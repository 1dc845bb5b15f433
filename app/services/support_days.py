"""Support by day: how the support of a proposal grew, without reading its votes.

A day is one of the city's calendar, and a change counts on the day on which it happens: whoever takes a vote back takes
one off today, not off the day of the vote, which nobody could know from the public counts. The rows move in the
transaction that moves the proposal's own count, and add up to it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from app.database import insert_or_add, now, table_of
from app.errors import NotFound
from app.lifecycle import VOTABLE
from app.models import Proposal, SupportDay
from app.services import cities, days

# Ten years, as many as still make a picture; what came before is in the total of the first.
MOST_DAYS = 3660
_days = table_of(SupportDay)


@dataclass(frozen=True)
class Day:
    """A day, by how much the support changed on it, and how much there was at its end."""

    day: date
    change: int
    total: int


def move(session: Session, steps: Mapping[int, int]) -> None:
    """Note that the support of proposals, by their numbers, has just changed by so much; their rows are locked."""
    moved = {number: step for number, step in sorted(steps.items()) if step}
    if not moved:
        return
    today = days.today(cities.catalogue(session).timezone)
    rows = [{"proposal_id": number, "day": today, "change": step} for number, step in moved.items()]
    insert_or_add(session, _days, rows, "change")


def rebuild(
    session: Session, proposal_ids: list[int], votes: Mapping[tuple[int, datetime], int]
) -> None:
    """Set the days of proposals anew from the number of supports by proposal and moment, after a bulk load."""
    zone = cities.catalogue(session).timezone
    sums: Counter[tuple[int, date]] = Counter()
    for (number, moment), count in votes.items():
        sums[number, days.day_of(moment, zone)] += count
    session.execute(delete(_days).where(_days.c.proposal_id.in_(proposal_ids)))
    rows = [{"proposal_id": number, "day": day, "change": count} for (number, day), count in sums.items()]  # fmt: skip
    if rows:
        session.connection().execute(insert(_days), rows)


def changes(session: Session, proposal: Proposal) -> list[Day]:
    """The days on which the support of a proposal changed, oldest first."""
    query = select(_days.c.day, _days.c.change).where(
        _days.c.proposal_id == proposal.id, _days.c.change != 0
    )
    found, total = [], 0
    for day, change in session.execute(query.order_by(_days.c.day)):
        total += change
        found.append(Day(day, change, total))
    return found


def daily(session: Session, proposal: Proposal) -> list[Day]:
    """Every day of a proposal's support, oldest first: from its publication to today, or to the last change once nobody
    can vote on it any more. Raises NotFound for what has not been published.
    """
    if proposal.published_at is None:
        raise NotFound
    zone = cities.catalogue(session).timezone
    known = {one.day: one for one in changes(session, proposal)}
    published = days.day_of(proposal.published_at, zone)
    is_open = proposal.status in VOTABLE and proposal.campaign.is_voting_open(now())
    last = max([*known, days.today(zone) if is_open else published])
    first = min([*known, published])
    return _filled(known, max(first, last - timedelta(days=MOST_DAYS - 1)), last)


def _filled(known: Mapping[date, Day], first: date, last: date) -> list[Day]:
    """The days from the first to the last, with those between on which nothing changed."""
    total = max((one for one in known.values() if one.day < first), key=lambda one: one.day, default=Day(first, 0, 0)).total  # fmt: skip
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        one = known.get(day) or Day(day, 0, total)
        total = one.total
        found.append(one)
    return found
