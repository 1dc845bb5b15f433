"""Revisions: what an edit changed, word by word."""

from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from app.dependencies import BrowserActor, SessionDep, SettingsDep
from app.errors import NotFound
from app.permissions import may_see_whole_history
from app.services import citations, proposals, revisions
from app.web.pages import RenderDep, new_router
from app.web.proposals import ProposalId

router = new_router()
NEAR = 5  # How many revisions before and after are linked.
REVISION = "/proposals/{proposal_id:int}/revisions/{number:int}"
Number = Annotated[int, Path(ge=1, le=1_000_000)]


@router.get(REVISION)
def show(
    proposal_id: ProposalId,
    number: Number,
    session: SessionDep,
    settings: SettingsDep,
    actor: BrowserActor,
    render: RenderDep,
) -> Response:
    """A revision: what changed since the one before it that the reader may see, its whole text, and how it is cited."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    whole = may_see_whole_history(actor, proposal)
    readable = revisions.numbers(session, proposal, whole=whole)
    if number not in readable:
        raise NotFound
    new = revisions.get(session, proposal, number)
    place = readable.index(number)
    before = revisions.get(session, proposal, readable[place - 1]) if place else None
    was_public = proposal.is_public and number >= (proposal.published_revision or 1)
    return render(
        "proposals/revision.html",
        proposal=proposal,
        revision=new,
        numbers=readable[max(0, place - NEAR) : place + NEAR + 1],
        before=before,
        changes=revisions.changes(before.content, new.content) if before else [],
        citation=citations.of(session, settings.base_url, proposal, number) if was_public else None,
    )
