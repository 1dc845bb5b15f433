"""What every form shares: unknown fields are refused, and what is wrong is said with the field's name."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from app.errors import FieldError, Invalid
from app.i18n import N_


class Form(BaseModel):
    """An input: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


# Sentences for the kinds of error that pydantic reports, by its type name; its own words are English only.
_SENTENCES = {
    "missing": N_("This field is required."),
    "string_too_short": N_("Please write at least %(min_length)s characters."),
    "string_too_long": N_("Please write no more than %(max_length)s characters."),
    "string_pattern_mismatch": N_("This does not look like an email address."),
    "string_unicode": N_("This text contains characters that cannot be stored."),
    "string_type": N_("This must be a text."),
    "too_long": N_("No more than %(max_length)s are possible here."),
    "too_short": N_("Please choose at least %(min_length)s."),
    "extra_forbidden": N_("This field is not known."),
    "consent_missing": N_(
        "Please tick this box: without your consent we may not keep an account for you."
    ),
    "unknown_code": N_("This choice is not known."),
    "orcid": N_(
        "This is not an ORCID iD. It has sixteen digits, such as 0000-0002-1825-0097; please check them."
    ),
    "web_address": N_("This is not a public web address. It begins with https:// or http://."),
    "criterion_code": N_(
        "A code has small letters without marks, digits, - and _, and begins with a letter."
    ),
    "document_number": N_("This does not look like the number of a document."),
    "date_parsing": N_("This is not a date."),
    "secure_address": N_("Please give an address that begins with https://."),
    "datetime_parsing": N_("This is not a date and a time."),
    "datetime_from_date_parsing": N_("This is not a date and a time."),
    "timezone_aware": N_("This is not a date and a time."),
    "month": N_("This is not a month. Write it as 2026-11."),
    "decimal_parsing": N_("This must be a number."),
    "decimal_max_places": N_("This must be a number."),
    "less_than": N_("This number is too large."),
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
_MISSING = frozenset(
    {"string_too_short", "string_type", "string_pattern_mismatch", "literal_error", "enum"}
)
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
