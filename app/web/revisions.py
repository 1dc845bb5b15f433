"""Revisions: what an edit changed, word by word."""

from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from app.dependencies import BrowserActor, SessionDep
from app.permissions import may_see_whole_history
from app.services import proposals, revisions
from app.web.pages import RenderDep, new_router
from app.web.proposals import ProposalId

router = new_router()


@router.get("/proposals/{proposal_id:int}/revisions/{number:int}")
def show(
    proposal_id: ProposalId,
    number: Annotated[int, Path(ge=1, le=1_000_000)],
    session: SessionDep,
    actor: BrowserActor,
    render: RenderDep,
) -> Response:
    """A revision beside the one before it that the reader may see."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    whole = may_see_whole_history(actor, proposal)
    readable = revisions.readable(session, proposal, whole=whole)
    new = revisions.get(session, proposal, number, whole=whole)
    earlier = [revision for revision in readable if revision.number < number]
    return render(
        "proposals/revision.html",
        proposal=proposal,
        revision=new,
        readable=readable,
        before=earlier[-1] if earlier else None,
        changes=revisions.changes(earlier[-1].content, new.content) if earlier else [],
    )
