"""Text messages: handed to whatever function the settings name. One such function is here; others can live anywhere."""

from importlib import import_module
from typing import Protocol, cast

import httpx2

from app.errors import Undeliverable
from app.settings import Settings

TIMEOUT = 15.0
_REFUSED = range(400, 500)
# Of the refusals, those that a later try may not meet: a time-out, a conflict, too many at once.
_TEMPORARY = frozenset({408, 409, 425, 429})


class Sender(Protocol):
    """Sends one text to one number (E.164). Raises Undeliverable if it never will be taken, OSError if not now."""

    def __call__(self, settings: Settings, number: str, text: str) -> None: ...


def sender(settings: Settings) -> Sender | None:
    """The function that the settings name, or None. Raises ImportError or AttributeError where there is none such."""
    if not settings.sms_sender:
        return None
    module, _, name = settings.sms_sender.partition(":")
    return cast(Sender, getattr(import_module(module), name))


def webhook(settings: Settings, number: str, text: str) -> None:
    """Post {"to": …, "text": …} as JSON to the gateway at PORTAL_SMS_URL, with PORTAL_SMS_TOKEN as bearer token."""
    headers = {"Authorization": f"Bearer {settings.sms_token}"} if settings.sms_token else {}
    try:
        answer = httpx2.post(
            settings.sms_url, json={"to": number, "text": text}, headers=headers, timeout=TIMEOUT
        )
    except httpx2.HTTPError as error:
        raise OSError("the gateway cannot be reached") from error
    if answer.status_code in _REFUSED and answer.status_code not in _TEMPORARY:
        raise Undeliverable(f"refused with {answer.status_code}")
    if not answer.is_success:
        raise OSError(f"the gateway answered {answer.status_code}")
