"""Merged proposals to be read: where one has gone, by whose consent, and what has come to another."""

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from app.database import now
from app.emails import MergedInto
from app.lifecycle import VOTABLE
from app.models import MergeOutcome, MergeSuggestion, Proposal, Status
from app.permissions import Actor, may_see_proposal
from app.services import proposals, supporters

# So many of those that were merged into one are named on its page.
MOST_NAMED = 50


def way_of(session: Session, proposal: Proposal) -> MergeSuggestion | None:
    """The suggestion by which a proposal was merged; None for one that was merged before there were suggestions."""
    if proposal.merged_into_id is None:
        return None
    agreed = MergeSuggestion.outcome == MergeOutcome.ACCEPTED
    query = select(MergeSuggestion).where(MergeSuggestion.proposal_id == proposal.id, agreed)
    return session.exec(query.order_by(col(MergeSuggestion.id).desc())).first()


def other_of(session: Session, actor: Actor, proposal: Proposal) -> MergedInto | None:
    """The proposal that this one was merged into, if the actor may see it."""
    if proposal.merged_into_id is None:
        return None
    into = proposals.load(session, proposal.merged_into_id)
    if into is None or not may_see_proposal(actor, into):
        return None
    return MergedInto(
        into,
        supporters.is_one(session, actor, into),
        into.status in VOTABLE and into.campaign.is_voting_open(now()),
    )


def merged_here(session: Session, proposal: Proposal) -> list[Proposal]:
    """The public proposals that were merged into this one, by number."""
    public = (col(Proposal.published_at).is_not(None), Proposal.status != Status.HIDDEN)
    query = select(Proposal).where(Proposal.merged_into_id == proposal.id, *public)
    author = joinedload(Proposal.author, innerjoin=True)  # type: ignore[arg-type]
    return list(session.exec(query.options(author).order_by(col(Proposal.id)).limit(MOST_NAMED)).all())  # fmt: skip
