"""Setup events: every change of a campaign, its rules and the canned answers leaves one, which staff can read."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_jsonable_python
from sqlmodel import Session, col, select

from app.models import Account, SetupEvent, SetupMatter, SetupStep
from app.permissions import may_moderate, require
from app.services.paging import After, Page

Values = Mapping[str, Any]


def record(
    session: Session, actor: Account, matter: SetupMatter, subject_id: int, title: str, before: Values, after: Values
) -> None:  # fmt: skip
    """Leave an event of what has changed; nothing before means that it is new, nothing after that it is gone.

    What is saved as it was leaves none.
    """
    step = SetupStep.CHANGED if before and after else SetupStep.CREATED if after else SetupStep.DISCARDED  # fmt: skip
    changes = to_jsonable_python(
        {
            name: (before.get(name), after.get(name))
            for name in {**before, **after}
            if before.get(name) != after.get(name)
        }
    )
    if changes:
        session.add(SetupEvent(matter=matter, step=step, subject_id=subject_id, title=title, changes=changes, actor_id=actor.id))  # fmt: skip
        session.flush()


def listed(
    session: Session, actor: Account, limit: int, after: After | None = None
) -> Page[tuple[SetupEvent, Account | None]]:
    """A page of the events, newest first, with who did it. Raises Forbidden."""
    require(may_moderate(actor), actor)
    query = select(SetupEvent, Account).outerjoin(Account, col(Account.id) == SetupEvent.actor_id)
    if after is not None:
        query = query.where(col(SetupEvent.id) < after[1])
    found = session.exec(query.order_by(col(SetupEvent.id).desc()).limit(limit + 1))
    rows: list[tuple[SetupEvent, Account | None]] = [(event, who) for event, who in found]
    last = rows[limit - 1][0].id if len(rows) > limit else None
    return Page(rows[:limit], (last, last) if last else None)
