"""Paging: lists are read page by page from where the last one ended (keyset)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlmodel import Session

Key = datetime | int | float | str
After = tuple[Key, int]  # the last item's sort key and id
ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class Page(Generic[ItemT]):
    """Some items, and where the next page begins, if there is one."""

    items: list[ItemT]
    next_after: After | None


def by_number(
    session: Session, query: Any, number: Any, limit: int, after: After | None = None
) -> Page[Any]:
    """A page of the rows of a query in the order of their numbers, which only grow."""
    if after is not None:
        query = query.where(number > after[1])
    rows = list(session.exec(query.order_by(number).limit(limit + 1)).all())
    return Page(rows[:limit], (0, rows[limit - 1].id) if len(rows) > limit else None)
