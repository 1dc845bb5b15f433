"""Emails about writing together: the invitation to be a co-author, and what became of it."""

from enum import StrEnum
from urllib.parse import urlencode

from sqlmodel import Session

from app.emails.sending import send, send_to
from app.i18n import language
from app.labels import member_name
from app.models import Account, Proposal
from app.settings import Settings


class CoAuthorStep(StrEnum):
    """What happened, as its reader sees it."""

    JOINED = "joined"
    DECLINED = "declined"
    LEFT = "left"
    YOU_LEFT = "you_left"
    REMOVED = "removed"
    YOU_WERE_REMOVED = "you_were_removed"


def co_author_invitation(
    session: Session, settings: Settings, author: Account, proposal: Proposal, email: str, wanted: str, token: str, days: int
) -> None:  # fmt: skip
    """An author's invitation, in the language chosen for it, to whoever reads this address."""
    address = f"{settings.base_url}/co-author-invitation?{urlencode({'token': token})}"
    before = language.set(wanted)
    try:
        send(session, settings, email, "co_author_invitation", author=member_name(author), title=proposal.title, address=address, days=days)  # fmt: skip
    finally:
        language.reset(before)


def co_author_changed(
    session: Session, settings: Settings, account: Account, proposal: Proposal, step: CoAuthorStep, name: str = ""
) -> None:  # fmt: skip
    """Somebody became a co-author, declined, left or was removed; `name` is theirs, or the address that declined."""
    if account.email is None:
        return
    address = f"{settings.base_url}/proposals/{proposal.id}"
    values = {"step": step.value, "who": name, "title": proposal.title, "address": address}
    send_to(session, settings, account, "co_author_changed", **values)
