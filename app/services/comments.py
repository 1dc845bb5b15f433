"""Comments: written under a public proposal, edited for some minutes, deleted by their writer at any time.

They are public at once and looked at by a moderator afterwards; where the campaign says so, a moderator looks first.
What officers and moderators write needs no look. The counts of visible comments change in the transaction that shows or
conceals one. Rows are locked in one order, proposal, comments by number, marks, queue, so that nobody blocks another.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select as sql_select
from sqlalchemy import update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.database import now, table_of
from app.errors import Conflict, FieldError, Invalid, NotFound
from app.forms import LARGEST_ID, CommentForm, CommentPatch, unknown
from app.i18n import N_, language
from app.labels import status_label
from app.lifecycle import COMMENTABLE
from app.models import (
    Account,
    Comment,
    CommentEvent,
    CommentEventKind,
    CommentState,
    HelpfulMark,
    Proposal,
    QueueKind,
    Reportable,
    Stance,
    Status,
)
from app.permissions import (
    Actor,
    may_change_comment,
    may_comment,
    may_see_comment,
    may_speak_as,
    require,
    speaks_for_city,
)
from app.services import limits, proposals, queue, report_cases, signals
from app.services.limits import Limit
from app.services.paging import After, Page, by_number
from app.settings import Settings

EDIT_WINDOW = timedelta(minutes=15)
# The same words from the same person in this time are a form sent twice.
REPEAT_WINDOW = timedelta(minutes=10)
K, S = CommentEventKind, CommentState
# Marks are many and nobody's; a comment's history is told without them.
COUNTED_ONLY = (K.MARKED, K.UNMARKED)
_comments, _events, _marks = table_of(Comment), table_of(CommentEvent), table_of(HelpfulMark)
_proposals = table_of(Proposal)


def get(session: Session, actor: Actor, proposal: Proposal, comment_id: int) -> Comment:
    """A comment of a proposal that the actor sees. Raises NotFound for one they may not see, as for none."""
    found = session.get(Comment, comment_id) if comment_id <= LARGEST_ID else None
    if found is None or found.proposal_id != proposal.id or not may_see_comment(actor, found):
        raise NotFound
    return found


def find(session: Session, actor: Actor, comment_id: int) -> tuple[Comment, Proposal]:
    """A comment and its proposal, if the actor may see both. Raises NotFound."""
    found = session.get(Comment, comment_id) if comment_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    proposal = proposals.get_visible(session, actor, found.proposal_id)
    return get(session, actor, proposal, comment_id), proposal


def write(
    session: Session, settings: Settings, actor: Account, proposal: Proposal, form: CommentForm
) -> Comment:
    """A new comment of the actor's, or a reply. One to a reply joins the reply's thread.

    Raises Forbidden for a voice that is not the actor's, TooMany, Invalid for a parent that is none or a reply with a
    stance, Conflict if the proposal takes no comments or the very same has just been written.
    """
    require(may_comment(actor), actor)
    require(may_speak_as(actor, proposal, form.voice), actor)
    limit = Limit("comment", settings.comments_per_hour, 3600, "limit.comments")
    limits.count_of(session, settings, limit, actor)
    _require_open(_lock_proposal(session, proposal.id))
    comment = Comment(
        proposal_id=proposal.id,
        parent_id=_thread_of(session, actor, proposal, form.parent_id),
        author_id=actor.id,
        language=form.language or language.get(),
        state=S.WAITING,
        **form.model_dump(include={"text", "stance", "voice"}),
    )
    _require_stance_fits(comment, form.stance)
    _require_new(session, comment)
    session.add(comment)
    session.flush()
    record(session, actor, comment, K.WRITTEN)
    if not _waits(actor, proposal):
        show(session, comment)
    _let_look(session, settings, actor, proposal, comment)
    return comment


def edit(
    session: Session, settings: Settings, actor: Account, proposal: Proposal, comment: Comment, form: CommentPatch
) -> Comment:  # fmt: skip
    """Change one's own comment while there is time; an edit that changes nothing leaves no trace.

    Raises Forbidden, Invalid for a reply with a stance, Conflict if it is too late, TooMany.
    """
    require(may_change_comment(actor, comment), actor)
    limit = Limit("comment_edit", settings.comment_edits_per_hour, 3600, "limit.edits")
    limits.count_of(session, settings, limit, actor)
    require_editable(lock(session, comment), comment)
    changes = form.model_dump(exclude_unset=True)
    _require_stance_fits(comment, changes.get("stance", comment.stance))
    if all(getattr(comment, name) == value for name, value in changes.items()):
        return comment
    record(session, actor, comment, K.EDITED, text=comment.text)
    for name, value in changes.items():
        setattr(comment, name, value)
    comment.edited_at, comment.revision = now(), comment.revision + 1
    if _waits(actor, proposal):
        conceal(session, comment, S.WAITING)
    _let_look(session, settings, actor, proposal, comment)
    session.flush()
    return comment


def delete(session: Session, actor: Account, comment: Comment) -> None:
    """Erase one's own comment; its place stays, so that replies to it do. Raises Forbidden, Conflict if it is erased."""
    require(may_change_comment(actor, comment), actor)
    lock(session, comment)
    if comment.state is S.DELETED:
        raise Conflict("comment.deleted")
    erase(session, actor, comment)


