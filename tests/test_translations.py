"""Every message of code and templates stands in the Vietnamese catalogue, translated, and nothing else does."""

import re
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.i18n import language, translate

ROOT = Path(__file__).parents[1]
METHODS = [("app/**.py", "python"), ("templates/**.*", "jinja2")]
OPTIONS = {"templates/**.*": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {
    "_": None, "N_": None, "translate": (1,), "translate_plural": (1, 2), "ngettext": (1, 2),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@lru_cache
def used() -> set[str]:
    """The messages in code and templates; of plural ones the singular."""
    found = extract_from_dir(str(ROOT), METHODS, OPTIONS, KEYWORDS)
    return {_singular(message) for _file, _line, message, _comments, _context in found if message}


def _singular(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


@lru_cache
def catalogue() -> Catalog:
    with (ROOT / "locales/vi/LC_MESSAGES/messages.po").open("rb") as source:
        return read_po(source, locale="vi")


def translated() -> dict[str, Message]:
    return {_singular(message.id): message for message in catalogue() if message.id}


def _text(message: Message) -> str:
    return message.string if isinstance(message.string, str) else message.string[0]


def test_every_message_is_translated() -> None:
    assert used() - set(translated()) == set()
    assert [key for key, message in translated().items() if not _text(message)] == []


def test_nothing_is_left_over_or_uncertain() -> None:
    assert set(translated()) - used() == set()
    assert [key for key, message in translated().items() if message.fuzzy] == []
    assert list(catalogue().obsolete) == []


def test_translations_keep_their_arguments() -> None:
    for key, message in translated().items():
        assert set(PLACEHOLDER.findall(_text(message))) <= set(PLACEHOLDER.findall(key)) | {
            "num"
        }, key


def test_vietnamese_is_composed_and_accented() -> None:
    for key, message in translated().items():
        text = _text(message)
        assert text.isascii() is False or key == text or len(text.split()) < 3, text


def test_a_message_that_is_also_a_singular_is_found() -> None:
    language.set("vi")
    assert translate("expert") == "chuyên gia"
    language.set("en")
    assert translate("expert") == "expert"
