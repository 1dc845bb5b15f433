"""Moderation over JSON: the queue, decisions, what the city says, merging."""

from fastapi import Request, Response

from app.api.proposals import detail
from app.api.routing import ProposalId, new_router, next_link
from app.api.schemas import ProposalDetail, QueueItem, QueuePage
from app.dependencies import SessionDep, SettingsDep, TokenActor, read_cursor, write_cursor
from app.forms import DecisionForm, MergeForm, PageSize, StatusForm
from app.services import moderation, proposals

router = new_router("Moderation")


@router.get("/moderation/queue")
def queue(
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
    limit: PageSize = 20,
    cursor: str | None = None,
) -> QueuePage:
    """What waits for a moderator, oldest first."""
    after = read_cursor(settings, "queue", cursor)
    page = moderation.queue(session, actor, limit, after)
    following = write_cursor(settings, "queue", page.next_after)
    next_link(request, response, settings, following)
    items = [QueueItem.of(proposal, settings.base_url) for proposal in page.items]
    return QueuePage(items=items, next_cursor=following)


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
    moderation.set_status(session, settings, actor, proposal, body)
    session.flush()
    return detail(session, settings, actor, proposal)


@router.post("/proposals/{proposal_id}/merge")
def merge(
    proposal_id: ProposalId,
    body: MergeForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> ProposalDetail:
    """Merge a duplicate into another published proposal."""
    proposal, into = proposals.get_pair(session, actor, proposal_id, body.into)
    moderation.merge(session, settings, actor, proposal, into, body)
    session.flush()
    return detail(session, settings, actor, proposal)
