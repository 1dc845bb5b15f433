"""Discussions: the comments of a proposal as a reader may see them, page by page from where the last one ended (keyset).

However many there are, a page costs the same queries: the comments, their first replies, their writers, the reader's
own marks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, or_, true, tuple_
from sqlmodel import Session, col, select

from app.database import table_of
from app.models import (
    CURRENT,
    Account,
    Comment,
    CommentState,
    ExpertApplication,
    HelpfulMark,
    Officer,
    Proposal,
    Stance,
)
from app.permissions import Actor, may_moderate, may_read_comment
from app.services.paging import After, Page

FIRST_REPLIES = 3
_comments = table_of(Comment)


class CommentSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    HELPFUL = "helpful"


@dataclass(frozen=True)
class Shown:
    """A comment as one reader sees it. Where the text is not for the reader, nor is who wrote it.

    `expertise` is the field in which the writer is an expert, `department` the one that they answer for; `is_marked` says
    whether the reader found it helpful.
    """

    comment: Comment
    is_readable: bool
    author: Account | None
    expertise: str | None
    department: str | None
    is_marked: bool


@dataclass(frozen=True)
class Thread:
    """A comment and the first replies to it that the reader sees."""

    top: Shown
    replies: list[Shown]


def listed(
    session: Session, actor: Actor, proposal: Proposal, sort: CommentSort, limit: int, after: After | None = None, *, parent: Comment | None = None, stance: Stance | None = None
) -> Page[Comment]:  # fmt: skip
    """A page of the comments of the first level, or of the replies to one. By stance only those that can be read."""
    name = "helpful_count" if sort is CommentSort.HELPFUL else "created_at"
    key = (_comments.c[name], _comments.c.id)
    level = col(Comment.parent_id).is_(None) if parent is None else col(Comment.parent_id) == parent.id  # fmt: skip
    query = select(Comment).where(Comment.proposal_id == proposal.id, level, _seen_by(actor))
    if stance is not None:
        query = query.where(Comment.stance == stance, Comment.state == CommentState.VISIBLE)
    forwards = sort is CommentSort.OLDEST
    if after is not None:
        position, there = tuple_(*key), tuple_(*after)
        query = query.where(position > there if forwards else position < there)
    order = key if forwards else [column.desc() for column in key]
    rows = list(session.exec(query.order_by(*order).limit(limit + 1)).all())
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    return Page(rows[:limit], (getattr(last, name), last.id))


def threads(session: Session, actor: Actor, tops: list[Comment]) -> list[Thread]:
    """These comments of the first level, each with the first replies to it."""
    replies = _first_replies(session, actor, tops)
    seen = shown(session, actor, [*tops, *(one for few in replies.values() for one in few)])
    return [Thread(seen[top.id], [seen[one.id] for one in replies.get(top.id, [])]) for top in tops]


def shown(session: Session, actor: Actor, found: Sequence[Comment]) -> dict[int, Shown]:
    """These comments as the actor sees them, by number."""
    readable = {comment.id: may_read_comment(actor, comment) for comment in found}
    writers = _writers(session, {one.author_id for one in found if readable[one.id]})
    marked = _marked(session, actor, [number for number, fine in readable.items() if fine])
    nobody: tuple[Account | None, str | None, str | None] = (None, None, None)
    seen = {}
    for comment in found:
        fine = readable[comment.id]
        author, field, house = writers.get(comment.author_id, nobody) if fine else nobody
        seen[comment.id] = Shown(comment, fine, author, field, house, comment.id in marked)
    return seen


def stance_counts(session: Session, proposal: Proposal) -> dict[Stance, int]:
    """How many visible comments of the first level take each stance."""
    query = select(Comment.stance, func.count()).where(
        Comment.proposal_id == proposal.id,
        col(Comment.parent_id).is_(None),
        Comment.state == CommentState.VISIBLE,
    )
    found = dict(session.exec(query.group_by(col(Comment.stance))).all())
    return {stance: found.get(stance, 0) for stance in Stance}


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    """What may_see_comment() says, as a condition."""
    if may_moderate(actor):
        return true()
    public = col(Comment.published_at).is_not(None)
    return public if actor is None else or_(public, col(Comment.author_id) == actor.id)


def _first_replies(session: Session, actor: Actor, tops: list[Comment]) -> dict[int, list[Comment]]:
    order = (col(Comment.created_at), col(Comment.id))
    place = func.row_number().over(partition_by=col(Comment.parent_id), order_by=order)
    inner = select(Comment.id, place.label("place")).where(
        col(Comment.parent_id).in_([top.id for top in tops]), _seen_by(actor)
    )
    placed = inner.subquery()
    query: Any = select(Comment).join(placed, placed.c.id == Comment.id)
    query = query.where(placed.c.place <= FIRST_REPLIES).order_by(*order)
    found: dict[int, list[Comment]] = {}
    for reply in session.exec(query):
        found.setdefault(reply.top_id, []).append(reply)
    return found


def _writers(
    session: Session, numbers: set[int]
) -> dict[int, tuple[Account, str | None, str | None]]:
    """Accounts with the fields in which they are experts and the departments that they answer for, by number."""
    current = (col(ExpertApplication.account_id) == col(Account.id)) & CURRENT
    query = select(Account, ExpertApplication.field_code, Officer.department_code)
    query = query.outerjoin(ExpertApplication, current)
    query = query.outerjoin(Officer, col(Officer.account_id) == col(Account.id))
    rows = session.exec(query.where(col(Account.id).in_(numbers))).all()
    return {account.id: (account, field, department) for account, field, department in rows}


def _marked(session: Session, actor: Actor, numbers: list[int]) -> set[int]:
    """Which of these comments the actor found helpful."""
    if actor is None:
        return set()
    query = select(HelpfulMark.comment_id).where(HelpfulMark.account_id == actor.id)
    return set(session.exec(query.where(col(HelpfulMark.comment_id).in_(numbers))).all())
