"""Input: what people and programs may send, with its limits. Anything else is refused with the field's name."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar
from unicodedata import normalize

from annotated_types import Ge, Le
from email_validator import SPECIAL_USE_DOMAIN_NAMES, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from app.errors import FieldError, Invalid
from app.i18n import LANGUAGES, N_
from app.models import VoteValue
from app.names import countries, languages
from app.references import LONGEST_ADDRESS, orcid, web_address
from app.text import clean, clean_line

LARGEST_ID = 2**31 - 1
TITLE_LENGTH = 200
SUMMARY_LENGTH = 500
BODY_LENGTH = 20_000
TAG_LENGTH = 40
EMAIL_LENGTH = 254
MOST_TAGS = 8
AFFILIATION_LENGTH = 200
BIOGRAPHY_LENGTH = 2_000
MOST_LINKS = 5
MOST_LANGUAGES = 20


# Cities have mail in networks of their own (.local), and trials happen (.test).
SPECIAL_USE_DOMAIN_NAMES.clear()
# A text this many times longer than it may be is refused as it is; none becomes so much shorter by cleaning.
_EXCESS = 8


def _cleaner(clean_up: Callable[[str], str], longest: int) -> BeforeValidator:
    """Cleans a text before its length counts, so that blanks alone are no text; far too long a one is left to be refused."""

    def cleaned(value: Any) -> Any:
        return clean_up(value) if isinstance(value, str) and len(value) <= _EXCESS * longest else value  # fmt: skip

    return BeforeValidator(cleaned)


def _lower_line(value: str) -> str:
    # Before its length counts: lower case can be longer (İ becomes two characters).
    return clean_line(clean_line(value).lower())


def _unique(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _digits_only(value: Any) -> Any:
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise PydanticCustomError("int_parsing", "not a whole number")
    return value


def _known_language(value: str) -> str:
    if value not in LANGUAGES:
        raise ValueError("unknown language")
    return value


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


def _text(longest: int, shortest: int = 0) -> Any:
    return Annotated[
        str,
        _cleaner(clean, longest),
        StringConstraints(min_length=shortest, max_length=longest, strict=True),
    ]


def _line(longest: int, shortest: int = 0) -> Any:
    return Annotated[
        str,
        _cleaner(clean_line, longest),
        StringConstraints(min_length=shortest, max_length=longest, strict=True),
    ]


Code = Annotated[str, _cleaner(clean_line, 40), StringConstraints(max_length=40, strict=True)]
TagText = Annotated[
    str,
    _cleaner(_lower_line, TAG_LENGTH),
    StringConstraints(min_length=1, max_length=TAG_LENGTH, strict=True),
]
Codes = Annotated[list[Code], Field(max_length=300), AfterValidator(_unique)]
Tags = Annotated[list[TagText], Field(max_length=MOST_TAGS), AfterValidator(_unique)]
Identifier = Annotated[StrictInt, Field(ge=1, le=LARGEST_ID)]
# Whole numbers in an address or a query: digits and nothing else (pydantic would also take +1, 1.0 and 1_0).
Number = Annotated[int, Ge(1), Le(LARGEST_ID), BeforeValidator(_digits_only)]
PageSize = Annotated[int, Ge(1), Le(100), BeforeValidator(_digits_only)]
Language = Annotated[str, AfterValidator(_known_language)]
Country = Annotated[
    str,
    _cleaner(clean_line, 40),
    StringConstraints(min_length=1, max_length=40, strict=True),
    AfterValidator(_known_country),
]
Tongue = Annotated[str, AfterValidator(_known_tongue)]
WebAddress = Annotated[
    str,
    _cleaner(clean_line, LONGEST_ADDRESS),
    StringConstraints(max_length=LONGEST_ADDRESS, strict=True),
    AfterValidator(_web_address),
]


class Form(BaseModel):
    """An input: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class DraftForm(Form):
    """A proposal that is still being written: only a title is needed."""

    title: _line(TITLE_LENGTH, 3)  # type: ignore[valid-type]
    summary: _text(SUMMARY_LENGTH) = ""  # type: ignore[valid-type]
    problem: _text(BODY_LENGTH) = ""  # type: ignore[valid-type]
    solution: _text(BODY_LENGTH) = ""  # type: ignore[valid-type]
    expected_impact: _text(BODY_LENGTH) = ""  # type: ignore[valid-type]
    resources_needed: _text(BODY_LENGTH) = ""  # type: ignore[valid-type]
    pillar: Code | None = None
    goals: Codes = []
    wards: Codes = []
    tags: Tags = []
    campaign_id: Identifier | None = None
    language: Language | None = None


