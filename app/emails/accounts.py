"""Emails about accounts: codes, second factors, identities, what staff did."""

from urllib.parse import urlencode

from sqlmodel import Session

from app.emails.sending import keep, plain, portal_name, send, send_to
from app.i18n import language
from app.models import Account, AccountEvent, AccountEventKind, Channel, Department, Email, Officer
from app.settings import Settings


def sign_in_code(
    session: Session, settings: Settings, email: str, code: str, link: str, target: str
) -> None:
    """The one-time code and link, to whoever reads this address. The link goes on to `target`."""
    minutes = settings.sign_in_code_minutes
    query = urlencode({"token": link} | ({"next": target} if target != "/" else {}))
    address = f"{settings.base_url}/sign-in/link?{query}"
    send(session, settings, email, "sign_in_code", code=code, minutes=minutes, address=address)


def phone_code(
    session: Session, settings: Settings, account: Account, number: str, code: str
) -> None:
    """The code that shows that a phone number is somebody's, as a text message to it."""
    before = language.set(account.language)
    try:
        values = {"portal_name": portal_name(session, settings), "code": code}
        text = " ".join(plain.get_template("phone_code/body.txt").render(values).split())
        channel, shown = Channel.SMS, language.get()
    finally:
        language.reset(before)
    message = Email(channel=channel, recipient=number, name="phone_code", language=shown, subject=text, text=text, html="")  # fmt: skip
    keep(session, settings, message)


def second_factor_changed(session: Session, settings: Settings, account: Account) -> None:
    """A second factor was added or removed: whoever did not do it should hear of it."""
    if account.email is not None:
        send_to(
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
        send_to(session, settings, account, "identity_connected", address=address)


def recovery_code_used(session: Session, settings: Settings, account: Account) -> None:
    """A recovery code opened the account: whoever still has theirs should hear of it."""
    if account.email is not None:
        address = f"{settings.base_url}/account"
        send_to(session, settings, account, "recovery_code_used", address=address)


def account_changed(
    session: Session, settings: Settings, account: Account, event: AccountEvent
) -> None:
    """What staff did to somebody's account, and why."""
    if account.email is not None:
        officer = (
            session.get(Officer, account.id) if event.kind is AccountEventKind.DEPARTMENT else None
        )
        department = session.get(Department, officer.department_code) if officer else None
        values = {
            "kind": event.kind,
            "role": account.role,
            "note": event.note,
            "department": department,
        }
        send_to(session, settings, account, "account_changed", **values)
