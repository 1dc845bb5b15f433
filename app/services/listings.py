"""Listings: published proposals in five orders, filtered, read page by page from where the last one ended (keyset)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, tuple_
from sqlmodel import Session, col, select

from app.lifecycle import LISTED_STATUSES
from app.models import LISTED, Account, CoAuthor, Proposal, ProposalGoal, ProposalWard, Status
from app.services.paging import After, Page
from app.services.proposals import with_details


class Sort(StrEnum):
    NEWEST = "newest"
    MOST_SUPPORTED = "most_supported"
    TRENDING = "trending"
    UPDATED = "updated"
    # Only what has been assessed.
    BEST_ASSESSED = "best_assessed"


_KEYS: dict[Sort, Any] = {
    Sort.NEWEST: col(Proposal.published_at),
    Sort.MOST_SUPPORTED: col(Proposal.support_count),
    Sort.TRENDING: col(Proposal.trend),
    Sort.UPDATED: col(Proposal.updated_at),
    Sort.BEST_ASSESSED: col(Proposal.assessment_score),
}


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; codes are the city's."""

    status: Status | None = None
    pillar: str | None = None
    goal: str | None = None
    ward: str | None = None
    campaign: int | None = None
    author: int | None = None


def published(
    session: Session, filters: Filter, sort: Sort, limit: int, after: After | None = None
) -> Page[Proposal]:
    """A page of published proposals. Withdrawn and merged ones are listed only when their status is asked for.

    The order is total (sort key, then id, both descending), so rows inserted meanwhile neither shift nor repeat others.
    """
    key = _KEYS[sort]
    query = select(Proposal).where(*_conditions(filters)).options(*with_details())
    if sort is Sort.BEST_ASSESSED:
        query = query.where(key.is_not(None))
    if after is not None:
        query = query.where(tuple_(key, col(Proposal.id)) < tuple_(*after))
    query = query.order_by(key.desc(), col(Proposal.id).desc()).limit(limit + 1)
    return _page(list(session.exec(query).all()), limit, key.key)


def of_author(session: Session, author: Account) -> list[Proposal]:
    """All proposals that an account writes at, the last changed first."""
    query = select(Proposal).where(_written_by(author.id)).options(*with_details())
    return list(session.exec(query.order_by(col(Proposal.updated_at).desc()).limit(200)).all())


def _written_by(number: int) -> ColumnElement[bool]:
    """Whether the account has written a proposal, as its author or as a co-author."""
    shared = select(CoAuthor.proposal_id).where(
        CoAuthor.account_id == number, col(CoAuthor.left_at).is_(None)
    )
    return or_(col(Proposal.author_id) == number, col(Proposal.id).in_(shared))


def _page(rows: list[Proposal], limit: int, key: str) -> Page[Proposal]:
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    return Page(rows[:limit], (getattr(last, key), last.id))


def _conditions(filters: Filter) -> list[ColumnElement[bool]]:
    found: list[Any] = []
    if filters.status is None or filters.status in LISTED_STATUSES:
        found.append(LISTED)
    else:
        found.append(col(Proposal.published_at).is_not(None))
    if filters.status is not None:
        found.append(col(Proposal.status) == filters.status)
    if filters.pillar is not None:
        found.append(col(Proposal.pillar_code) == filters.pillar)
    if filters.campaign is not None:
        found.append(col(Proposal.campaign_id) == filters.campaign)
    if filters.author is not None:
        found.append(_written_by(filters.author))
    for table, code in ((ProposalGoal, filters.goal), (ProposalWard, filters.ward)):
        if code is not None:
            named = (col(table.proposal_id) == Proposal.id) & (col(table.code) == code)
            found.append(exists().where(named))
    return found
