"""Moderation of proposals over JSON: decisions, what the city says."""

from app.api.proposals import detail
from app.api.routing import ProposalId, new_router
from app.api.schemas import ProposalDetail
from app.dependencies import SessionDep, SettingsDep, TokenActor
from app.forms import DecisionForm, StatusForm
from app.services import moderation, proposals

router = new_router("Moderation")


@router.post("/proposals/{proposal_id}/decision")
def decide(
    proposal_id: ProposalId,
    body: DecisionForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> ProposalDetail:
    """Publish, return, reject, hide or restore a proposal. `revision` guards against deciding on a text since changed."""
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    moderation.decide(session, settings, actor, proposal, body)
    session.flush()
    return detail(session, settings, actor, proposal)


@router.post("/proposals/{proposal_id}/status")
def set_status(
    proposal_id: ProposalId,
    body: StatusForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> ProposalDetail:
    """Record what the city says about a published proposal."""
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    moderation.set_status(session, actor, proposal, body)
    session.flush()
    return detail(session, settings, actor, proposal)
