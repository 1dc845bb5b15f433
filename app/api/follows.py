"""Follows over JSON, each for oneself: what one follows, and whether news come by mail."""

from app.api.routing import PagingDep, ProposalId, new_router
from app.api.schemas import FollowItem, FollowOut, FollowPage, NewsMailOut
from app.dependencies import SessionDep, SettingsDep, TokenActor
from app.forms import NewsMailForm
from app.services import follows, news, proposals

router = new_router("Follows")


@router.get("/follows")
def list_follows(
    paging: PagingDep, session: SessionDep, settings: SettingsDep, actor: TokenActor
) -> FollowPage:
    """What one follows, the newest first. Nobody else can see it."""
    listing = f"follows|{actor.id}"
    page = follows.own(session, actor, paging.limit, paging.after(listing))
    following = paging.next_cursor(listing, page.next_after)
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