def history(
    session: Session, comment: Comment, limit: int, after: After | None = None
) -> Page[CommentEvent]:
    """A page of what happened to a comment, oldest first, but for marks."""
    return by_number(session, _told_of(comment), col(CommentEvent.id), limit, after)


def newest_history(session: Session, comment: Comment, limit: int) -> tuple[list[CommentEvent], bool]:  # fmt: skip
    """The newest steps of a comment's history, oldest first, and whether there are more before them."""
    newest = _told_of(comment).order_by(col(CommentEvent.id).desc())
    found = session.exec(newest.limit(limit + 1)).all()
    return list(found[:limit])[::-1], len(found) > limit


def _told_of(comment: Comment) -> SelectOfScalar[CommentEvent]:
    own = CommentEvent.comment_id == comment.id
    return select(CommentEvent).where(own, col(CommentEvent.kind).not_in(COUNTED_ONLY))


def require_editable(status: Status, comment: Comment) -> None:
    """Raise Conflict where nobody can edit this comment now, on a proposal with this status."""
    _require_open(status)
    if comment.state is S.DELETED:
        raise Conflict("comment.deleted")
    if editable_until(comment) is None:
        raise Conflict("comment.too_late", minutes=EDIT_WINDOW // timedelta(minutes=1))


def editable_until(comment: Comment) -> datetime | None:
    """Until when its writer may edit it, or None if the time is over or a moderator has hidden it."""
    until = comment.created_at + EDIT_WINDOW
    return until if comment.state in {S.WAITING, S.VISIBLE} and now() < until else None


# The steps that others take, too


def lock(session: Session, comment: Comment) -> Status:
    """Keep a comment, the one it replies to and its proposal from others until the transaction ends.

    The comment is as it stands now; returned is the status of its proposal. Raises NotFound if it has gone meanwhile.
    """
    status = _lock_proposal(session, comment.proposal_id)
    wanted = col(Comment.id).in_([comment.id, comment.top_id])
    query = select(Comment).where(wanted).order_by(col(Comment.id)).with_for_update(key_share=True)
    found = session.exec(query.execution_options(populate_existing=True)).all()
    if comment not in found:
        raise NotFound
    return status


def show(session: Session, comment: Comment) -> None:
    """Let everybody read a comment that the caller has locked, and count it."""
    comment.state, comment.reason_code = S.VISIBLE, None
    comment.published_at = comment.published_at or now()
    session.flush()
    _count(session, comment, +1)


def conceal(
    session: Session, comment: Comment, state: CommentState, reason_code: str | None = None
) -> None:
    """Take a comment that the caller has locked from everybody's sight, and out of the counts if it was in them."""
    was_visible = comment.state is S.VISIBLE
    comment.state, comment.reason_code = state, reason_code
    session.flush()
    if was_visible:
        _count(session, comment, -1)


def erase(session: Session, actor: Account, comment: Comment) -> None:
    """Erase the text of a comment that the caller has locked, its earlier ones, and the marks on it."""
    comment.text, comment.stance, comment.helpful_count = "", Stance.NEUTRAL, 0
    conceal(session, comment, S.DELETED)
    session.execute(update(_events).where(_events.c.comment_id == comment.id).values(text=""))
    session.execute(_marks.delete().where(_marks.c.comment_id == comment.id))
    record(session, actor, comment, K.DELETED)
    queue.leave(session, QueueKind.COMMENT, comment.id, actor)
    report_cases.drop(session, actor, Reportable.COMMENT, [comment.id])


def record(
    session: Session, actor: Account | None, comment: Comment, kind: CommentEventKind, **why: Any
) -> None:
    """Add to a comment's history."""
    actor_id = actor.id if actor is not None else None
    session.add(CommentEvent(comment_id=comment.id, actor_id=actor_id, kind=kind, **why))


def _lock_proposal(session: Session, proposal_id: int) -> Status:
    """Keep a proposal's row from others that change it; returned is its status now."""
    query = sql_select(_proposals.c.status).where(_proposals.c.id == proposal_id)
    status: Status = session.execute(query.with_for_update(key_share=True)).scalar_one()
    return status


def _require_open(status: Status) -> None:
    if status not in COMMENTABLE:
        raise Conflict("comment.closed", status=status_label(status))


def _thread_of(
    session: Session, actor: Account, proposal: Proposal, parent_id: int | None
) -> int | None:
    """The number of the first comment of the thread that a reply to this one belongs to.

    Raises Invalid for a comment that the actor doesn't see here, Conflict for one that cannot be read by everybody.
    """
    if parent_id is None:
        return None
    try:
        parent = get(session, actor, proposal, parent_id)
    except NotFound:
        raise Invalid([unknown("parent_id")]) from None
    if parent.state is not S.VISIBLE:
        raise Conflict("comment.not_public")
    return parent.top_id


def _require_stance_fits(comment: Comment, stance: Stance) -> None:
    if comment.parent_id is not None and stance is not Stance.NEUTRAL:
        message = N_("A reply takes no stance of its own.")
        raise Invalid([FieldError("stance", "reply_without_stance", message, {})])


def _require_new(session: Session, comment: Comment) -> None:
    """Raise Conflict if the same person has just written the same here; the proposal's lock makes that certain."""
    query = select(Comment.id).where(
        Comment.author_id == comment.author_id,
        Comment.created_at > now() - REPEAT_WINDOW,
        Comment.proposal_id == comment.proposal_id,
        Comment.parent_id == comment.parent_id,
        Comment.text == comment.text,
    )
    if session.exec(query.limit(1)).first() is not None:
        raise Conflict("comment.repeated")


def _waits(actor: Account, proposal: Proposal) -> bool:
    """Whether a moderator looks at what the actor writes before others do."""
    return proposal.campaign.comments_premoderated and not speaks_for_city(actor)


def _let_look(
    session: Session, settings: Settings, actor: Account, proposal: Proposal, comment: Comment
) -> None:
    """Let a moderator look at a new text, before or after others do, with what is noticed about it."""
    if not speaks_for_city(actor):
        item = queue.enter(session, QueueKind.COMMENT, comment.id, author=actor, proposal=proposal, language=comment.language)  # fmt: skip
        queue.mark(session, item, signals.compute(session, settings, {"text": comment.text}, actor, comment_id=comment.id))  # fmt: skip


def _count(session: Session, comment: Comment, step: int) -> None:
    """Move the counts of visible comments, of the proposal and of the comment replied to, by one."""
    counted = _proposals.c.comment_count
    this = _proposals.c.id == comment.proposal_id
    session.execute(update(_proposals).where(this).values({counted: counted + step}))
    if comment.parent_id is not None:
        replies = _comments.c.reply_count
        top = _comments.c.id == comment.parent_id
        session.execute(update(_comments).where(top).values({replies: replies + step}))
