"""Writing comments: sending, editing, deleting, finding helpful. No answer of the forms ever loses a word."""

from typing import Any

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, TooMany
from app.forms import COMMENT_LENGTH, CommentForm, CommentPatch, read
from app.labels import stance_label
from app.models import Account, Comment, CommentState, Proposal, Stance
from app.permissions import may_change_comment, require
from app.services import comments, helpful
from app.settings import Settings
from app.web import refusals
from app.web.comments import (
    ALL,
    ONE,
    CommentId,
    ListQuery,
    get_discussed,
    list_page,
    thread_page,
)
from app.web.pages import Posted, Render, RenderDep, new_router, number_of, see_other, text_of
from app.web.proposals import ProposalId

router = new_router()


def _read_values(posted: FormData) -> dict[str, Any]:
    """The posted fields as a comment's values, as they were typed."""
    return {
        "text": text_of(posted, "text"),
        "stance": text_of(posted, "stance") or Stance.NEUTRAL.value,
        "voice": text_of(posted, "voice") or "person",
        "parent_id": number_of(text_of(posted, "parent_id")),
    }


@router.post(ALL)
def write(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    proposal = get_discussed(session, actor, proposal_id)
    values = _read_values(posted)
    try:
        comment = comments.write(session, settings, actor, proposal, read(CommentForm, values))
    except (Invalid, Conflict, TooMany) as error:
        return _form_again(render, session, settings, actor, proposal, values, error)
    waits = comment.state is CommentState.WAITING
    return see_other(_place(proposal, comment), "comment.waits" if waits else "comment.written")


def _place(proposal: Proposal, comment: Comment) -> str:
    """Where a new comment can be seen: on its proposal's page, a reply in its thread."""
    page = comment.path if comment.parent_id else proposal.path
    return f"{page}#comment-{comment.id}"


def _form_again(
    render: Render, session: Session, settings: Settings, actor: Account, proposal: Proposal, values: dict[str, Any], error: PortalError | None, *, kept: bool = False
) -> Response:  # fmt: skip
    """The form as it was sent, under the comment replied to or under the whole discussion."""
    try:
        parent = comments.get(session, actor, proposal, values["parent_id"] or 0)
    except NotFound:
        return list_page(render, session, settings, actor, proposal, ListQuery(), values, error, kept=kept)  # fmt: skip
    return thread_page(render, session, settings, actor, proposal, parent, None, values, error, kept=kept)  # fmt: skip


@router.get(f"{ONE}/edit")
def edit_form(
    proposal_id: ProposalId,
    comment_id: CommentId,
    session: SessionDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    proposal = get_discussed(session, actor, proposal_id)
    comment = comments.get(session, actor, proposal, comment_id)
    require(may_change_comment(actor, comment), actor)
    comments.require_editable(proposal.status, comment)
    values = {"text": comment.text, "stance": comment.stance.value}
    return _edit_page(render, proposal, comment, values)


def _edit_page(
    render: Render, proposal: Proposal, comment: Comment, values: dict[str, Any], error: PortalError | None = None, *, kept: bool = False
) -> Response:  # fmt: skip
    return render(
        "comments/edit.html",
        proposal=proposal,
        comment=comment,
        values=values,
        stance_choices=[(stance.value, stance_label(stance), None) for stance in Stance],
        **refusals.shown(error),
        most=COMMENT_LENGTH,
        kept=kept,
    )


@router.post(f"{ONE}/edit")
def edit(
    proposal_id: ProposalId,
    comment_id: CommentId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    proposal = get_discussed(session, actor, proposal_id)
    comment = comments.get(session, actor, proposal, comment_id)
    require(may_change_comment(actor, comment), actor)
    values = _read_values(posted)
    changes = {name: values[name] for name in ("text", "stance")}
    try:
        comments.edit(session, settings, actor, proposal, comment, read(CommentPatch, changes))
    except (Invalid, Conflict, TooMany) as error:
        return _edit_page(render, proposal, comment, values, error)
    waits = comment.state is CommentState.WAITING
    return see_other(_place(proposal, comment), "comment.waits" if waits else "comment.edited")


@router.post(f"{ONE}/delete")
def delete(
    proposal_id: ProposalId,
    comment_id: CommentId,
    posted: Posted,
    session: SessionDep,
    actor: SignedIn,
) -> Response:
    proposal = get_discussed(session, actor, proposal_id)
    comment = comments.get(session, actor, proposal, comment_id)
    comments.delete(session, actor, comment)
    return see_other(_back(posted, comment), "comment.deleted")


@router.post(f"{ONE}/helpful")
def find_helpful(
    proposal_id: ProposalId,
    comment_id: CommentId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
) -> Response:
    """Find a comment helpful, or take that back (an empty value)."""
    proposal = get_discussed(session, actor, proposal_id)
    comment = comments.get(session, actor, proposal, comment_id)
    if posted.get("value") == "":
        helpful.unmark(session, settings, actor, comment)
    else:
        helpful.mark(session, settings, actor, proposal, comment)
    return see_other(_back(posted, comment))


def _back(posted: FormData, comment: Comment) -> str:
    """The page of the same proposal that the form stood on, at the comment; another address counts for nothing."""
    page, own = text_of(posted, "back"), f"/proposals/{comment.proposal_id}"
    plain = page.isascii() and page.isprintable() and not set(page) & set(' \\#"<>')
    stays = page == own or page.startswith((f"{own}-", f"{own}/", f"{own}?"))
    return f"{page if plain and stays and '..' not in page else comment.path}#comment-{comment.id}"


def render_kept(
    render: Render, session: Session, settings: Settings, actor: Account, path: str, posted: FormData
) -> Response:  # fmt: skip
    """The form again after a new sign-in, with what had been typed; whoever may not see the discussion goes on."""
    numbers = [number_of(part) for part in path.split("/") if number_of(part) is not None]
    values = _read_values(posted)
    try:
        proposal = get_discussed(session, actor, numbers[0] or 0)
        if not path.endswith("/edit"):
            return _form_again(render, session, settings, actor, proposal, values, None, kept=True)
        comment = comments.get(session, actor, proposal, numbers[1] or 0)
        require(may_change_comment(actor, comment), actor)
    except (NotFound, Forbidden):
        return see_other("/", "sign_in.done")
    return _edit_page(render, proposal, comment, values, kept=True)
