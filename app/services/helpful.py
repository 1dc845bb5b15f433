"""Helpful marks: one for each person on a visible comment that is not their own; taken back at any time.

The mark's row and the comment's count change in one transaction, under the lock on the comment. Who marks and takes back
again and again leaves one event of each in an hour, so that a comment's history does not grow by it.
"""

from dataclasses import dataclass

from sqlalchemy import Select, delete, select, update
from sqlmodel import Session

from app.database import insert_if_absent, now, table_of
from app.errors import Conflict
from app.labels import status_label
from app.lifecycle import COMMENTABLE
from app.models import (
    Account,
    Comment,
    CommentEventKind,
    CommentState,
    HelpfulMark,
    Proposal,
)
from app.permissions import may_mark_helpful, require
from app.services import comments, limits
from app.services.limits import Limit
from app.settings import Settings

_marks, _comments = table_of(HelpfulMark), table_of(Comment)
_HOUR = 3600


@dataclass(frozen=True)
class Helpfulness:
    """How many found a comment helpful, and whether the one who asks did."""

    count: int
    mine: bool


def mark(
    session: Session, settings: Settings, actor: Account, proposal: Proposal, comment: Comment
) -> Helpfulness:
    """Find a comment helpful; doing it again changes nothing.

    Raises Forbidden for one's own, TooMany, Conflict if not everybody can read it now or its proposal takes no comments.
    """
    require(may_mark_helpful(actor, comment), actor)
    _count_try(session, settings, actor)
    if proposal.status not in COMMENTABLE:
        raise Conflict("comment.closed", status=status_label(proposal.status))
    state, count = _lock(session, comment)
    if state is not CommentState.VISIBLE:
        raise Conflict("comment.not_public")
    row = {"comment_id": comment.id, "account_id": actor.id, "created_at": now()}
    if not insert_if_absent(session, _marks, row):
        return Helpfulness(count, mine=True)
    _record(session, settings, actor, comment, CommentEventKind.MARKED)
    return Helpfulness(_move(session, comment, +1), mine=True)


def unmark(session: Session, settings: Settings, actor: Account, comment: Comment) -> Helpfulness:
    """Take one's mark back; without one, nothing changes. Raises Forbidden for one's own comment, TooMany."""
    require(may_mark_helpful(actor, comment), actor)
    _count_try(session, settings, actor)
    _, count = _lock(session, comment)
    own = (_marks.c.comment_id == comment.id) & (_marks.c.account_id == actor.id)
    if session.execute(delete(_marks).where(own).returning(_marks.c.comment_id)).first() is None:
        return Helpfulness(count, mine=False)
    _record(session, settings, actor, comment, CommentEventKind.UNMARKED)
    return Helpfulness(_move(session, comment, -1), mine=False)


def marked_by(account: Account) -> Select[int]:
    """The numbers of the comments that the account has marked, as a query."""
    return select(_marks.c.comment_id).where(_marks.c.account_id == account.id)


def forget(session: Session, account: Account) -> list[int]:
    """Delete all marks of somebody who leaves; the caller has locked the comments, and moves the counts of those returned.

    Whoever comes back with a new account could mark the same comments again, and count twice.
    """
    own = _marks.c.account_id == account.id
    return list(session.execute(delete(_marks).where(own).returning(_marks.c.comment_id)).scalars())


def _count_try(session: Session, settings: Settings, actor: Account) -> None:
    limit = Limit("helpful", settings.helpful_marks_per_hour, _HOUR, "limit.marks")
    limits.count_of(session, settings, limit, actor)


def _record(
    session: Session, settings: Settings, actor: Account, comment: Comment, kind: CommentEventKind
) -> None:
    """Add to the comment's history that somebody did, without who; once in an hour for each of them."""
    name = f"{actor.id} {comment.id} {kind}"
    if limits.use_once(session, settings, "helpful_event", name, _HOUR):
        comments.record(session, None, comment, kind)


def _lock(session: Session, comment: Comment) -> tuple[CommentState, int]:
    query = select(_comments.c.state, _comments.c.helpful_count)
    row = session.execute(query.where(_comments.c.id == comment.id).with_for_update(key_share=True))
    state, count = row.one()
    return state, count


def _move(session: Session, comment: Comment, step: int) -> int:
    """Move the comment's count; returns what it is now."""
    count = _comments.c.helpful_count
    moving = update(_comments).where(_comments.c.id == comment.id).values({count: count + step})
    moved: int = session.execute(moving.returning(count)).scalar_one()
    return moved
