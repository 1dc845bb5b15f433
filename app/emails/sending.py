"""Sending: an email is rendered in its reader's language and becomes a row of the outbox."""

import logging
from typing import Any

from jinja2 import Environment, FileSystemLoader
from sqlmodel import Session

from app.i18n import (
    format_date,
    format_day,
    language,
    localised,
    time_zone,
    translate,
    translate_plural,
)
from app.labels import (
    account_event_label,
    concern_label,
    member_name,
    outcome_label,
    role_label,
    status_label,
    step_label,
)
from app.models import Account, City, Email
from app.settings import ROOT, Settings
from app.text import plain_text

log = logging.getLogger("portal.mailbox")
_folder = FileSystemLoader(ROOT / "templates" / "emails")
plain = Environment(loader=_folder, autoescape=False, trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"])  # noqa: S701 - plain text  # fmt: skip
_html = Environment(loader=_folder, autoescape=True, extensions=["jinja2.ext.i18n"])
for _environment in (plain, _html):
    _environment.install_gettext_callables(  # type: ignore[attr-defined]
        translate, translate_plural, newstyle=True
    )
    _environment.filters["date"] = format_date
    _environment.filters["day"] = format_day
    _environment.filters["plain_text"] = plain_text
    _environment.filters["step_label"] = step_label
    _environment.filters["outcome_label"] = outcome_label
    _environment.filters["concern_label"] = concern_label


def send_to(
    session: Session, settings: Settings, account: Account, name: str, **values: Any
) -> None:
    """Write an email to a person in the language they chose."""
    before = language.set(account.language)
    try:
        if "proposal" in values:
            values["status"] = status_label(values["proposal"].status)
        if "kind" in values:
            values["what"] = account_event_label(values["kind"])
            values["role"] = role_label(values["role"])
        send(session, settings, account.email or "", name, addressee=member_name(account), **values)
    finally:
        language.reset(before)


def send(session: Session, settings: Settings, recipient: str, name: str, **values: Any) -> None:
    """Write one email into the outbox. The subject is one line whatever a person typed into its parts."""
    city = session.get(City, 1)
    if city is not None:
        time_zone.set(city.timezone)
    values |= {
        "portal_name": portal_name(session, settings),
        "base_url": settings.base_url,
        "contact": settings.privacy_contact,
        "localised": localised,
    }
    email = Email(
        recipient=recipient,
        name=name,
        language=language.get(),
        subject=" ".join(plain.get_template(f"{name}/subject.txt").render(values).split()),
        text=plain.get_template(f"{name}/body.txt").render(values),
        html=_html.get_template(f"{name}/body.html").render(values),
        unsubscribe_url=values.get("unsubscribe_url"),
    )
    keep(session, settings, email)


def portal_name(session: Session, settings: Settings) -> str:
    city = session.get(City, 1)
    return localised(city.texts["portal_names"]) if city else settings.base_url


def keep(session: Session, settings: Settings, email: Email) -> None:
    session.add(email)
    if settings.is_development:
        # The console shows what the development mailbox holds; in production no log has a personal word.
        log.info("Mail to %s: %s", email.recipient, email.subject)
