"""Statistics: how many proposals, votes and people, counted from the rows when asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from app.models import (
    ANSWERED,
    CURRENT,
    EXPERT,
    LISTED,
    Account,
    Campaign,
    ExpertApplication,
    OfficialAnswer,
    Proposal,
    Vote,
)


@dataclass(frozen=True)
class Statistics:
    """Counts of what is public. A voter is counted once, however many votes were cast."""

    proposals: int
    by_status: dict[str, int]
    by_pillar: dict[str, int]
    votes: int
    voters: int
    campaigns: int
    experts: int


def current(session: Session) -> Statistics:
    """The figures of this moment, six queries."""
    statuses = by_status(session)
    return Statistics(
        proposals=sum(statuses.values()),
        by_status=statuses,
        by_pillar={code: number for code, number in by_pillar(session).items() if code},
        votes=session.exec(_votes_on_listed()).one(),
        voters=session.exec(_voters_on_listed()).one(),
        campaigns=session.exec(select(func.count()).select_from(Campaign)).one(),
        experts=session.exec(_number_of_experts()).one(),
    )


def by_status(session: Session) -> dict[str, int]:
    """How many listed proposals stand in each status."""
    query = select(Proposal.status, func.count()).where(LISTED).group_by(col(Proposal.status))
    return {str(status): number for status, number in session.exec(query)}


def by_pillar(session: Session) -> dict[str | None, int]:
    """How many listed proposals stand under each pillar, and under None those without."""
    pillar = col(Proposal.pillar_code)
    query = select(pillar, func.count()).where(LISTED).group_by(pillar)
    return {code: number for code, number in session.exec(query)}  # noqa: C416 - rows are no pairs


@dataclass(frozen=True)
class Figure:
    """A count, and how many of it are new since a moment."""

    number: int
    new: int


@dataclass(frozen=True)
class Movement:
    """The front page's figures."""

    proposals: Figure
    votes: Figure
    experts: Figure
    answers: Figure
    by_pillar: dict[str, int]


def movement(session: Session, since: datetime) -> Movement:
    """What there is and what has been added since a moment, two queries. Votes that people took back are not in it."""
    pillars = by_pillar(session)
    published, decided = col(Proposal.published_at), col(ExpertApplication.decided_at)
    parts = (
        _votes_on_listed(),
        _number_of_experts(),
        _answers(),
        select(func.count()).select_from(Proposal).where(LISTED, published >= since),
        # Asked of each vote of the time, so that votes before it are not read.
        select(func.count()).select_from(Vote).where(col(Vote.cast_at) >= since, exists().where(LISTED, col(Proposal.id) == Vote.proposal_id)),
        select(func.count(func.distinct(ExpertApplication.account_id))).where(CURRENT, decided >= since),
        _answers().where(col(OfficialAnswer.published_at) >= since),
    )  # fmt: skip
    row = session.execute(select(*(part.scalar_subquery() for part in parts))).one()
    votes, experts, answers, *new = row
    return Movement(
        Figure(sum(pillars.values()), new[0]),
        Figure(votes, new[1]),
        Figure(experts, new[2]),
        Figure(answers, new[3]),
        {code: number for code, number in pillars.items() if code is not None},
    )


def _answers() -> SelectOfScalar[int]:
    query = select(func.count()).select_from(OfficialAnswer).join(Proposal)
    return query.where(ANSWERED, LISTED)


def _number_of_experts() -> SelectOfScalar[int]:
    query = select(func.count()).select_from(Account)
    return query.where(EXPERT, col(Account.banned_at).is_(None))


def _votes_on_listed() -> SelectOfScalar[int]:
    # The counts equal the votes' rows (services/votes.py) and are a thousand times fewer.
    counts = col(Proposal.support_count) + col(Proposal.oppose_count)
    return select(func.coalesce(func.sum(counts), 0)).where(LISTED)


def _voters_on_listed() -> SelectOfScalar[int]:
    return select(func.count(func.distinct(col(Vote.voter_id)))).join(Proposal).where(LISTED)
