"""Inspection: what a moderator should look at in a text. It finds and counts; what it means, a person decides.

Texts are read as a person would read them: full-width letters, invisible characters and spelt-out dots hide nothing.
"""

import re
import unicodedata
from itertools import islice

from phonenumbers import Leniency, PhoneNumberMatcher

# More of one kind in one text says nothing new, and a text made of nothing else must not take long.
MOST = 20
_INVISIBLE = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_DOT = re.compile(r" ?[\[({<] ?(?:\.|dot|chấm) ?[\])}>] ?| (?:dot|chấm) (?=(?:com|net|org|vn)\b)", re.I)  # fmt: skip
_AT = re.compile(r" ?[\[({<] ?(?:@|at|a còng) ?[\])}>] ?| a còng ", re.I)

# Every repetition has an end: the time a text takes grows with its length and no faster.
_LABELS = r"(?:[^\W_][\w-]{0,62}\.){1,8}"
_EMAIL = re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}@{_LABELS}[^\W\d_]{{2,24}}")
# One that does not stand in a link, before its host.
_ALONE = re.compile(rf"(?<![:/]){_EMAIL.pattern}")
# Endings that are no syllable of a sentence whose blank was forgotten; others count where a path follows.
_ENDINGS = (
    "com|net|org|info|biz|vn|io|app|shop|xyz|online|site|store|club|dev|asia|mobi|edu|gov|top"
)
_LINK = re.compile(
    r"\bh(?:tt|xx)ps? ?: ?// ?(?:[^\s/@]{1,80}@)?(?P<named>[^\s/?#:<>\"'()\[\]]{2,253})"
    rf"|(?<![\w@.-])(?P<bare>(?:www\.{_LABELS}[^\W\d_]{{2,24}}"
    rf"|{_LABELS}(?:{_ENDINGS})(?![\w-])"
    rf"|(?=[\w-]{{0,20}}[^\W\d_]){_LABELS}[a-z]{{2,24}}(?=/\w)))",
    re.I,
)
# Letters that touch a number would keep it from being seen.
_GLUED = re.compile(r"(?<=[^\W\d_])(?=\+?\d{8})")
# 350.000.000 is an amount of money, though some telephone has that number.
_AMOUNT = re.compile(r"[1-9]\d{0,2}(?:[., ]\d{3})+")
_FEWEST_LETTERS = 12
_MOSTLY = 0.8


def legible(text: str) -> str:
    """The text with what hides addresses and numbers from a program taken away."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return _AT.sub("@", _DOT.sub(".", text))


def emails(text: str) -> int:
    """How many email addresses stand in a legible text."""
    return _count(_EMAIL, text)


def hosts(text: str) -> list[str]:
    """The hosts that a legible text leads to, written as links or not; one for each link, email addresses apart."""
    found = islice(_LINK.finditer(_ALONE.sub(" ", text)), MOST)
    return [(one["named"] or one["bare"]).rstrip(".,;").casefold()[:80] for one in found]


def personal_numbers(text: str, pattern: str) -> int:
    """How many numbers of the kind by which a country knows its people stand in a legible text."""
    return _count(re.compile(pattern), text) if pattern else 0


def phones(text: str, region: str, personal_number: str = "") -> int:
    """How many telephone numbers stand in a legible text; those of the region may lack its code.

    What matches the pattern of personal numbers is none.
    """
    if personal_number:
        text = re.sub(personal_number, " ", text)
    text = _GLUED.sub(" ", _EMAIL.sub(" ", text))
    found = PhoneNumberMatcher(text, region or "ZZ", leniency=Leniency.VALID, max_tries=1000)
    return sum(not _AMOUNT.fullmatch(one.raw_string) for one in islice(found, MOST))


def is_capitals(text: str) -> bool:
    """Whether nearly all of a text's letters are capitals; a few letters alone may be an abbreviation."""
    letters = [letter for letter in text if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    return len(letters) >= _FEWEST_LETTERS and capitals >= _MOSTLY * len(letters)


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in islice(pattern.finditer(text), MOST))
