"""Follows over JSON, each for oneself: what one follows, and whether news come by mail."""

from fastapi import Request, Response

from app.api.routing import ProposalId, new_router, next_link
from app.api.schemas import FollowItem, FollowOut, FollowPage, NewsMailOut
from app.dependencies import SessionDep, SettingsDep, TokenActor, read_cursor, write_cursor
from app.forms import NewsMailForm, PageSize
from app.services import follows, news, proposals

router = new_router("Follows")


@router.get("/follows")
def list_follows(
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
    limit: PageSize = 20,
    cursor: str | None = None,
) -> FollowPage:
    """What one follows, the newest first. Nobody else can see it."""
    listing = f"follows|{actor.id}"
    page = follows.own(session, actor, limit, read_cursor(settings, listing, cursor))
    following = write_cursor(settings, listing, page.next_after)
    next_link(request, response, settings, following)
    items = [FollowItem.of(one, settings.base_url) for one in page.items]
    wanted = news.is_wanted(session, actor)
    return FollowPage(news_by_mail=wanted, items=items, next_cursor=following)


@router.put("/follows/mail")
def choose_mail(body: NewsMailForm, session: SessionDep, actor: TokenActor) -> NewsMailOut:
    """Have one mail a day with news of one's own and followed proposals, or none."""
    news.choose(session, actor, wanted=body.wanted)
    return NewsMailOut(wanted=body.wanted)


@router.put("/proposals/{proposal_id}/follow")
def follow(proposal_id: ProposalId, session: SessionDep, actor: TokenActor) -> FollowOut:
    """Follow a proposal; doing it again changes nothing."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    follows.follow(session, actor, proposal)
    return FollowOut(proposal_id=proposal.id, following=True)


@router.delete("/proposals/{proposal_id}/follow", status_code=204)
def unfollow(proposal_id: ProposalId, session: SessionDep, actor: TokenActor) -> None:
    """Follow a proposal no longer; without following it, nothing changes."""
    follows.unfollow(session, actor, proposal_id)
