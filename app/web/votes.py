"""Voting from a proposal's page."""

from starlette.responses import Response

from app.dependencies import SessionDep, SignedIn
from app.forms import VoteForm, read
from app.services import follows, proposals, votes
from app.web.pages import Posted, new_router, see_other, text_of
from app.web.proposals import ProposalId

router = new_router()


@router.post("/proposals/{proposal_id:int}/vote")
def cast(proposal_id: ProposalId, posted: Posted, session: SessionDep, actor: SignedIn) -> Response:
    """Support, oppose, or take back (an empty value); with a tick one hears what becomes of the proposal."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    if posted.get("value") == "":
        votes.retract(session, actor, proposal)
        return see_other(proposal.path, "vote.retracted")
    wants_news = bool(text_of(posted, "follow"))
    form = read(VoteForm, {"value": text_of(posted, "value"), "follow": wants_news})
    votes.cast(session, actor, proposal, form.value)
    if form.follow:
        follows.follow(session, actor, proposal)
    return see_other(proposal.path, "vote.thanks")
