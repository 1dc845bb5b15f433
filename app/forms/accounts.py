"""People: their addresses, names and consent, and what staff do to their accounts."""

import re
from typing import Annotated, Any, Literal
from unicodedata import normalize

from email_validator import SPECIAL_USE_DOMAIN_NAMES, validate_email
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from app.forms.base import Form
from app.forms.fields import EXCESS, Code, Language, line, lower_line, text
from app.text import clean_line

EMAIL_LENGTH = 254
DOCUMENT = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./-]{4,38}[0-9A-Za-z]")
# Cities have mail in networks of their own (.local), and trials happen (.test).
SPECIAL_USE_DOMAIN_NAMES.clear()


def _address(value: Any) -> Any:
    """An email address, in lower case. What Unicode calls compatible with it must be an address as well (see addresses)."""
    if not isinstance(value, str):
        return value
    try:
        if len(value) > EXCESS * EMAIL_LENGTH:
            raise ValueError("too long")
        address = lower_line(value)
        for form in (address, normalize("NFKC", address)):
            checked = validate_email(
                form, check_deliverability=False, globally_deliverable=False, strict=True
            )
            # A dot, since mail between cities has no local hosts; no encoded word, which a header would decode.
            if "." not in checked.domain or "=?" in checked.local_part or len(form) > EMAIL_LENGTH:  # fmt: skip
                raise ValueError("not an address")
    except ValueError as error:
        raise PydanticCustomError("string_pattern_mismatch", "not an address") from error
    return address


class EmailForm(Form):
    """An email address, compared without regard to case."""

    email: Annotated[str, BeforeValidator(_address)]


class NoteForm(Form):
    """What staff do to an account needs words that say why."""

    note: text(1000, 3)  # type: ignore[valid-type]


class BanForm(NoteForm):
    """Closing an account names a rule of the policy."""

    reason_code: Code


def _document(value: Any) -> Any:
    text = clean_line(value) if isinstance(value, str) and len(value) <= EMAIL_LENGTH else ""
    if not DOCUMENT.fullmatch(text):
        raise PydanticCustomError("document_number", "not a number of a document")
    return text


class DeskForm(NoteForm):
    """A document shown at a desk: its number, and what was looked at."""

    document: Annotated[str, BeforeValidator(_document)]


class RoleForm(NoteForm):
    role: Literal["citizen", "expert", "moderator", "officer", "admin"]


class NameForm(Form):
    name: line(120, 2)  # type: ignore[valid-type]


class ProfileForm(NameForm):
    """What people say of themselves: the name shown, and the language of emails to them."""

    language: Language


def _agreed(value: Any) -> Any:
    if value != "yes":
        raise PydanticCustomError("consent_missing", "not agreed")
    return value


class WelcomeForm(Form):
    """What is asked before an account is used: agreement to the privacy notice, and of a newcomer perhaps a name."""

    name: line(120) = ""  # type: ignore[valid-type]
    consent: Annotated[str, BeforeValidator(_agreed)]


class DeletionForm(Form):
    """What is asked before an account is deleted: its address typed again, and what becomes of published proposals and
    of comments.
    """

    confirmation: line(254, 1)  # type: ignore[valid-type]
    proposals: Literal["keep", "withdraw"]
    comments: Literal["keep", "erase"] = "keep"
