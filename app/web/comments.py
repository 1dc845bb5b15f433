"""The discussion of a proposal: all of it page by page, one thread, and what happened to one comment."""

from typing import Annotated, Any

from fastapi import Path, Request
from pydantic import BaseModel, ValidationError
from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import BrowserActor, SessionDep, SettingsDep, SignedIn, write_cursor
from app.errors import NotFound, PortalError
from app.forms import LARGEST_ID
from app.models import Comment, Proposal, Stance
from app.permissions import Actor, may_see_comment_history, require
from app.services import cities, comments, discussions, proposals
from app.services.discussions import CommentSort
from app.services.paging import After
from app.settings import Settings
from app.web import discussion, refusals
from app.web.pages import Render, RenderDep, new_router, page_cursor
from app.web.proposals import ProposalId

router = new_router()
CommentId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
ALL = "/proposals/{proposal_id:int}/comments"
ONE = f"{ALL}/{{comment_id:int}}"
REPLIES = 30
EVENTS = 30


class ListQuery(BaseModel):
    """The page's parameters. An empty one, as a form sends it, means none; unknown ones are ignored."""

    sort: CommentSort = CommentSort.NEWEST
    stance: Stance | None = None
    cursor: str | None = None


def _read_query(request: Request) -> ListQuery:
    try:
        return ListQuery.model_validate({k: v for k, v in request.query_params.items() if v})
    except ValidationError as error:
        raise NotFound from error


@router.get(ALL)
def list_comments(
    proposal_id: ProposalId,
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    actor: BrowserActor,
    render: RenderDep,
) -> Response:
    proposal = get_discussed(session, actor, proposal_id)
    return list_page(render, session, settings, actor, proposal, _read_query(request))


def get_discussed(session: Session, actor: Actor, proposal_id: int) -> Proposal:
    """A proposal that the actor sees and that has been public. Raises NotFound for others: there is nothing to discuss."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    if proposal.published_at is None:
        raise NotFound
    return proposal


def list_page(
    render: Render, session: Session, settings: Settings, actor: Actor, proposal: Proposal, query: ListQuery, values: dict[str, Any] | None = None, error: PortalError | None = None, *, kept: bool = False
) -> Response:  # fmt: skip
    """The discussion; `values` is what somebody has written into its form, `error` what was wrong with it."""
    listing = f"web|comments|{proposal.id}|{query.sort}|{query.stance}"
    after = page_cursor(settings, listing, query.cursor)
    page = discussions.listed(session, actor, proposal, query.sort, discussion.PAGE, after, stance=query.stance)  # fmt: skip
    cursor = write_cursor(settings, listing, page.next_after)
    here = f"/proposals/{proposal.id}/comments"
    sorted_by = f"sort={query.sort.value}" + (f"&stance={query.stance.value}" if query.stance else "")  # fmt: skip
    return render(
        "comments/list.html",
        proposal=proposal,
        query=query,
        here=here,
        threads=discussion.thread_views(session, actor, proposal, page.items),
        stances=discussion.stances(session, proposal),
        next_href=f"{here}?{sorted_by}&cursor={cursor}" if cursor else None,
        first_href=f"{here}?{sorted_by}" if query.cursor else None,
        kept=kept,
        **_form(actor, proposal, values, error),
    )


@router.get(ONE)
def show(
    proposal_id: ProposalId,
    comment_id: CommentId,
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    actor: BrowserActor,
    render: RenderDep,
) -> Response:
    proposal = get_discussed(session, actor, proposal_id)
    comment = comments.get(session, actor, proposal, comment_id)
    cursor = request.query_params.get("cursor")
    after = page_cursor(settings, _thread(comment), cursor)
    return thread_page(render, session, settings, actor, proposal, comment, after)


def _thread(comment: Comment) -> str:
    return f"web|thread|{comment.top_id}"


def thread_page(
    render: Render, session: Session, settings: Settings, actor: Actor, proposal: Proposal, comment: Comment, after: After | None = None, values: dict[str, Any] | None = None, error: PortalError | None = None, *, kept: bool = False
) -> Response:  # fmt: skip
    """A thread, from its beginning or, where a reply was asked for, from that reply on."""
    top = comments.get(session, actor, proposal, comment.top_id)
    if after is None and comment.id != top.id:
        after = (comment.created_at, comment.id - 1)
    page = discussions.listed(session, actor, proposal, CommentSort.OLDEST, REPLIES, after, parent=top)  # fmt: skip
    city, seen = cities.catalogue(session), discussions.shown(session, actor, [top, *page.items])
    views = {number: discussion.view(city, actor, proposal, one) for number, one in seen.items()}
    cursor = write_cursor(settings, _thread(comment), page.next_after)
    return render(
        "comments/show.html",
        proposal=proposal,
        top=views[top.id],
        replies=[views[reply.id] for reply in page.items],
        focus=comment.id,
        is_first=after is None,
        next_href=f"{top.path}?cursor={cursor}" if cursor else None,
        kept=kept,
        **_form(actor, proposal, values, error),
    )


@router.get(f"{ONE}/history")
def show_history(
    proposal_id: ProposalId,
    comment_id: CommentId,
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    proposal = get_discussed(session, actor, proposal_id)
    comment = comments.get(session, actor, proposal, comment_id)
    require(may_see_comment_history(actor, comment), actor)
    listing, here = f"web|comment_history|{comment.id}", f"{comment.path}/history"
    after = page_cursor(settings, listing, request.query_params.get("cursor"))
    page = comments.history(session, comment, EVENTS, after)
    cursor = write_cursor(settings, listing, page.next_after)
    return render(
        "comments/history.html",
        proposal=proposal,
        comment=comment,
        events=page.items,
        next_href=f"{here}?cursor={cursor}" if cursor else None,
        first_href=here if after else None,
    )


def _form(
    actor: Actor, proposal: Proposal, values: dict[str, Any] | None, error: PortalError | None
) -> dict[str, Any]:
    empty = discussion.form_values(actor, proposal)
    return {
        **empty,
        "values": empty["values"] | (values or {}),
        **refusals.shown(error),
    }
