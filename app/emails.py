"""Emails: one function for each, top to bottom. Each writes a row into the outbox, in the reader's language."""

import logging
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader
from sqlmodel import Session

from app.forms import Decision, DecisionForm, InvitationForm
from app.i18n import format_date, language, localised, time_zone, translate, translate_plural
from app.labels import account_event_label, member_name, role_label, status_label
from app.models import Account, AccountEvent, Channel, City, Email, Proposal, Reason
from app.settings import ROOT, Settings

log = logging.getLogger("portal.mailbox")
_folder = FileSystemLoader(ROOT / "templates" / "emails")
_text = Environment(loader=_folder, autoescape=False, trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"])  # noqa: S701 - plain text  # fmt: skip
_html = Environment(loader=_folder, autoescape=True, extensions=["jinja2.ext.i18n"])
for _environment in (_text, _html):
    _environment.install_gettext_callables(  # type: ignore[attr-defined]
        translate, translate_plural, newstyle=True
    )
    _environment.filters["date"] = format_date


def sign_in_code(
    session: Session, settings: Settings, email: str, code: str, link: str, target: str
) -> None:
    """The one-time code and link, to whoever reads this address. The link goes on to `target`."""
    minutes = settings.sign_in_code_minutes
    query = urlencode({"token": link} | ({"next": target} if target != "/" else {}))
    address = f"{settings.base_url}/sign-in/link?{query}"
    _send(session, settings, email, "sign_in_code", code=code, minutes=minutes, address=address)


def phone_code(
    session: Session, settings: Settings, account: Account, number: str, code: str
) -> None:
    """The code that shows that a phone number is somebody's, as a text message to it."""
    before = language.set(account.language)
    try:
        values = {"portal_name": _portal_name(session, settings), "code": code}
        text = " ".join(_text.get_template("phone_code/body.txt").render(values).split())
        channel, shown = Channel.SMS, language.get()
    finally:
        language.reset(before)
    message = Email(channel=channel, recipient=number, name="phone_code", language=shown, subject=text, text=text, html="")  # fmt: skip
    _keep(session, settings, message)


def second_factor_changed(session: Session, settings: Settings, account: Account) -> None:
    """A second factor was added or removed: whoever did not do it should hear of it."""
    if account.email is not None:
        _send_to(
            session,
            settings,
            account,
            "second_factor_changed",
            address=f"{settings.base_url}/account",
        )


def identity_connected(session: Session, settings: Settings, account: Account) -> None:
    """Another identity was connected to the account, and may sign in to it: whoever did not do it should hear of it."""
    if account.email is not None:
        address = f"{settings.base_url}/account/identity"
        _send_to(session, settings, account, "identity_connected", address=address)


def recovery_code_used(session: Session, settings: Settings, account: Account) -> None:
    """A recovery code opened the account: whoever still has theirs should hear of it."""
    if account.email is not None:
        address = f"{settings.base_url}/account"
        _send_to(session, settings, account, "recovery_code_used", address=address)


def account_changed(
    session: Session, settings: Settings, account: Account, event: AccountEvent
) -> None:
    """What staff did to somebody's account, and why."""
    if account.email is not None:
        kind, role = event.kind, account.role
        _send_to(session, settings, account, "account_changed", kind=kind, role=role, note=event.note)  # fmt: skip


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


def status_changed(session: Session, settings: Settings, proposal: Proposal, note: str) -> None:
    """What the city said about the author's proposal."""
    _tell_author(session, settings, proposal, "status_changed", note=note)


def expert_approved(
    session: Session, settings: Settings, account: Account, until: datetime | None, note: str
) -> None:
    """An application has been approved, until a day or without end."""
    address = f"{settings.base_url}/experts/{account.id}"
    _tell_expert(session, settings, account, "expert_approved", address, until=until, note=note)


def expert_refused(
    session: Session, settings: Settings, account: Account, until: datetime | None, note: str
) -> None:
    """An application has not been approved, and why. A former approval stands `until` its end."""
    address = f"{settings.base_url}/experts/apply"
    _tell_expert(session, settings, account, "expert_refused", address, until=until, note=note)


def expert_lapsing(session: Session, settings: Settings, account: Account, until: datetime) -> None:
    """An approval ends soon; a new application keeps the role."""
    address = f"{settings.base_url}/experts/apply"
    _tell_expert(session, settings, account, "expert_lapsing", address, until=until)


def expert_lapsed(session: Session, settings: Settings, account: Account) -> None:
    """An approval is over."""
    _tell_expert(session, settings, account, "expert_lapsed", f"{settings.base_url}/experts/apply")


def expert_ended(
    session: Session, settings: Settings, account: Account, note: str, *, keeps_role: bool
) -> None:
    """A moderator has ended an approval before its time, and why."""
    address = f"{settings.base_url}/experts/apply"
    values = {"note": note, "keeps_role": keeps_role}
    _tell_expert(session, settings, account, "expert_ended", address, **values)


def expert_invitation(
    session: Session, settings: Settings, form: InvitationForm, token: str, days: int
) -> None:
    """A moderator's invitation to be an expert, in the language chosen for it."""
    address = f"{settings.base_url}/experts/invitation?{urlencode({'token': token})}"
    before = language.set(form.language)
    try:
        _send(session, settings, form.email, "expert_invitation", address=address, days=days, note=form.words)  # fmt: skip
    finally:
        language.reset(before)


def _tell_expert(
    session: Session, settings: Settings, account: Account, name: str, address: str, **values: Any
) -> None:
    if account.email is not None:
        _send_to(session, settings, account, name, address=address, **values)


def _tell_author(
    session: Session, settings: Settings, proposal: Proposal, name: str, **values: Any
) -> None:
    author = proposal.author
    if author.email is None:  # The source of an import reads no mail.
        return
    address = f"{settings.base_url}/proposals/{proposal.id}"
    _send_to(session, settings, author, name, proposal=proposal, address=address, **values)


def _send_to(
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
        _send(
            session, settings, account.email or "", name, addressee=member_name(account), **values
        )
    finally:
        language.reset(before)


def _send(session: Session, settings: Settings, recipient: str, name: str, **values: Any) -> None:
    """Write one email into the outbox. The subject is one line whatever a person typed into its parts."""
    city = session.get(City, 1)
    if city is not None:
        time_zone.set(city.timezone)
    values |= {
        "portal_name": _portal_name(session, settings),
        "base_url": settings.base_url,
        "contact": settings.privacy_contact,
        "localised": localised,
    }
    email = Email(
        recipient=recipient,
        name=name,
        language=language.get(),
        subject=" ".join(_text.get_template(f"{name}/subject.txt").render(values).split()),
        text=_text.get_template(f"{name}/body.txt").render(values),
        html=_html.get_template(f"{name}/body.html").render(values),
    )
    _keep(session, settings, email)


def _portal_name(session: Session, settings: Settings) -> str:
    city = session.get(City, 1)
    return localised(city.texts["portal_names"]) if city else settings.base_url


def _keep(session: Session, settings: Settings, email: Email) -> None:
    session.add(email)
    if settings.is_development:
        # The console shows what the development mailbox holds; in production no log has a personal word.
        log.info("Mail to %s: %s", email.recipient, email.subject)
