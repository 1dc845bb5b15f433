"""Emails to the authors of proposals."""

from typing import Any

from sqlmodel import Session

from app.emails.appeals import appeal_offer
from app.emails.sending import send_to
from app.forms import Decision, DecisionForm, EditDecisionForm
from app.models import Account, Proposal, Reason, Ruling
from app.settings import Settings


def decision(
    session: Session, settings: Settings, proposal: Proposal, form: DecisionForm, ruling: Ruling
) -> None:
    """What a moderator decided about the author's proposal, why, and how to appeal."""
    name = {
        Decision.PUBLISH: "proposal_published",
        Decision.RETURN: "proposal_returned",
        Decision.REJECT: "proposal_rejected",
        Decision.HIDE: "proposal_hidden",
        Decision.RESTORE: "proposal_restored",
    }[form.decision]
    reason = session.get(Reason, form.reason_code) if form.reason_code else None
    offer = appeal_offer(settings, ruling)
    _tell_author(session, settings, proposal, name, reason=reason, note=form.note, appeal=offer)


def edit_decided(
    session: Session, settings: Settings, proposal: Proposal, form: EditDecisionForm
) -> None:
    """Whether the new text has been accepted, and why not; to all who write at it, because any of them may have sent it."""
    name = "edit_accepted" if form.outcome == "accept" else "edit_returned"
    reason = session.get(Reason, form.reason_code) if form.reason_code else None
    for account in (proposal.author, *proposal.co_authors):
        _tell(session, settings, account, proposal, name, reason=reason, note=form.note)


def _tell_author(
    session: Session, settings: Settings, proposal: Proposal, name: str, **values: Any
) -> None:
    _tell(session, settings, proposal.author, proposal, name, **values)


def _tell(
    session: Session, settings: Settings, account: Account, proposal: Proposal, name: str, **values: Any
) -> None:  # fmt: skip
    if account.email is None:  # The source of an import reads no mail.
        return
    address = f"{settings.base_url}/proposals/{proposal.id}"
    send_to(session, settings, account, name, proposal=proposal, address=address, **values)
