"""Lists of the city's answers: what it has said, what it owes, what is overdue, and what lies on a department's desk.

Each is read page by page from an index (keyset). Only what everybody can see is listed: a proposal that is hidden,
withdrawn or merged owes no answer meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, func, literal, literal_column, tuple_, union_all
from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from app.database import now
from app.errors import Conflict
from app.models import (
    ANSWERED,
    LISTED,
    UNANSWERED,
    UNPUBLISHED,
    UNREACHED,
    Account,
    AnswerRequest,
    Milestone,
    OfficialAnswer,
    Proposal,
)
from app.permissions import is_officer, may_open_answer_desk, require
from app.services import officers
from app.services.paging import After, Page
from app.services.proposals import with_details

# A department's drafts are few: at most one for each proposal it is asked about.
MOST_DRAFTS = 100


def published(
    session: Session, department: str | None, limit: int, after: After | None = None
) -> Page[OfficialAnswer]:
    """What the city has answered, the newest first."""
    key = (col(OfficialAnswer.published_at), col(OfficialAnswer.id))
    query = select(OfficialAnswer).join(Proposal).where(ANSWERED, LISTED).options(_with(OfficialAnswer))  # fmt: skip
    if department is not None:
        query = query.where(OfficialAnswer.department_code == department)
    if after is not None:
        query = query.where(tuple_(*key) < tuple_(*after))
    query = query.order_by(*(one.desc() for one in key)).limit(limit + 1)
    return _page(session.exec(query).all(), limit, "published_at")


def owed(
    session: Session, department: str | None, limit: int, after: After | None = None, *, or_nobodys: bool = False
) -> Page[AnswerRequest]:  # fmt: skip
    """What waits for an answer, the earliest due first; with `or_nobodys` also what no department has been named for."""
    key = (col(AnswerRequest.due_at), col(AnswerRequest.id))
    query = select(AnswerRequest).join(Proposal).where(UNANSWERED, LISTED).options(_with(AnswerRequest))  # fmt: skip
    if department is not None:
        own = col(AnswerRequest.department_code) == department
        query = query.where(own | col(AnswerRequest.department_code).is_(None) if or_nobodys else own)  # fmt: skip
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*after))
    return _page(session.exec(query.order_by(*key).limit(limit + 1)).all(), limit, "due_at")


# What is overdue


@dataclass(frozen=True)
class Overdue:
    """An answer that is owed, or a milestone that has not been reached, whose day is over."""

    proposal: Proposal
    department_code: str | None
    due_at: datetime
    milestone: Milestone | None


@dataclass(frozen=True)
class Backlog:
    """How much of one department's is overdue, and since when the oldest of it."""

    department_code: str | None
    number: int
    since: datetime


# Of both kinds in one list: an even number for a request, an odd one for a milestone.
_KINDS: tuple[tuple[Any, Any, int], ...] = ((AnswerRequest, UNANSWERED, 0), (Milestone, UNREACHED, 1))  # fmt: skip


def overdue(
    session: Session, department: str | None, limit: int, after: After | None = None
) -> Page[Overdue]:
    """What is overdue, the oldest first."""
    parts = [_overdue_part(*kind, department, limit, after) for kind in _KINDS]
    both = union_all(*(part.subquery().select() for part in parts)).subquery()
    rows = session.execute(both.select().order_by(both.c.due_at, both.c.tag).limit(limit + 1)).all()
    found = _found(session, [row.tag for row in rows[:limit]])
    items = [found[row.tag] for row in rows[:limit]]
    if len(rows) <= limit:
        return Page(items, None)
    return Page(items, (rows[limit - 1].due_at, rows[limit - 1].tag))