class ProposalForm(DraftForm):
    """A proposal ready for others to read."""

    summary: _text(SUMMARY_LENGTH, 1)  # type: ignore[valid-type]
    problem: _text(BODY_LENGTH, 1)  # type: ignore[valid-type]
    solution: _text(BODY_LENGTH, 1)  # type: ignore[valid-type]
    expected_impact: _text(BODY_LENGTH, 1)  # type: ignore[valid-type]
    resources_needed: _text(BODY_LENGTH, 1)  # type: ignore[valid-type]
    pillar: Code


class NewProposal(ProposalForm):
    """The body of POST /proposals."""

    draft: StrictBool = False


_LEFT_OUT: Any = None


class ProposalPatch(Form):
    """The body of PATCH: any of a proposal's fields; those left out stay. No default is ever used, so null is refused."""

    title: _line(TITLE_LENGTH, 3) = _LEFT_OUT  # type: ignore[valid-type]
    summary: _text(SUMMARY_LENGTH, 1) = _LEFT_OUT  # type: ignore[valid-type]
    problem: _text(BODY_LENGTH, 1) = _LEFT_OUT  # type: ignore[valid-type]
    solution: _text(BODY_LENGTH, 1) = _LEFT_OUT  # type: ignore[valid-type]
    expected_impact: _text(BODY_LENGTH, 1) = _LEFT_OUT  # type: ignore[valid-type]
    resources_needed: _text(BODY_LENGTH, 1) = _LEFT_OUT  # type: ignore[valid-type]
    pillar: Code = _LEFT_OUT
    goals: Codes = _LEFT_OUT
    wards: Codes = _LEFT_OUT
    tags: Tags = _LEFT_OUT
    campaign_id: Identifier = _LEFT_OUT
    language: Language = _LEFT_OUT


class VoteForm(Form):
    value: Literal[VoteValue.SUPPORT, VoteValue.OPPOSE]


class Decision(StrEnum):
    PUBLISH = "publish"
    RETURN = "return"
    REJECT = "reject"
    HIDE = "hide"
    RESTORE = "restore"

    @property
    def needs_reason(self) -> bool:
        return self in {Decision.RETURN, Decision.REJECT, Decision.HIDE}


class DecisionForm(Form):
    """A moderator's decision. `revision`, where given, is the one the moderator read."""

    decision: Decision
    reason_code: Code | None = None
    note: _text(4000) = ""  # type: ignore[valid-type]
    revision: StrictInt | None = None


class StatusForm(Form):
    """What the city says about a published proposal."""

    status: Literal["under_consideration", "accepted", "in_progress", "completed", "declined"]
    note: _text(4000) = ""  # type: ignore[valid-type]


class MergeForm(Form):
    into: Identifier
    note: _text(4000) = ""  # type: ignore[valid-type]


def _address(value: Any) -> Any:
    """An email address, in lower case. What Unicode calls compatible with it must be an address as well (see addresses)."""
    if not isinstance(value, str):
        return value
    try:
        if len(value) > _EXCESS * EMAIL_LENGTH:
            raise ValueError("too long")
        address = _lower_line(value)
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

    note: _text(1000, 3)  # type: ignore[valid-type]


class DeskForm(NoteForm):
    """A document shown at a desk: its number, and what was looked at."""

    document: Annotated[
        str,
        _cleaner(clean_line, 40),
        StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z ./-]{4,38}[0-9A-Za-z]$", strict=True),
    ]


class RoleForm(NoteForm):
    role: Literal["citizen", "expert", "moderator", "officer", "admin"]


class TitleForm(Form):
    title: _line(TITLE_LENGTH, 3)  # type: ignore[valid-type]


class NameForm(Form):
    name: _line(120, 2)  # type: ignore[valid-type]


class ProfileForm(NameForm):
    """What people say of themselves: the name shown, and the language of emails to them."""

    language: Language


class ApplicationForm(Form):
    """What experts say of themselves: for a moderator to confirm, and then for everybody to read."""

    field: Code | None = None
    affiliation: _line(AFFILIATION_LENGTH, 2)  # type: ignore[valid-type]
    country: Country
    biography: _text(BIOGRAPHY_LENGTH, 1)  # type: ignore[valid-type]
    languages: Annotated[
        list[Tongue], Field(max_length=MOST_LANGUAGES), AfterValidator(_unique)
    ] = []
    links: Annotated[list[WebAddress], Field(max_length=MOST_LINKS), AfterValidator(_unique)] = []
    orcid: Annotated[str | None, BeforeValidator(_orcid)] = None


