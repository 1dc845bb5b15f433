"""What becomes of comments when their writer leaves: what has been public stays, without the name, unless they want its
text erased; what has not goes, and so does a text that waits for a moderator.

Done in bulk: somebody may have written thousands.
"""

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
    Proposal,
    QueueItem,
    QueueKind,
    Stance,
)
from app.services import helpful

_comments, _events, _marks = table_of(Comment), table_of(CommentEvent), table_of(HelpfulMark)
_items, _proposals = table_of(QueueItem), table_of(Proposal)
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


def part(session: Session, account: Account, former: int, *, erase: bool) -> Left:
    """Part a person from their comments, which the caller has locked. Those that stay are still to be handed over."""
    helpful.forget(session, account)
    before = count(session, account)
    never_public = delete(_comments).where(_own(account), ~_PUBLISHED)
    removed = len(session.execute(never_public.returning(_comments.c.id)).all())
    waiting = _comments.c.state == CommentState.WAITING
    texts = _comments.c.state != CommentState.DELETED
    _erase(session, account, _own(account) & (texts if erase else waiting))
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
    """Do to these comments what comments.erase() does to one."""
    _uncount(session, chosen)
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


def _uncount(session: Session, chosen: ColumnElement[bool]) -> None:
    """Take the visible ones of these comments out of the counts of their proposals and of what they reply to."""
    pairs = (
        (_comments.c.proposal_id, _proposals, _proposals.c.comment_count),
        (_comments.c.parent_id, _comments, _comments.c.reply_count),
    )
    of: Any = bindparam("of")
    for group, table, counted in pairs:
        query = select(group, func.count()).where(chosen, _comments.c.state == CommentState.VISIBLE)
        query = query.where(group.is_not(None)).group_by(group)
        moves = [{"of": number, "step": step} for number, step in session.execute(query)]
        if moves:
            moving = update(table).where(table.c.id == of)
            session.connection().execute(
                moving.values({counted: counted - bindparam("step")}), moves
            )


def _leave_in_queue(session: Session, account: Account, former: int) -> None:
    """What stays public and no moderator has looked at waits on; the rest of what waits goes with the account."""
    visible = select(_comments.c.id).where(_own(account), _comments.c.state == CommentState.VISIBLE)
    staying = (_items.c.kind == QueueKind.COMMENT) & _items.c.subject_id.in_(visible)
    session.execute(update(_items).where(staying).values(author_id=former))
