"""Emails to experts and to those who may become one."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session

from app.emails.appeals import appeal_offer
from app.emails.sending import send, send_to
from app.forms import InvitationForm
from app.i18n import language
from app.models import Account, Ruling
from app.settings import Settings


def expert_approved(
    session: Session, settings: Settings, account: Account, until: datetime | None, note: str
) -> None:
    """An application has been approved, until a day or without end."""
    address = f"{settings.base_url}/experts/{account.id}"
    _tell_expert(session, settings, account, "expert_approved", address, until=until, note=note)


def expert_refused(
    session: Session, settings: Settings, account: Account, until: datetime | None, note: str, ruling: Ruling
) -> None:  # fmt: skip
    """An application has not been approved, why, and how to appeal. A former approval stands `until` its end."""
    address = f"{settings.base_url}/experts/apply"
    values = {"until": until, "note": note, "appeal": appeal_offer(settings, ruling)}
    _tell_expert(session, settings, account, "expert_refused", address, **values)


def expert_lapsing(session: Session, settings: Settings, account: Account, until: datetime) -> None:
    """An approval ends soon; a new application keeps the role."""
    address = f"{settings.base_url}/experts/apply"
    _tell_expert(session, settings, account, "expert_lapsing", address, until=until)


def expert_lapsed(session: Session, settings: Settings, account: Account) -> None:
    """An approval is over."""
    _tell_expert(session, settings, account, "expert_lapsed", f"{settings.base_url}/experts/apply")


def expert_ended(
    session: Session, settings: Settings, account: Account, note: str, ruling: Ruling, *, keeps_role: bool
) -> None:  # fmt: skip
    """A moderator has ended an approval before its time, why, and how to appeal."""
    address = f"{settings.base_url}/experts/apply"
    values = {"note": note, "keeps_role": keeps_role, "appeal": appeal_offer(settings, ruling)}
    _tell_expert(session, settings, account, "expert_ended", address, **values)


def expert_invitation(
    session: Session, settings: Settings, form: InvitationForm, token: str, days: int
) -> None:
    """A moderator's invitation to be an expert, in the language chosen for it."""
    address = f"{settings.base_url}/experts/invitation?{urlencode({'token': token})}"
    before = language.set(form.language)
    try:
        send(session, settings, form.email, "expert_invitation", address=address, days=days, note=form.words)  # fmt: skip
    finally:
        language.reset(before)


def _tell_expert(
    session: Session, settings: Settings, account: Account, name: str, address: str, **values: Any
) -> None:
    if account.email is not None:
        send_to(session, settings, account, name, address=address, **values)
