"""The staff's page of a new text of a published proposal: what would change, and the decision."""

from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.errors import Conflict, Invalid
from app.forms import EditDecisionForm, read
from app.models import Account, Proposal, QueueKind
from app.permissions import may_decide_on, may_moderate, require
from app.services import cities, edits, proposals, revisions
from app.web import desk, refusals, similar
from app.web.cards import card
from app.web.desk import DESK
from app.web.pages import Posted, Render, RenderDep, new_router, see_other
from app.web.proposals import ProposalId

router = new_router()
PAGE = f"{DESK}/edits/{{proposal_id:int}}"


def _page(
    render: Render, session: Session, actor: Account, proposal: Proposal, values: dict[str, Any], error: Conflict | Invalid | None = None
) -> Response:  # fmt: skip
    pending = edits.find(session, proposal)
    waits = pending is not None and pending.returned_at is None
    before = proposals.content(proposal)
    return render(
        "moderation/edit.html",
        proposal=proposal,
        card=card(cities.catalogue(session), proposal),
        pending=pending if waits else None,
        changes=revisions.changes(before, pending.content) if pending and waits else [],
        pairs=similar.pairs(session, proposal, pending.content) if pending and waits else [],
        may_decide=may_decide_on(actor, proposal),
        values=values,
        **refusals.shown(error),
        **desk.panel(session, actor, QueueKind.EDIT, proposal.id, proposal.author),
    )


@router.get(PAGE)
def show(
    proposal_id: ProposalId, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:
    require(may_moderate(actor), actor)
    return _page(render, session, actor, proposals.get_visible(session, actor, proposal_id), {})


@router.post(f"{PAGE}/decision")
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
    values = desk.decision_values(posted, "outcome")
    try:
        with session.begin_nested():
            edits.decide(session, settings, actor, proposal, read(EditDecisionForm, values))
    except (Conflict, Invalid) as error:
        session.expire(proposal)
        proposal = proposals.get_visible(session, actor, proposal_id)
        return _page(render, session, actor, proposal, values, error)
    return see_other(DESK, "edit.decided")
