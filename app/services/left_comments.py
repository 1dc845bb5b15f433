"""What becomes of comments when their writer leaves: what has been public stays, without the name, unless they want its
text erased; what has not goes, and so does a text that waits for a moderator.

Done in bulk: somebody may have written thousands.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlmodel import Session

from app.database import now, table_of
from app.models import (
    Account,
    Comment,
    CommentEvent,
    CommentEventKind,
    CommentState,
    HelpfulMark,
    QueueItem,
    QueueKind,
    Reportable,
    Stance,
)
from app.services import helpful, report_cases
from app.services.tallies import Moves

_comments, _events, _marks = table_of(Comment), table_of(CommentEvent), table_of(HelpfulMark)
_items = table_of(QueueItem)
_PUBLISHED = _comments.c.published_at.is_not(None)


@dataclass(frozen=True)
class Left:
    """How many comments were removed or erased, and how many stay without a name."""

    gone: int
    kept: int


def count(session: Session, account: Account) -> int:
    """How many comments the account has that have been public and have a text."""
    return _number(session, _own(account), _PUBLISHED, _comments.c.state != CommentState.DELETED)


def commented_on(account: Account) -> Select[int]:
    """The numbers of the proposals under which the account has written, as a query."""
    return select(_comments.c.proposal_id).where(_own(account))


def lock(session: Session, account: Account) -> None:
    """Lock the account's comments, what they reply to and what it has marked, by number; the caller has locked the
    proposals that it has written under.
    """
    replied_to = select(_comments.c.parent_id).where(
        _own(account), _comments.c.parent_id.is_not(None)
    )
    marked = helpful.marked_by(account)
    wanted = _own(account) | _comments.c.id.in_(replied_to) | _comments.c.id.in_(marked)
    query = select(_comments.c.id).where(wanted).order_by(_comments.c.id)
    session.execute(query.with_for_update(key_share=True)).all()


def part(session: Session, account: Account, former: int, moves: Moves, *, erase: bool) -> Left:
    """Part a person from their comments, which the caller has locked. Those that stay are still to be handed over.

    How the counts of proposals move is noted; see services/tallies.py, also for why other comments are updated once.
    """
    marked = helpful.forget(session, account)
    before = count(session, account)
    never_public = delete(_comments).where(_own(account), ~_PUBLISHED)
    removed = len(session.execute(never_public.returning(_comments.c.id)).all())
    waiting = _comments.c.state == CommentState.WAITING
    texts = _comments.c.state != CommentState.DELETED
    chosen = _own(account) & (texts if erase else waiting)
    _uncount(session, chosen, marked, moves)
    _erase(session, account, chosen)
    own = select(_comments.c.id).where(_own(account))
    # Earlier texts, and what moderators wrote to the person, are nobody's business any more.
    session.execute(update(_events).where(_events.c.comment_id.in_(own)).values(text="", note=""))
    _leave_in_queue(session, account, former)
    kept = count(session, account)
    return Left(removed + before - kept, kept)


def _own(account: Account) -> ColumnElement[bool]:
    return _comments.c.author_id == account.id


def _number(session: Session, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(_comments).where(*conditions)
    found: int = session.execute(query).scalar_one()
    return found


def _erase(session: Session, account: Account, chosen: ColumnElement[bool]) -> None:
    """Do to these comments, which have been taken out of all counts, what comments.erase() does to one."""
    empty: dict[str, Any] = {
        "text": "", "stance": Stance.NEUTRAL, "state": CommentState.DELETED, "reason_code": None, "helpful_count": 0,
    }  # fmt: skip
    erasing = update(_comments).where(chosen).values(empty).returning(_comments.c.id)
    gone = list(session.execute(erasing).scalars())
    session.execute(delete(_marks).where(_marks.c.comment_id.in_(gone)))
    event = select(
        _comments.c.id,
        literal(account.id),
        literal(CommentEventKind.DELETED, _events.c.kind.type),
        literal(""),
        literal(""),
        literal(now(), _events.c.created_at.type),
    )
    columns = ["comment_id", "actor_id", "kind", "note", "text", "created_at"]
    session.execute(insert(_events).from_select(columns, event.where(_comments.c.id.in_(gone))))
    report_cases.drop(session, account, Reportable.COMMENT, gone)


def _uncount(
    session: Session, chosen: ColumnElement[bool], marked: list[int], moves: Moves
) -> None:
    """Take the visible ones of these comments out of the counts of their proposals and of what they reply to, and marks
    that have been deleted out of those of the comments marked.
    """
    visible = select(_comments.c.proposal_id, _comments.c.parent_id)
    rows = session.execute(visible.where(chosen, _comments.c.state == CommentState.VISIBLE)).all()
    for proposal_id, _ in rows:
        moves.take(proposal_id, comment_count=1)
    replies = Counter(parent_id for _, parent_id in rows if parent_id is not None)
    marks = Counter(marked)
    steps = [{"of": one, "replies": replies[one], "marks": marks[one]} for one in sorted({*replies, *marks})]  # fmt: skip
    if steps:
        of: Any = bindparam("of")
        less = {
            _comments.c.reply_count: _comments.c.reply_count - bindparam("replies"),
            _comments.c.helpful_count: _comments.c.helpful_count - bindparam("marks"),
        }
        session.connection().execute(
            update(_comments).where(_comments.c.id == of).values(less), steps
        )


def _leave_in_queue(session: Session, account: Account, former: int) -> None:
    """What stays public and no moderator has looked at waits on; the rest of what waits goes with the account."""
    visible = select(_comments.c.id).where(_own(account), _comments.c.state == CommentState.VISIBLE)
    staying = (_items.c.kind == QueueKind.COMMENT) & _items.c.subject_id.in_(visible)
    session.execute(update(_items).where(staying).values(author_id=former, is_set_aside=False))
