"""The moderation of proposals: the staff's page of one, decisions, what the city says."""

from typing import Any

from fastapi import Request
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.forms import DecisionForm, StatusForm, read
from app.models import Account, Proposal, QueueKind
from app.permissions import may_decide_on, may_moderate, require
from app.services import moderation, proposals
from app.web import desk, refusals, similar
from app.web.desk import DESK
from app.web.pages import (
    Posted,
    Render,
    RenderDep,
    new_router,
    number_of,
    see_other,
    text_of,
)
from app.web.proposals import ProposalId, show_values

router = new_router()


@router.get(f"{DESK}/{{proposal_id:int}}")
def item(
    proposal_id: ProposalId,
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    """The staff's page of a proposal; `same_as` names another that says the same, and begins a decision about that."""
    require(may_moderate(actor), actor)
    proposal = proposals.get_visible(session, actor, proposal_id)
    number = number_of(request.query_params.get("same_as", ""))
    values = similar.decision(session, settings, proposal, number) if number else {}
    return _item(render, session, actor, proposal, values)


def _item(
    render: Render, session: Session, actor: Account, proposal: Proposal, values: dict[str, Any], error: Conflict | Invalid | None = None
) -> Response:  # fmt: skip
    return render(
        "moderation/item.html",
        from_queue=True,
        values=values,
        **refusals.shown(error),
        may_decide=may_decide_on(actor, proposal),
        pairs=similar.pairs(session, proposal, proposals.content(proposal)),
        **desk.panel(session, actor, QueueKind.PROPOSAL, proposal.id, proposal.author),
        **show_values(session, actor, proposal),
    )


@router.post("/proposals/{proposal_id:int}/decision")
def decide(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    require(may_decide_on(actor, proposal), actor)
    values = desk.decision_values(posted, "decision")
    try:
        with session.begin_nested():
            moderation.decide(session, settings, actor, proposal, read(DecisionForm, values))
    except (Conflict, Invalid) as error:
        session.expire(proposal)
        proposal = proposals.get_visible(session, actor, proposal_id)
        return _item(render, session, actor, proposal, values, error)
    from_queue = text_of(posted, "then") == "queue"
    return see_other(DESK if from_queue else proposal.path, "decision.done")


def render_kept(
    render: Render, session: Session, actor: Account, path: str, posted: FormData
) -> Response:
    """The item again after a new sign-in, with the words that were meant for its author; whoever may not see it goes on."""
    number = number_of(path.removeprefix(f"{DESK}/")) or 0
    try:
        require(may_moderate(actor), actor)
        proposal = proposals.get_visible(session, actor, number)
    except (Forbidden, NotFound):
        return see_other("/", "sign_in.done")
    return _item(render, session, actor, proposal, desk.decision_values(posted, "decision"))


@router.post("/proposals/{proposal_id:int}/status")
def set_status(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    actor: SignedIn,
) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    require(may_decide_on(actor, proposal), actor)
    form = read(StatusForm, {"status": text_of(posted, "status"), "note": text_of(posted, "note")})
    moderation.set_status(session, actor, proposal, form)
    return see_other(proposal.path, "status.done")
