"""Deadlines of assessments: what happens by itself. Evaluators are reminded before it and once after it; rounds close.

A round whose deadline is over with fewer than two verdicts stays open, marked at the desk, for staff to decide on.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from app import emails
from app.database import now, table_of
from app.models import LISTED, ROUND_OPEN, Assessment, AssessmentRound, Evaluator, Proposal
from app.permissions import may_judge
from app.services import assessments, proposals
from app.services.assessment_results import with_voices
from app.settings import Settings

_evaluators = table_of(Evaluator)


def to_remind(session: Session, settings: Settings) -> list[int]:
    """Who has not given a verdict that is due soon, and was asked early enough to have forgotten it."""
    notice = timedelta(days=settings.assessment_reminder_days)
    query = _pending().where(
        col(Evaluator.reminded_at).is_(None),
        col(AssessmentRound.due_at) > now(),
        col(AssessmentRound.due_at) <= now() + notice,
    )
    rows = session.exec(query).all()
    return [number for number, asked, due in rows if due - asked > notice]


def to_remind_again(session: Session, _settings: Settings) -> list[int]:
    """Who has not given a verdict whose deadline is over, and has not been told so."""
    query = _pending().where(
        col(Evaluator.overdue_reminded_at).is_(None), col(AssessmentRound.due_at) <= now()
    )
    return [number for number, _, _ in session.exec(query).all()]


def remind(session: Session, settings: Settings, evaluator_id: int) -> None:
    """Mail the reminder of a verdict that is due soon, unless another process has."""
    _remind(session, settings, evaluator_id, "reminded_at")


def remind_again(session: Session, settings: Settings, evaluator_id: int) -> None:
    """Mail that a deadline is over, unless another process has."""
    _remind(session, settings, evaluator_id, "overdue_reminded_at")


def to_close(session: Session, _settings: Settings) -> list[int]:
    """The rounds that have come to their end."""
    query = select(AssessmentRound).join(Proposal).where(ROUND_OPEN, LISTED)
    rounds = session.exec(query.options(*with_voices())).all()
    return [one.id for one in rounds if assessments.is_over(one)]


def close(session: Session, settings: Settings, round_id: int) -> None:
    """Close a round that has come to its end, unless another process has."""
    query = select(AssessmentRound.proposal_id).where(AssessmentRound.id == round_id)
    number = session.exec(query).first()
    if number is None:
        return
    locking = select(Proposal).where(Proposal.id == number, LISTED).with_for_update(of=Proposal)
    proposal = session.exec(locking.options(*proposals.with_details())).first()
    round_ = assessments.find_open(session, proposal, lock=True) if proposal else None
    if proposal is not None and round_ is not None:
        assessments.settle(session, settings, proposal, round_)


def _pending() -> Any:
    """Evaluators who still have a verdict to give, when they were asked and until when."""
    query = select(Evaluator.id, Evaluator.assigned_at, AssessmentRound.due_at)
    query = query.join(AssessmentRound, col(AssessmentRound.id) == col(Evaluator.round_id))
    query = query.join(Proposal, col(Proposal.id) == col(AssessmentRound.proposal_id))
    query = query.outerjoin(Assessment, col(Assessment.evaluator_id) == col(Evaluator.id))
    still = (col(Evaluator.has_conflict).is_not(True), col(Assessment.evaluator_id).is_(None))
    return query.where(ROUND_OPEN, LISTED, *still)


def _remind(session: Session, settings: Settings, evaluator_id: int, column: str) -> None:
    mark = _evaluators.c[column]
    claim = update(_evaluators).where(_evaluators.c.id == evaluator_id, mark.is_(None))
    done = session.execute(claim.values({column: now()}).returning(_evaluators.c.id)).first()
    if done is None:
        return
    query = select(Evaluator).where(Evaluator.id == evaluator_id)
    about = selectinload(Evaluator.round).selectinload(AssessmentRound.proposal)  # type: ignore[arg-type]
    evaluator = session.exec(query.options(about, selectinload(Evaluator.account))).one()  # type: ignore[arg-type]
    account = evaluator.account
    if account is not None and may_judge(account, evaluator):
        overdue = column == "overdue_reminded_at"
        emails.assessment_due(session, settings, account, evaluator, overdue=overdue)
