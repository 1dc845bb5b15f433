"""Votes over JSON."""

from app.api.routing import ProposalId, new_router
from app.api.schemas import TallyOut
from app.dependencies import SessionDep, TokenActor
from app.forms import VoteForm
from app.services import follows, proposals, votes

router = new_router("Votes")


@router.put("/proposals/{proposal_id}/vote")
def cast(
    proposal_id: ProposalId, body: VoteForm, session: SessionDep, actor: TokenActor
) -> TallyOut:
    """Support or oppose a proposal; doing it again changes nothing. With `follow` one hears what becomes of it."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    tally = votes.cast(session, actor, proposal, body.value)
    if body.follow:
        follows.follow(session, actor, proposal)
    return TallyOut.of(tally)


@router.delete("/proposals/{proposal_id}/vote", status_code=204)
def retract(proposal_id: ProposalId, session: SessionDep, actor: TokenActor) -> None:
    """Take one's vote back; without one, nothing changes."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    votes.retract(session, actor, proposal)
