"""Decisions: what moderators have decided about somebody's texts, applications and account, as that person reads it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.database import now
from app.errors import NotFound
from app.forms import LARGEST_ID
from app.models import (
    Account,
    Appeal,
    Proposal,
    QueueKind,
    Ruling,
    is_appealable,
)
from app.services.paging import After, Page
from app.settings import Settings

# Decisions on reports are about those who reported, and told to them; those on appeals stand with what they are about.
_NOT_TOLD = (QueueKind.REPORT, QueueKind.APPEAL)
_Answer = aliased(Ruling, name="answer")
_Later = aliased(Ruling, name="later")
_Reversal = aliased(Ruling, name="reversal")


@dataclass(frozen=True)
class Decided:
    """A decision, the proposal that it is about, if any, the person's appeal against it and how that was answered.

    `is_overtaken`: there has been another decision on the same thing since; `is_reversed`: it is what the appeal has
    brought about.
    """

    ruling: Ruling
    proposal: Proposal | None
    appeal: Appeal | None
    answer: Ruling | None
    is_overtaken: bool
    is_reversed: bool

    @property
    def path(self) -> str | None:
        """Where the text that it is about can be read, if it is about one."""
        if self.proposal is None:
            return None
        comment = f"/proposals/{self.proposal.id}/comments/{self.ruling.subject_id}"
        return comment if self.ruling.kind is QueueKind.COMMENT else self.proposal.path

    def open_until(self, settings: Settings) -> datetime | None:
        """Until when the person may appeal, or None if they may not."""
        until = appeal_end(settings, self.ruling)
        if not is_appealable(self.ruling) or self.appeal or self.is_overtaken or until <= now():
            return None
        return until


def appeal_end(settings: Settings, ruling: Ruling) -> datetime:
    """When the time for an appeal is over."""
    return ruling.decided_at + timedelta(days=settings.appeal_days)


def listed(
    session: Session, account: Account, limit: int | None = None, after: After | None = None
) -> Page[Decided]:
    """A page of the decisions that concern somebody, newest first; without a limit all of them."""
    query = _query().where(Ruling.account_id == account.id, col(Ruling.kind).not_in(_NOT_TOLD))
    if after is not None:
        query = query.where(col(Ruling.id) < after[1])
    if limit is not None:
        query = query.limit(limit + 1)
    rows = [Decided(*row) for row in session.exec(query.order_by(col(Ruling.id).desc()))]
    if limit is None or len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1].ruling
    return Page(rows[:limit], (last.id, last.id))


def get(session: Session, account_id: int, ruling_id: int) -> Decided:
    """One decision that concerns the person. Raises NotFound for somebody else's."""
    found = find(session, min(ruling_id, LARGEST_ID))
    if found is None or found.ruling.account_id != account_id or found.ruling.kind in _NOT_TOLD:
        raise NotFound
    return found


def find(session: Session, ruling_id: int) -> Decided | None:
    """One decision, whomever it concerns."""
    row = session.exec(_query().where(Ruling.id == ruling_id)).first()
    return Decided(*row) if row else None


def _query() -> Any:
    about_same = (col(_Later.kind) == Ruling.kind, col(_Later.subject_id) == Ruling.subject_id)
    overtaken = exists().where(*about_same, col(_Later.id) > col(Ruling.id))
    answers = (col(_Answer.kind) == QueueKind.APPEAL) & (col(_Answer.subject_id) == Appeal.id)
    reversed_ = exists().where(
        col(_Reversal.kind) == Ruling.kind,
        col(_Reversal.subject_id) == Ruling.subject_id,
        col(_Reversal.id) > col(_Answer.id),
        col(_Reversal.is_consequence),
    )
    query = select(Ruling, Proposal, Appeal, _Answer, overtaken, reversed_)  # type: ignore[call-overload]
    query = query.outerjoin(Proposal, col(Proposal.id) == Ruling.proposal_id)
    return query.outerjoin(Appeal, col(Appeal.ruling_id) == Ruling.id).outerjoin(_Answer, answers)
