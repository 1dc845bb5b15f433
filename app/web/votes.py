"""Voting from a proposal's page."""

from starlette.responses import Response

from app.dependencies import SessionDep, SignedIn
from app.forms import VoteForm, read
from app.services import proposals, votes
from app.web.pages import Posted, new_router, see_other, text_of
from app.web.proposals import ProposalId

router = new_router()


@router.post("/proposals/{proposal_id:int}/vote")
def cast(proposal_id: ProposalId, posted: Posted, session: SessionDep, actor: SignedIn) -> Response:
    """Support, oppose, or take back (an empty value)."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    if posted.get("value") == "":
        votes.retract(session, actor, proposal)
        return see_other(proposal.path, "vote.retracted")
    votes.cast(session, actor, proposal, read(VoteForm, {"value": text_of(posted, "value")}).value)
    return see_other(proposal.path, "vote.thanks")
