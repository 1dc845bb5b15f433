"""Emails about appeals: that there is one, in the email about the decision itself, and how it was decided."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlmodel import Session

from app import security
from app.emails.sending import send_to
from app.models import Account, Outcome, Proposal, QueueKind, Ruling, is_appealable
from app.settings import Settings

# What the link of somebody who cannot sign in is signed for; it holds the number of the ruling.
APPEAL_SEAL = "appeal"


@dataclass(frozen=True)
class Offer:
    """Where one can appeal, and until when."""

    address: str
    until: datetime


def appeal_offer(settings: Settings, ruling: Ruling) -> Offer | None:
    """What the email about a decision says of appealing, or None where there is no appeal."""
    if not is_appealable(ruling):
        return None
    until = ruling.decided_at + timedelta(days=settings.appeal_days)
    if ruling.kind is QueueKind.ACCOUNT:
        token = security.seal(settings.secret_key, APPEAL_SEAL, ruling.id)
        return Offer(f"{settings.base_url}/appeal?{urlencode({'token': token})}", until)
    return Offer(f"{settings.base_url}/account/decisions/{ruling.id}", until)


def appeal_decided(
    session: Session, settings: Settings, account: Account, ruling: Ruling, answer: Ruling, proposal: Proposal | None, *, is_reversed: bool
) -> None:  # fmt: skip
    """How an appeal was decided, to whoever made it, also to somebody whose account stays closed.

    Where an appeal was right and yet nothing was reversed, another decision had followed already.
    """
    if account.email is None:
        return
    upheld = "appeal_upheld" if is_reversed else "appeal_overtaken"
    name = upheld if answer.outcome is Outcome.UPHOLD else "appeal_dismissed"
    title = proposal.title if proposal else ""
    send_to(session, settings, account, name, ruling=ruling, title=title, note=answer.note)
