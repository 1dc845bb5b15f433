"""Tallies: the counts in the rows of proposals, moved for everything that somebody who leaves takes along.

Each proposal is updated once. PostgreSQL checks the references of a row anew when one transaction updates it again, and
would wait for the account of its author: of two authors who leave at once, each would wait for the other.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import Session

from app.database import table_of
from app.models import Proposal
from app.services import support_days

_proposals = table_of(Proposal)
COUNTS = ("support_count", "oppose_count", "comment_count", "trend")


class Moves:
    """What is to be taken off the counts of proposals."""

    def __init__(self) -> None:
        self._steps: dict[int, dict[str, float]] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))

    def take(self, proposal_id: int, **steps: float) -> None:
        """Note what is to be taken off the counts of a proposal."""
        for name, step in steps.items():
            self._steps[proposal_id][name] += step

    def carry_out(self, session: Session) -> None:
        """Take it off, of proposals whose rows the caller has locked."""
        if not self._steps:
            return
        of: Any = bindparam("of")
        values = {name: _proposals.c[name] - bindparam(f"by_{name}") for name in COUNTS}
        rows = [
            {"of": number, **{f"by_{name}": step for name, step in steps.items()}}
            for number, steps in sorted(self._steps.items())
        ]
        moving = update(_proposals).where(_proposals.c.id == of).values(values)
        session.connection().execute(moving, rows)
        taken = {number: -int(steps["support_count"]) for number, steps in self._steps.items()}
        support_days.move(session, taken)
