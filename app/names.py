"""Names of countries and languages in the reader's language, by their standard codes (ISO 3166-1, ISO 639-1), from CLDR."""

import re
import unicodedata
from functools import lru_cache

from babel import Locale

from app.i18n import language

# What CLDR names beside ISO 3166-1: parts of countries, unions, and codes for tests.
_NO_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
)
# The languages that much of science and most of the people who live abroad write in; a choice of all 184 helps nobody.
_LANGUAGES = (
    "ar", "bg", "bn", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "it", "ja", "km", "ko", "lo", "lt", "lv",
    "mn", "ms", "my", "ne", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "sw", "ta", "th", "tl", "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip


def countries() -> dict[str, str]:
    """The names of all countries by code, in the reader's language and its order."""
    return _countries(language.get())


def country_name(code: str) -> str:
    """The name of a country; its code where there is none."""
    return countries().get(code, code)


def languages() -> dict[str, str]:
    """The names of the languages that can be chosen by code, in the reader's language and its order."""
    return _languages(language.get())


def language_name(code: str) -> str:
    """The name of a language; its code where there is none."""
    return languages().get(code, code)


@lru_cache
def _countries(reader: str) -> dict[str, str]:
    names = Locale.parse(reader).territories
    codes = [str(code) for code in names if re.fullmatch("[A-Z]{2}", str(code))]
    return _in_order({code: names[code] for code in codes if code not in _NO_COUNTRIES})


@lru_cache
def _languages(reader: str) -> dict[str, str]:
    names = Locale.parse(reader).languages
    return _in_order({code: names[code] for code in _LANGUAGES})


def _in_order(names: dict[str, str]) -> dict[str, str]:
    return dict(sorted(names.items(), key=lambda item: (_plain(item[1]), item[1])))


def _plain(name: str) -> str:
    """Without marks, so that Áo stands among the names with A and Đức among those with D."""
    letters = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
