"""The median time to a decision, on both engines alike: by sorting, which an index or a month's rows make cheap."""

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from app.database import seconds_between
from app.models import Ruling

# How long what was decided had waited.
WAIT = seconds_between(col(Ruling.waited_since), col(Ruling.decided_at))


def of_rulings(
    session: Session, within: tuple[ColumnElement[bool], ...], timed: int
) -> float | None:
    """The median wait in seconds of the decisions that fit: the one in the middle, or the mean of the two there.

    `timed` is how many of them had waited; None without any.
    """  # fmt: skip
    if not timed:
        return None
    query = select(WAIT).where(*within, col(Ruling.waited_since).is_not(None)).order_by(WAIT)
    middle = session.exec(query.offset((timed - 1) // 2).limit(2 - timed % 2)).all()
    return max(0.0, sum(middle) / len(middle))
