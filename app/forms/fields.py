"""Field types: texts cleaned before their length counts, numbers of digits only, codes, languages."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from annotated_types import Ge, Le
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    StrictInt,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from app.i18n import LANGUAGES
from app.text import clean, clean_line

LARGEST_ID = 2**31 - 1
# A text this many times longer than it may be is refused as it is; none becomes so much shorter by cleaning.
EXCESS = 8
# The years in which a moment makes sense.
YEARS = range(1900, 2200)


def cleaner(clean_up: Callable[[str], str], longest: int) -> BeforeValidator:
    """Cleans a text before its length counts, so that blanks alone are no text; far too long a one is left to be refused."""

    def cleaned(value: Any) -> Any:
        return clean_up(value) if isinstance(value, str) and len(value) <= EXCESS * longest else value  # fmt: skip

    return BeforeValidator(cleaned)


def lower_line(value: str) -> str:
    # Before its length counts: lower case can be longer (İ becomes two characters).
    return clean_line(clean_line(value).lower())


def unique(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _digits_only(value: Any) -> Any:
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise PydanticCustomError("int_parsing", "not a whole number")
    return value


def _known_language(value: str) -> str:
    if value not in LANGUAGES:
        raise ValueError("unknown language")
    return value


def text(longest: int, shortest: int = 0) -> Any:
    return Annotated[
        str,
        cleaner(clean, longest),
        StringConstraints(min_length=shortest, max_length=longest, strict=True),
    ]


def line(longest: int, shortest: int = 0) -> Any:
    return Annotated[
        str,
        cleaner(clean_line, longest),
        StringConstraints(min_length=shortest, max_length=longest, strict=True),
    ]


def _in_years(value: datetime) -> datetime:
    # A moment at the edge of what can be written has no counterpart in other time zones.
    if value.year not in YEARS:
        raise PydanticCustomError("datetime_from_date_parsing", "not a moment of our time")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_in_years)]
Code = Annotated[str, cleaner(clean_line, 40), StringConstraints(max_length=40, strict=True)]
Codes = Annotated[list[Code], Field(max_length=300), AfterValidator(unique)]
Identifier = Annotated[StrictInt, Field(ge=1, le=LARGEST_ID)]
# Whole numbers in an address or a query: digits and nothing else (pydantic would also take +1, 1.0 and 1_0).
Number = Annotated[int, Ge(1), Le(LARGEST_ID), BeforeValidator(_digits_only)]
PageSize = Annotated[int, Ge(1), Le(100), BeforeValidator(_digits_only)]
Language = Annotated[str, AfterValidator(_known_language)]
