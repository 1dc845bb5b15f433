"""Comments over JSON: read, write, edit, delete, find helpful, decide."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.api.routing import PagingDep, ProposalId, new_router, next_link
from app.api.schemas import (
    CommentEventOut,
    CommentHistory,
    CommentOut,
    CommentPage,
    HelpfulOut,
)
from app.dependencies import (
    OptionalTokenActor,
    SessionDep,
    SettingsDep,
    TokenActor,
    read_cursor,
    write_cursor,
)
from app.errors import Invalid, NotFound
from app.forms import CommentDecisionForm, CommentForm, CommentPatch, Number, PageSize, unknown
from app.models import Comment, Proposal, Stance
from app.permissions import Actor, may_see_comment_history, require
from app.services import comment_moderation, comments, discussions, helpful, proposals
from app.services.discussions import CommentSort
from app.settings import Settings

router = new_router("Comments")
CommentId = Number
ONE = "/comments/{comment_id}"


class CommentQuery(BaseModel):
    """The parameters of the list; others are refused."""

    model_config = ConfigDict(extra="forbid")

    limit: PageSize = 20
    cursor: str | None = Field(None, description="`next_cursor` of the page before")
    parent: Number | None = Field(None, description="The comment whose replies are asked for")
    stance: Stance | None = None
    sort: CommentSort | None = Field(
        None, description="`newest` unless said; replies `oldest` unless said"
    )
    lang: str | None = Field(None, description="Language of names and messages: vi or en")

    @property
    def order(self) -> CommentSort:
        usual = CommentSort.NEWEST if self.parent is None else CommentSort.OLDEST
        return self.sort or usual

    def listing(self, proposal_id: int) -> str:
        """What a cursor of this list belongs to."""
        return f"comments|{proposal_id}|{self.parent}|{self.stance}|{self.order}"


def _one(
    session: Session, settings: Settings, actor: Actor, proposal: Proposal, comment: Comment
) -> CommentOut:
    shown = discussions.shown(session, actor, [comment])[comment.id]
    return CommentOut.of(shown, actor, proposal, settings.base_url)


def _parent(session: Session, actor: Actor, proposal: Proposal, number: int | None) -> Comment | None:  # fmt: skip
    try:
        return comments.get(session, actor, proposal, number) if number else None
    except NotFound:
        raise Invalid([unknown("parent")]) from None


@router.get("/proposals/{proposal_id}/comments", responses={200: {"headers": {"Link": {"schema": {"type": "string"}, "description": '`<…>; rel="next"`'}}}})  # fmt: skip
def list_comments(
    proposal_id: ProposalId,
    query: Annotated[CommentQuery, Query()],
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
    actor: OptionalTokenActor,
) -> CommentPage:
    """The comments of a proposal, page by page, or with `parent` the replies to one. By `stance`, stubs are left out."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    parent = _parent(session, actor, proposal, query.parent)
    listing = query.listing(proposal_id)
    after = read_cursor(settings, listing, query.cursor)
    page = discussions.listed(session, actor, proposal, query.order, query.limit, after, parent=parent, stance=query.stance)  # fmt: skip
    seen = discussions.shown(session, actor, page.items)
    cursor = write_cursor(settings, listing, page.next_after)
    next_link(request, response, settings, cursor)
    items = [CommentOut.of(seen[one.id], actor, proposal, settings.base_url) for one in page.items]
    counts = discussions.stance_counts(session, proposal)
    stances = {stance.value: number for stance, number in counts.items()}
    return CommentPage(items=items, stances=stances, next_cursor=cursor)


@router.post("/proposals/{proposal_id}/comments", status_code=201)
def write(
    proposal_id: ProposalId,
    body: CommentForm,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> CommentOut:
    """Write a comment, or with `parent_id` a reply. A reply to a reply joins its thread.

    Where the campaign says so, it waits for a moderator (`state`: waiting). `voice` is for authors and officers.
    """
    proposal = proposals.get_visible(session, actor, proposal_id)
    comment = comments.write(session, settings, actor, proposal, body)
    response.headers["Location"] = f"{settings.base_url}/api/v1/comments/{comment.id}"
    return _one(session, settings, actor, proposal, comment)


@router.get(ONE)
def read(
    comment_id: CommentId, session: SessionDep, settings: SettingsDep, actor: OptionalTokenActor
) -> CommentOut:
    """One comment, as far as you may see it."""
    comment, proposal = comments.find(session, actor, comment_id)
    return _one(session, settings, actor, proposal, comment)


@router.patch(ONE)
def edit(
    comment_id: CommentId,
    body: CommentPatch,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> CommentOut:
    """Change your own comment while there is time (`editable_until`)."""
    comment, proposal = comments.find(session, actor, comment_id)
    comments.edit(session, settings, actor, proposal, comment, body)
    return _one(session, settings, actor, proposal, comment)


@router.delete(ONE, status_code=204)
def delete(comment_id: CommentId, session: SessionDep, actor: TokenActor) -> None:
    """Erase your own comment. A stub stays in its place."""
    comment, _ = comments.find(session, actor, comment_id)
    comments.delete(session, actor, comment)


@router.put(f"{ONE}/helpful")
def mark(
    comment_id: CommentId, session: SessionDep, settings: SettingsDep, actor: TokenActor
) -> HelpfulOut:
    """Find a comment helpful; doing it again changes nothing."""
    comment, proposal = comments.find(session, actor, comment_id)
    return HelpfulOut.of(helpful.mark(session, settings, actor, proposal, comment))


@router.delete(f"{ONE}/helpful", status_code=204)
def unmark(
    comment_id: CommentId, session: SessionDep, settings: SettingsDep, actor: TokenActor
) -> None:
    """Take your mark back; without one, nothing changes."""
    comment, _ = comments.find(session, actor, comment_id)
    helpful.unmark(session, settings, actor, comment)


@router.post(f"{ONE}/decision")
def decide(
    comment_id: CommentId,
    body: CommentDecisionForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> CommentOut:
    """Publish or reject a comment that waits, keep or hide one that everybody reads, show a hidden one again.

    `revision` guards against deciding on a text since changed.
    """
    comment, proposal = comments.find(session, actor, comment_id)
    comment_moderation.decide(session, settings, actor, proposal, comment, body)
    return _one(session, settings, actor, proposal, comment)


@router.get(f"{ONE}/history")
def read_history(
    comment_id: CommentId, paging: PagingDep, session: SessionDep, actor: TokenActor
) -> CommentHistory:
    """What happened to your own comment, oldest first; to moderators, to any."""
    comment, _ = comments.find(session, actor, comment_id)
    require(may_see_comment_history(actor, comment), actor)
    listing = f"comment_history|{comment.id}"
    page = comments.history(session, comment, paging.limit, paging.after(listing))
    items = [CommentEventOut.of(one) for one in page.items]
    return CommentHistory(items=items, next_cursor=paging.next_cursor(listing, page.next_after))
