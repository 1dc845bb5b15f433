"""Wards in numbers: how many listed proposals name each, and how much support these have.

A proposal counts in each ward that it names; one that names none is for the whole city and stands apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import exists
from sqlmodel import Session, col, func, select

from app.models import LISTED, Proposal, ProposalWard

_SUMS = (func.count(), func.coalesce(func.sum(Proposal.support_count), 0))


@dataclass(frozen=True)
class Count:
    """Listed proposals, and the support that they have together."""

    proposals: int = 0
    support: int = 0


@dataclass(frozen=True)
class WardCounts:
    """The counts of the wards that any proposal names, by code, and those of proposals for the whole city."""

    by_ward: Mapping[str, Count]
    whole_city: Count


def current(session: Session) -> WardCounts:
    """The counts of this moment, two queries."""
    code = col(ProposalWard.code)
    joined = select(code, *_SUMS).join(Proposal).where(LISTED).group_by(code)
    named = exists().where(col(ProposalWard.proposal_id) == col(Proposal.id))
    proposals, support = session.exec(select(*_SUMS).where(LISTED, ~named)).one()
    by_ward = {code: Count(number, support) for code, number, support in session.exec(joined)}
    return WardCounts(by_ward, Count(proposals, support))
