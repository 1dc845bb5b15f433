"""Emails to readers who have reported something."""

from sqlmodel import Session

from app.emails.sending import send_to
from app.models import Account, Outcome, Proposal
from app.settings import Settings


def report_decided(
    session: Session, settings: Settings, account: Account, proposal: Proposal, outcome: Outcome
) -> None:
    """Whether a text that the reader reported has been hidden or stays. Nothing about others who reported it."""
    if account.email is None:
        return
    name = "report_upheld" if outcome is Outcome.UPHOLD else "report_dismissed"
    send_to(session, settings, account, name, title=proposal.title)
