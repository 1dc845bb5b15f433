"""Languages: messages are written in English in the code and translated by locales/*/LC_MESSAGES/messages.po."""

import gettext
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import lru_cache
from io import BytesIO
from zoneinfo import ZoneInfo

from babel.core import negotiate_locale
from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.dates import format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from app.settings import ROOT

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT_LANGUAGE = "vi"

# Both are set by the door for the request (or the mail) at hand, so that no call has to carry them along.
language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)
time_zone: ContextVar[str] = ContextVar("time_zone", default="UTC")


def N_(message: str) -> str:  # noqa: N802 - gettext's usual name for “translate later”
    """Mark a message for translation without translating it yet."""
    return message


@lru_cache
def translations(code: str) -> gettext.NullTranslations:
    """The catalogue of a language, compiled in memory from its .po file, so that no build step can be forgotten."""
    path = ROOT / "locales" / code / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translate(message: str, **arguments: object) -> str:
    """The message in the current language, with its %(name)s arguments filled in."""
    text = translate_to(language.get(), message)
    return text % arguments if arguments else text


def translate_to(code: str, message: str) -> str:
    """The message in this language, whoever reads."""
    found = translations(code).gettext(message)
    # Where it is translated as a singular with its plural, gettext finds it from Python 3.11.5 on only.
    return found if found != message else translations(code).ngettext(message, message, 1)


def translate_plural(singular: str, plural: str, n: int) -> str:
    """The form of a message that fits the number `n`, in the current language."""
    return translations(language.get()).ngettext(singular, plural, n)


def choose_language(wanted: str | None, cookie: str | None, accept: str | None) -> str:
    """The language for a reader: what the address asks for, then the cookie, then the browser's list, then the default."""
    for choice in (wanted, cookie):
        if choice in LANGUAGES:
            return choice
    preferred = [part.split(";")[0].strip() for part in (accept or "").split(",")[:10]]
    return negotiate_locale(preferred, list(LANGUAGES), sep="-") or DEFAULT_LANGUAGE


def localised(texts: dict[str, str] | None, code: str | None = None) -> str:
    """The text in the reader's language, else in the default one, else in any there is."""
    if not texts:
        return ""
    for choice in (code or language.get(), DEFAULT_LANGUAGE):
        if texts.get(choice):
            return texts[choice]
    return next(iter(texts.values()))


def format_number(value: int | float) -> str:
    """A number in the reader's format: 1.234 in Vietnamese, 1,234 in English."""
    return format_decimal(value, locale=language.get())


def format_score(value: float) -> str:
    """A score with one place, in the reader's format: 3,5 in Vietnamese, 3.5 in English; 4 for 4.0."""
    return format_decimal(round(value, 1), "0.#", locale=language.get())


def format_date(moment: datetime) -> str:
    """A date in the reader's format and the city's time zone."""
    pattern = "dd/MM/yyyy" if language.get() == "vi" else "d MMM yyyy"
    local = moment.astimezone(ZoneInfo(time_zone.get()))
    return babel_date(local, pattern, locale=language.get())


def format_datetime(moment: datetime) -> str:
    """Date and time in the reader's format and the city's time zone."""
    pattern = "HH:mm dd/MM/yyyy" if language.get() == "vi" else "d MMM yyyy, HH:mm"
    return babel_datetime(moment, pattern, tzinfo=ZoneInfo(time_zone.get()), locale=language.get())


def format_time(moment: datetime) -> str:
    """The time of the day, as 10:32, in the city's time zone."""
    return moment.astimezone(ZoneInfo(time_zone.get())).strftime("%H:%M")


def format_day(day: str) -> str:
    """A day that is stored as a text, 2027-01-31, in the reader's format."""
    return format_date(
        datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(time_zone.get()))
    )


def format_age(moment: datetime, at: datetime) -> str:
    """How long ago a moment was, as “3 days ago” in the reader's language."""
    # Only what has gone by in full: six days are not a week.
    return format_timedelta(moment - at, threshold=1, add_direction=True, locale=language.get())


def format_period(period: timedelta) -> str:
    """A length of time in the largest unit that fits it more than once and evenly: “30 days”, “24 hours”, “10 minutes”."""
    day, hour, minute = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
    if period >= 2 * day and not period % day:
        words, number = (
            translate_plural("%(num)s day", "%(num)s days", period // day),
            period // day,
        )
    elif period >= 2 * hour and not period % hour:
        words, number = (
            translate_plural("%(num)s hour", "%(num)s hours", period // hour),
            period // hour,
        )
    else:
        words, number = (
            translate_plural("%(num)s minute", "%(num)s minutes", period // minute),
            period // minute,
        )
    return words % {"num": format_number(number)}
