"""Statistics: how many proposals, votes and people, counted from the rows when asked."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from app.models import EXPERT, LISTED, Account, Campaign, Proposal, Vote


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
        experts=session.exec(
            select(func.count())
            .select_from(Account)
            .where(EXPERT, col(Account.banned_at).is_(None))
        ).one(),
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


def _votes_on_listed() -> SelectOfScalar[int]:
    # The counts equal the votes' rows (services/votes.py) and are a thousand times fewer.
    counts = col(Proposal.support_count) + col(Proposal.oppose_count)
    return select(func.coalesce(func.sum(counts), 0)).where(LISTED)


def _voters_on_listed() -> SelectOfScalar[int]:
    return select(func.count(func.distinct(col(Vote.voter_id)))).join(Proposal).where(LISTED)
