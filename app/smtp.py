"""SMTP: one connection to the configured mail server, and emails handed over to it."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

from app.errors import Undeliverable
from app.models import Email
from app.settings import SMTP_PORTS, Settings

TIMEOUT = 30
# Refusals from here on are permanent (RFC 5321, 4.2.1); trying again would change nothing.
_PERMANENT = 500
_UNSUBSCRIBE = "List-Unsubscribe"


class _Policy(EmailPolicy):
    """How headers become lines. An address that is longer than a line would be taken for words and encoded."""

    def fold(self, name: str, value: Any) -> str:
        return self._whole(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        whole = self._whole(name, value)
        return whole.encode("ascii") if whole else super().fold_binary(name, value)

    def _whole(self, name: str, value: Any) -> str | None:
        return f"{name}: {value}{self.linesep}" if name == _UNSUBSCRIBE else None


_POLICY = _Policy()


@contextmanager
def connection(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A connection to the mail server, signed in where the settings say so. Raises OSError, smtplib.SMTPException among them."""
    parts = urlsplit(settings.smtp_url)
    host, port = parts.hostname or "", parts.port or SMTP_PORTS[parts.scheme]
    if parts.scheme == "smtps":
        tls = ssl.create_default_context()
        client: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=tls)
    else:
        client = smtplib.SMTP(host, port, timeout=TIMEOUT)
    with client:
        if parts.scheme == "smtp+starttls":
            client.starttls(context=ssl.create_default_context())
        if parts.username:
            client.login(unquote(parts.username), unquote(parts.password or ""))
        yield client


def message(settings: Settings, email: Email) -> EmailMessage:
    """The email as it goes over the wire. Its Message-ID stays the same however often it is tried."""
    made = EmailMessage(policy=_POLICY)
    made["From"] = settings.sender
    made["To"] = Address(addr_spec=email.recipient)
    made["Subject"] = email.subject
    made["Date"] = format_datetime(email.created_at)
    made["Message-ID"] = f"<{email.id}.{email.created_at:%Y%m%d%H%M%S%f}@{_host(settings)}>"
    made["Content-Language"] = email.language
    made["Auto-Submitted"] = "auto-generated"
    if email.unsubscribe_url:
        # RFC 8058: the mail program ends such mails itself, with one request.
        made[_UNSUBSCRIBE] = f"<{email.unsubscribe_url}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(email.text)
    made.add_alternative(email.html, subtype="html")
    return made


def _host(settings: Settings) -> str:
    return parseaddr(settings.sender)[1].rpartition("@")[2]


def deliver(client: smtplib.SMTP, settings: Settings, email: Email) -> None:
    """Hand one email over. Raises Undeliverable if it will never be taken, OSError if not now."""
    try:
        # Named here too, so that it goes where it was meant to whatever the header is read as.
        client.send_message(message(settings, email), to_addrs=[email.recipient])
    except smtplib.SMTPNotSupportedError as error:
        raise Undeliverable("the address needs a mail server with SMTPUTF8") from error
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        if code >= _PERMANENT:
            raise Undeliverable(f"recipient refused with {code}") from error
        raise
    except smtplib.SMTPResponseException as error:
        if error.smtp_code >= _PERMANENT:
            raise Undeliverable(f"refused with {error.smtp_code}") from error
        raise
