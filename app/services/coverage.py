"""Coverage: how many listed proposals stand under each pillar and name each of the city's goals.

A proposal stands under one pillar and may name several goals, so that a row of the table adds up to more than the
pillar's proposals, and a column to exactly the goal's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from app.models import LISTED, Proposal, ProposalGoal
from app.services import statistics

Pair = tuple[str | None, str | None]


@dataclass(frozen=True)
class Coverage:
    """Listed proposals by pillar and goal; None stands for none. `by_pillar` counts each once, `by_goal` for each goal."""

    pairs: Mapping[Pair, int]
    by_pillar: Mapping[str | None, int]
    by_goal: Mapping[str | None, int]
    proposals: int


def current(session: Session) -> Coverage:
    """The table of this moment, two queries."""
    pillar, goal = col(Proposal.pillar_code), col(ProposalGoal.code)
    query = select(pillar, goal, func.count()).join(ProposalGoal, isouter=True).where(LISTED)
    pairs: dict[Pair, int] = {
        (row_pillar, row_goal): number
        for row_pillar, row_goal, number in session.exec(query.group_by(pillar, goal))
    }
    by_pillar = statistics.by_pillar(session)
    by_goal: dict[str | None, int] = {}
    for (_, code), number in pairs.items():
        by_goal[code] = by_goal.get(code, 0) + number
    return Coverage(pairs, by_pillar, by_goal, sum(by_pillar.values()))
