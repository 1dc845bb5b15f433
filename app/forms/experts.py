"""Experts: what they say of themselves, how it is decided on, whom to invite."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.forms.accounts import EmailForm
from app.forms.base import Form
from app.forms.fields import Code, Language, cleaner, line, text, unique
from app.forms.moderation import WordsForm
from app.names import countries, languages
from app.references import LONGEST_ADDRESS, orcid, web_address
from app.text import clean_line

AFFILIATION_LENGTH = 200
BIOGRAPHY_LENGTH = 2_000
MOST_LINKS = 5
MOST_LANGUAGES = 20


def _known_country(value: str) -> str:
    if value not in countries():
        raise PydanticCustomError("unknown_code", "no country")
    return value


def _known_tongue(value: str) -> str:
    if value not in languages():
        raise PydanticCustomError("unknown_code", "no language")
    return value


def _orcid(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return orcid(value)
    except ValueError as error:
        raise PydanticCustomError("orcid", "no ORCID iD") from error


def _web_address(value: str) -> str:
    try:
        return web_address(value)
    except ValueError as error:
        raise PydanticCustomError("web_address", "no web address") from error


Country = Annotated[
    str,
    cleaner(clean_line, 40),
    StringConstraints(min_length=1, max_length=40, strict=True),
    AfterValidator(_known_country),
]
Tongue = Annotated[str, AfterValidator(_known_tongue)]
WebAddress = Annotated[
    str,
    cleaner(clean_line, LONGEST_ADDRESS),
    StringConstraints(max_length=LONGEST_ADDRESS, strict=True),
    AfterValidator(_web_address),
]


class ApplicationForm(Form):
    """What experts say of themselves: for a moderator to confirm, and then for everybody to read."""

    field: Code | None = None
    affiliation: line(AFFILIATION_LENGTH, 2)  # type: ignore[valid-type]
    country: Country
    biography: text(BIOGRAPHY_LENGTH, 1)  # type: ignore[valid-type]
    languages: Annotated[list[Tongue], Field(max_length=MOST_LANGUAGES), AfterValidator(unique)] = (
        Field(default_factory=list)
    )
    links: Annotated[list[WebAddress], Field(max_length=MOST_LINKS), AfterValidator(unique)] = (
        Field(default_factory=list)
    )
    orcid: Annotated[str | None, BeforeValidator(_orcid)] = None


class Verdict(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"


class VerdictForm(WordsForm):
    """A moderator's decision on an application; refusing needs words."""

    verdict: Verdict


class EndingForm(Form):
    """Why an approval is ended before its time."""

    note: text(4000, 1)  # type: ignore[valid-type]


class InvitationForm(EmailForm):
    """Whom to invite as an expert. `words` stand in the email and are kept nowhere else."""

    field: Code | None = None
    language: Language
    words: text(2000) = ""  # type: ignore[valid-type]