def _overdue_part(
    model: Any, waits: Any, kind: int, department: str | None, limit: int, after: After | None
) -> Any:
    """The first of one kind, by its own index, so that each kind reads no more than a page."""
    tag = (col(model.id) * 2 + literal_column(str(kind), Integer)).label("tag")
    query: Any = select(tag, col(model.due_at).label("due_at")).select_from(model).join(Proposal)
    query = query.where(waits, LISTED, col(model.due_at) < now())
    if department is not None:
        query = query.where(col(model.department_code) == department)
    if after is not None:
        later = (col(model.due_at) > after[0]) | (tag.element > literal(after[1]))
        query = query.where(col(model.due_at) >= after[0], later)
    return query.order_by(col(model.due_at), col(model.id)).limit(limit + 1)


def _found(session: Session, tags: Sequence[int]) -> dict[int, Overdue]:
    """The rows behind the tags, each with its proposal."""
    found: dict[int, Overdue] = {}
    for model, _, kind in _KINDS:
        numbers = [tag // 2 for tag in tags if tag % 2 == kind]
        query = select(model).where(col(model.id).in_(numbers)).options(_with(model))
        for row in session.exec(query):
            milestone = row if kind else None
            found[row.id * 2 + kind] = Overdue(row.proposal, row.department_code, row.due_at, milestone)  # fmt: skip
    return found


def backlogs(session: Session) -> list[Backlog]:
    """What is overdue, counted by department, the longest overdue first."""
    parts: list[Any] = [
        select(col(model.department_code).label("code"), col(model.due_at).label("due_at"))
        .select_from(model)
        .join(Proposal)
        .where(waits, LISTED, col(model.due_at) < now())
        for model, waits, _ in _KINDS
    ]
    both = union_all(*parts).subquery()
    oldest = func.min(both.c.due_at, type_=both.c.due_at.type)
    query = select(both.c.code, func.count(), oldest).group_by(both.c.code).order_by(oldest, both.c.code)  # fmt: skip
    return [Backlog(*row) for row in session.execute(query)]


# The desk


def desk_of(session: Session, actor: Account, wanted: str | None) -> str | None:
    """The department whose desk the actor sees: one's own, or for staff the one they ask for; None: of all.

    Raises Forbidden, or Conflict for an officer who has not been given a department yet.
    """
    require(may_open_answer_desk(actor), actor)
    if not is_officer(actor):
        return wanted
    own = officers.department_of(session, actor)
    if own is None:
        raise Conflict("answer.no_department")
    return own


def drafts(session: Session, department: str | None) -> list[OfficialAnswer]:
    """The answers on their way, in the order in which they were begun."""
    query = select(OfficialAnswer).where(UNPUBLISHED).options(_with(OfficialAnswer))
    if department is not None:
        query = query.where(OfficialAnswer.department_code == department)
    return list(session.exec(query.order_by(col(OfficialAnswer.id)).limit(MOST_DRAFTS)).all())


def unreached(session: Session, department: str | None) -> list[Milestone]:
    """The milestones still to be reached, the earliest due first."""
    query = select(Milestone).join(Proposal).where(UNREACHED, LISTED).options(_with(Milestone))
    if department is not None:
        query = query.where(Milestone.department_code == department)
    order = (col(Milestone.due_at), col(Milestone.id))
    return list(session.exec(query.order_by(*order).limit(MOST_DRAFTS)).all())


# On a proposal's page


def of_proposal(session: Session, proposal: Proposal) -> list[OfficialAnswer]:
    """What the city has answered about one proposal, in the order in which it did."""
    query = select(OfficialAnswer).where(ANSWERED, OfficialAnswer.proposal_id == proposal.id)
    return list(session.exec(query.order_by(col(OfficialAnswer.id))).all())


def _with(model: Any) -> Any:
    details: Any = with_details()
    return selectinload(model.proposal).options(*details)


def _page(rows: Sequence[Any], limit: int, key: str) -> Page[Any]:
    if len(rows) <= limit:
        return Page(list(rows), None)
    last = rows[limit - 1]
    return Page(list(rows[:limit]), (getattr(last, key), last.id))
