"""Supporters: whose support a proposal has, for telling them what becomes of it; nobody else is told."""

from sqlalchemy import Select, select
from sqlmodel import Session

from app.database import table_of
from app.models import Proposal, Vote, Voter, VoteValue
from app.permissions import Actor

_votes, _voters = table_of(Vote), table_of(Voter)


def of(proposal_id: int) -> Select[tuple[int | None]]:
    """The query of the accounts that support a proposal."""
    query = select(_voters.c.account_id).join(_votes, _votes.c.voter_id == _voters.c.id)
    return query.where(_votes.c.proposal_id == proposal_id, _votes.c.value == VoteValue.SUPPORT)


def is_one(session: Session, actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor supports a proposal."""
    if actor is None:
        return False
    mine = of(proposal.id).where(_voters.c.account_id == actor.id)
    return session.execute(mine.limit(1)).first() is not None
