"""Following proposals: the button, the list on the account page, the choice of mails, and the link that ends them."""

from fastapi import Request
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn, write_cursor
from app.errors import NotFound
from app.forms import LARGEST_ID
from app.services import follows, news, proposals
from app.web.pages import (
    Posted,
    RenderDep,
    new_router,
    number_of,
    page_cursor,
    see_other,
    text_of,
)
from app.web.proposals import ProposalId

router = new_router()
PATH = "/account/follows"
PAGE = 30


@router.post("/proposals/{proposal_id:int}/follow")
def follow(
    proposal_id: ProposalId, posted: Posted, session: SessionDep, actor: SignedIn
) -> Response:  # fmt: skip
    """Follow a proposal, or no longer (an empty value)."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    if text_of(posted, "follow"):
        follows.follow(session, actor, proposal)
        return see_other(proposal.path, "follow.begun")
    follows.unfollow(session, actor, proposal.id)
    return see_other(proposal.path, "follow.ended")


@router.get(PATH)
def own(
    request: Request, session: SessionDep, settings: SettingsDep, actor: SignedIn, render: RenderDep
) -> Response:
    listing, cursor = f"web|follows|{actor.id}", request.query_params.get("cursor")
    page = follows.own(session, actor, PAGE, page_cursor(settings, listing, cursor))
    following = write_cursor(settings, listing, page.next_after)
    return render(
        "account/follows.html",
        followed=page.items,
        wanted=news.is_wanted(session, actor),
        next_href=f"{PATH}?cursor={following}" if following else None,
        first_href=PATH if cursor else None,
    )


@router.post(f"{PATH}/end")
def unfollow(posted: Posted, session: SessionDep, actor: SignedIn) -> Response:
    """Follow one no longer, from the list: it may be one that is not public now."""
    follows.unfollow(session, actor, min(number_of(text_of(posted, "proposal")) or 0, LARGEST_ID))
    return see_other(PATH, "follow.ended")


@router.post(f"{PATH}/mail")
def choose(posted: Posted, session: SessionDep, actor: SignedIn) -> Response:
    news.choose(session, actor, wanted=bool(text_of(posted, "wanted")))
    return see_other(PATH, "news.chosen")


@router.get(f"{news.UNSUBSCRIBE}{{token}}")
def ask(token: str, settings: SettingsDep, render: RenderDep) -> Response:
    """A page with a button: opening a link changes nothing, and mail scanners open them all."""
    if not news.is_token(settings, token):
        raise NotFound
    return render("account/unsubscribe.html", token=token, done=False)


@router.post(f"{news.UNSUBSCRIBE}{{token}}")
def unsubscribe(
    token: str, session: SessionDep, settings: SettingsDep, render: RenderDep
) -> Response:
    """End the mails; from the page's button, or from a mail program (RFC 8058). Whoever holds the link may."""
    if not news.unsubscribe(session, settings, token):
        raise NotFound
    return render("account/unsubscribe.html", token=token, done=True)
