"""Writing together: the author's page of co-authors and invitations, and the page on which an invitation is answered."""

from typing import Any

from fastapi import Request
from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import BrowserActor, SessionDep, SettingsDep, SignedIn
from app.errors import Conflict, Invalid, PortalError, TooMany
from app.forms import LARGEST_ID, CoAuthorForm, read
from app.i18n import language
from app.models import Account
from app.permissions import is_author, may_choose_co_authors, require
from app.services import co_authors, proposals
from app.services.co_authors import Offer
from app.web import refusals
from app.web.expert_forms import LONGEST_TOKEN, read_token
from app.web.pages import Posted, Render, RenderDep, new_router, number_of, see_other, text_of
from app.web.proposals import ProposalId
from app.web.sessions import with_next

router = new_router()
PATH = "/proposals/{proposal_id:int}/co-authors"
ANSWER = "/co-author-invitation"


def _page(
    render: Render, session: Session, actor: Account, proposal_id: int, values: dict[str, Any], error: PortalError | None = None
) -> Response:  # fmt: skip
    proposal = proposals.get_visible(session, actor, proposal_id)
    require(is_author(actor, proposal), actor)
    return render(
        "co_authors/list.html",
        proposal=proposal,
        may_choose=may_choose_co_authors(actor, proposal),
        invitations=co_authors.sent(session, actor, proposal),
        most=co_authors.MOST,
        values={"email": "", "language": language.get()} | values,
        **refusals.shown(error),
    )


@router.get(PATH)
def show(
    proposal_id: ProposalId, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:
    return _page(render, session, actor, proposal_id, {})


@router.post(PATH)
def invite(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id)
    require(may_choose_co_authors(actor, proposal), actor)
    values = {"email": text_of(posted, "email"), "language": text_of(posted, "language") or None}
    try:
        co_authors.invite(session, settings, actor, proposal_id, read(CoAuthorForm, values))
    except (Conflict, Invalid, TooMany) as error:
        session.expire(proposal)
        return _page(render, session, actor, proposal_id, values, error)
    return see_other(f"/proposals/{proposal_id}/co-authors", "co_author.invited")


@router.post(f"{PATH}/revoke")
def revoke(
    proposal_id: ProposalId, posted: Posted, session: SessionDep, actor: SignedIn
) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    co_authors.revoke(session, actor, proposal, text_of(posted, "invitation"))
    return see_other(f"/proposals/{proposal_id}/co-authors", "co_author.revoked")


@router.post(f"{PATH}/remove")
def remove(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
) -> Response:
    """Remove a co-author, or leave: then the page may be the actor's no longer."""
    number = min(number_of(text_of(posted, "account")) or 0, LARGEST_ID)
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    co_authors.remove(session, settings, actor, proposal, number)
    if number == actor.id:
        return see_other(proposal.path if proposal.is_public else "/mine", "co_author.left")
    return see_other(f"/proposals/{proposal_id}/co-authors", "co_author.removed")


@router.get(ANSWER)
def read_invitation(
    request: Request, session: SessionDep, actor: BrowserActor, render: RenderDep
) -> Response:
    """Where the mailed link leads. It uses nothing up, and tells a stranger neither the address nor the proposal."""
    token = request.query_params.get("token", "")[:LONGEST_TOKEN]
    offer = co_authors.find(session, actor, token)
    if actor is None:
        href = with_next("/sign-in", f"{ANSWER}?{request.url.query}")
        answer = render("co_authors/invitation.html", sign_in_href=href)
        answer.headers["Cache-Control"] = "no-store"
        return answer
    return _invitation(render, offer, token)


def _invitation(
    render: Render, offer: Offer, token: str, error: PortalError | None = None
) -> Response:
    answer = render(
        "co_authors/invitation.html",
        proposal=offer.proposal,
        token=token,
        sign_in_href=None,
        **refusals.shown(error),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post(ANSWER)
def answer_invitation(
    posted: Posted, session: SessionDep, settings: SettingsDep, actor: SignedIn, render: RenderDep
) -> Response:
    token = read_token(posted)
    if text_of(posted, "answer") != "accept":
        co_authors.decline(session, settings, actor, token)
        return see_other("/mine", "co_author.declined")
    try:
        with session.begin_nested():
            proposal = co_authors.accept(session, settings, actor, token)
    except Conflict as error:
        return _invitation(render, co_authors.find(session, actor, token), token, error)
    return see_other(proposal.path, "co_author.joined")