class Verdict(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"


class VerdictForm(Form):
    """A moderator's decision on an application; refusing needs words."""

    verdict: Verdict
    note: _text(4000) = ""  # type: ignore[valid-type]


class EndingForm(Form):
    """Why an approval is ended before its time."""

    note: _text(4000, 1)  # type: ignore[valid-type]


class InvitationForm(EmailForm):
    """Whom to invite as an expert. `words` stand in the email and are kept nowhere else."""

    field: Code | None = None
    language: Language
    words: _text(2000) = ""  # type: ignore[valid-type]


def _agreed(value: Any) -> Any:
    if value != "yes":
        raise PydanticCustomError("consent_missing", "not agreed")
    return value


class WelcomeForm(Form):
    """What is asked before an account is used: agreement to the privacy notice, and of a newcomer perhaps a name."""

    name: _line(120) = ""  # type: ignore[valid-type]
    consent: Annotated[str, BeforeValidator(_agreed)]


class DeletionForm(Form):
    """What is asked before an account is deleted: its address typed again, and what becomes of published proposals."""

    confirmation: _line(254, 1)  # type: ignore[valid-type]
    proposals: Literal["keep", "withdraw"]


# Sentences for the kinds of error that pydantic reports, by its type name; its own words are English only.
_SENTENCES = {
    "missing": N_("This field is required."),
    "string_too_short": N_("Please write at least %(min_length)s characters."),
    "string_too_long": N_("Please write no more than %(max_length)s characters."),
    "string_pattern_mismatch": N_("This does not look like an email address."),
    "string_unicode": N_("This text contains characters that cannot be stored."),
    "string_type": N_("This must be a text."),
    "too_long": N_("No more than %(max_length)s are possible here."),
    "extra_forbidden": N_("This field is not known."),
    "consent_missing": N_(
        "Please tick this box: without your consent we may not keep an account for you."
    ),
    "unknown_code": N_("This choice is not known."),
    "orcid": N_(
        "This is not an ORCID iD. It has sixteen digits, such as 0000-0002-1825-0097; please check them."
    ),
    "web_address": N_("This is not a public web address. It begins with https:// or http://."),
    "value_error": N_("This text contains characters that cannot be stored."),
    "greater_than_equal": N_("This must be at least %(ge)s."),
    "less_than_equal": N_("This must be at most %(le)s."),
    "enum": N_("This choice is not known."),
    "literal_error": N_("This choice is not known."),
    "bool_type": N_("This must be true or false."),
    "int_type": N_("This must be a whole number."),
    "int_parsing": N_("This must be a whole number."),
    "model_attributes_type": N_("This must be a JSON object, sent as application/json."),
}
_MISSING = frozenset({"string_too_short", "string_type", "string_pattern_mismatch"})
_FALLBACK = N_("This value is not accepted here.")


def _field_error(error: dict[str, Any]) -> FieldError:
    kind, given = error["type"], error.get("input")
    if kind in {"too_short", "too_long"} and isinstance(given, str):
        kind = f"string_{kind}"  # What pydantic calls it where a text is cleaned before its length counts.
    context = {k: v for k, v in error.get("ctx", {}).items() if isinstance(v, (str, int))}
    # What a page sends empty is missing to its reader, whatever pydantic calls it.
    if kind in _MISSING and (given is None or (isinstance(given, str) and not given.strip())):
        kind = "missing"
    name = ".".join(str(part) for part in error["loc"] if part != "body")
    return FieldError(name, kind, _SENTENCES.get(kind, _FALLBACK), context)


def field_errors(errors: list[Any]) -> list[FieldError]:
    """Pydantic's errors as ours, one for each field."""
    found = [_field_error(error) for error in errors]
    return list({error.field: error for error in reversed(found)}.values())[::-1]


def unknown(field: str) -> FieldError:
    """The error of a code that the city's lists don't have."""
    return FieldError(field, "unknown_code", _SENTENCES["unknown_code"], {})


def extra(field: str) -> FieldError:
    """The error of a field that nobody asked for, or that is given twice."""
    return FieldError(field, "extra_forbidden", _SENTENCES["extra_forbidden"], {})


def missing(field: str) -> FieldError:
    """The error of a field that is required here."""
    return FieldError(field, "missing", _SENTENCES["missing"], {})


FormT = TypeVar("FormT", bound=Form)


def read(form: type[FormT], values: dict[str, Any]) -> FormT:
    """The form filled from values. Raises Invalid with an error for each bad field."""
    try:
        return form.model_validate(values)
    except ValidationError as error:
        raise Invalid(field_errors(list(error.errors(include_url=False)))) from error
