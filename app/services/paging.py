"""Paging: lists are read page by page from where the last one ended (keyset)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Key = datetime | int | float | str
After = tuple[Key, int]  # the last item's sort key and id
ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class Page(Generic[ItemT]):
    """Some items, and where the next page begins, if there is one."""

    items: list[ItemT]
    next_after: After | None
