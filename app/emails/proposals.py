"""Emails to the authors of proposals."""

from typing import Any

from sqlmodel import Session

from app.emails.sending import send_to
from app.forms import Decision, DecisionForm, EditDecisionForm
from app.models import Proposal, Reason
from app.settings import Settings


def decision(session: Session, settings: Settings, proposal: Proposal, form: DecisionForm) -> None:
    """What a moderator decided about the author's proposal, and why."""
    name = {
        Decision.PUBLISH: "proposal_published",
        Decision.RETURN: "proposal_returned",
        Decision.REJECT: "proposal_rejected",
        Decision.HIDE: "proposal_hidden",
        Decision.RESTORE: "proposal_restored",
    }[form.decision]
    reason = session.get(Reason, form.reason_code) if form.reason_code else None
    _tell_author(session, settings, proposal, name, reason=reason, note=form.note)


def edit_decided(
    session: Session, settings: Settings, proposal: Proposal, form: EditDecisionForm
) -> None:
    """Whether the author's new text has been accepted, and why not."""
    name = "edit_accepted" if form.outcome == "accept" else "edit_returned"
    reason = session.get(Reason, form.reason_code) if form.reason_code else None
    _tell_author(session, settings, proposal, name, reason=reason, note=form.note)


def status_changed(session: Session, settings: Settings, proposal: Proposal, note: str) -> None:
    """What the city said about the author's proposal."""
    _tell_author(session, settings, proposal, "status_changed", note=note)


def _tell_author(
    session: Session, settings: Settings, proposal: Proposal, name: str, **values: Any
) -> None:
    author = proposal.author
    if author.email is None:  # The source of an import reads no mail.
        return
    address = f"{settings.base_url}/proposals/{proposal.id}"
    send_to(session, settings, author, name, proposal=proposal, address=address, **values)
