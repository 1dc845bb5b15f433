"""Ballots: what a person has voted for, read by that person alone. No other function tells who voted for what."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import tuple_
from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from app.database import now
from app.lifecycle import VOTABLE
from app.models import Account, Campaign, Proposal, Vote, Voter, VoteValue
from app.permissions import may_see_proposal
from app.services.paging import After


@dataclass(frozen=True)
class OwnVote:
    """A vote of one's own. `proposal` is None for one that the voter may not see now, such as a hidden one."""

    proposal_id: int
    ref: str
    proposal: Proposal | None
    campaign: Campaign
    value: VoteValue
    cast_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed or taken back."""
        votable = self.proposal is not None and self.proposal.status in VOTABLE
        return votable and self.campaign.is_voting_open(now())


@dataclass(frozen=True)
class OwnPage:
    """Some votes, and where the next page begins, if there is one."""

    items: list[OwnVote]
    next_after: After | None


def own(
    session: Session, actor: Account, limit: int | None = None, after: After | None = None
) -> OwnPage:
    """The actor's votes, the newest first: a page of them, or all without a limit."""
    key = (col(Vote.cast_at), col(Vote.proposal_id))
    query = (
        select(Vote, Proposal)
        .join(Voter, col(Voter.id) == Vote.voter_id)
        .join(Proposal, col(Proposal.id) == Vote.proposal_id)
        .where(Voter.account_id == actor.id)
        .options(selectinload(Proposal.campaign))  # type: ignore[arg-type]
        .order_by(*(column.desc() for column in key))
    )
    if after is not None:
        query = query.where(tuple_(*key) < tuple_(*after))
    rows = session.exec(query if limit is None else query.limit(limit + 1)).all()
    items = [_own(actor, vote, proposal) for vote, proposal in rows[:limit]]
    if limit is None or len(rows) <= limit:
        return OwnPage(items, None)
    return OwnPage(items, (items[-1].cast_at, items[-1].proposal_id))


def _own(actor: Account, vote: Vote, proposal: Proposal) -> OwnVote:
    seen = proposal if may_see_proposal(actor, proposal) else None
    return OwnVote(proposal.id, proposal.ref or "", seen, proposal.campaign, vote.value, vote.cast_at)  # fmt: skip
