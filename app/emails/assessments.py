"""Emails of an assessment: to the experts who are asked, and to all concerned when it is published."""

from typing import Any

from sqlmodel import Session

from app.emails.sending import send_to
from app.models import Account, Evaluator, Proposal
from app.settings import Settings


def assessment_assigned(
    session: Session, settings: Settings, account: Account, evaluator: Evaluator, proposal: Proposal
) -> None:  # fmt: skip
    """An expert is asked to judge a proposal until a day."""
    address, due = f"{settings.base_url}/assessments/{evaluator.id}", evaluator.round.due_at
    _tell(session, settings, account, "assessment_assigned", address, proposal=proposal, due=due)


def assessment_due(
    session: Session, settings: Settings, account: Account, evaluator: Evaluator, *, overdue: bool
) -> None:
    """A verdict is due soon, or should have been given."""
    address = f"{settings.base_url}/assessments/{evaluator.id}"
    name = "assessment_overdue" if overdue else "assessment_reminder"
    round_ = evaluator.round
    _tell(session, settings, account, name, address, proposal=round_.proposal, due=round_.due_at)


def assessment_closed(
    session: Session, settings: Settings, account: Account, proposal: Proposal, verdicts: int
) -> None:
    """An assessment is closed, and how many verdicts can be read."""
    address = f"{settings.base_url}/proposals/{proposal.id}/assessment"
    _tell(session, settings, account, "assessment_closed", address, proposal=proposal, verdicts=verdicts)  # fmt: skip


def _tell(
    session: Session, settings: Settings, account: Account, name: str, address: str, **values: Any
) -> None:
    if account.email is not None and account.banned_at is None:
        send_to(session, settings, account, name, address=address, **values)
