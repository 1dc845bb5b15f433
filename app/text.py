"""Text: what a person typed, cleaned once at the edge; addresses and rendered Markdown made from it."""

import re
import unicodedata
from functools import lru_cache
from html import unescape
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from slugify import slugify

SLUG_LENGTH = 80
# Control characters other than tab and line feed, lone surrogates, and the bidirectional overrides that can make text
# read as another.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]"
)
# Characters that take no ink: they may stand inside a text (emoji are joined by some), but make none.
_INVISIBLE = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\u2800\u3164\ufeff\uffa0"
_BLANK = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_NO_INK = re.compile(rf"[\s{_INVISIBLE}\ufe00-\ufe0f\U000e0000-\U000e0fff]")
# Letters of living scripts carry up to four marks; more are piled up to spill over other lines.
MOST_MARKS = 4
_TAGS = {"p", "br", "strong", "em", "s", "ul", "ol", "li", "blockquote", "code", "pre", "a", "h3", "h4", "h5", "h6", "hr"}  # fmt: skip

_MARKS = re.compile("[\u0300-\u036f]+")

_markdown = MarkdownIt(
    "commonmark", {"html": False, "linkify": False, "typographer": False, "breaks": True}
)
# A reference is defined once and used often: 20 KB of text would become 55 MB of page.
_markdown.disable(["image", "reference"])
_markdown.enable("strikethrough")


def clean(value: str) -> str:
    """The text in NFC with Unix line ends and without surrounding blanks; empty if nothing of it could be seen.

    Raises ValueError on forbidden characters.
    """
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    # Piled marks are refused first: to compose them would take time that grows with the square of their number.
    if _FORBIDDEN.search(text) or _has_piled_marks(text):
        raise ValueError("forbidden characters")
    text = unicodedata.normalize("NFC", text)
    return text.strip(_BLANK + _INVISIBLE) if _has_ink(text) else ""


def _has_ink(text: str) -> bool:
    left = _NO_INK.sub("", text)
    return any(unicodedata.category(character) not in {"Mn", "Me"} for character in left)


def _has_piled_marks(text: str) -> bool:
    if text.isascii():
        return False
    run = 0
    for character in text:
        run = run + 1 if _is_mark(character) else 0
        if run > MOST_MARKS:
            return True
    return False


def _is_mark(character: str) -> bool:
    """Whether it stands on the letter before it. Some marks that take room, as in musical notes, are put in order too."""
    return unicodedata.category(character) in {"Mn", "Me"} or unicodedata.combining(character) != 0


def clean_line(value: str) -> str:
    """Like clean(), for a text of one line: runs of blanks become one."""
    return " ".join(clean(value).split())


def fold(value: str) -> str:
    """The text as it is compared: without regard to case, accents and the way letters are composed; đ is d."""
    letters = unicodedata.normalize("NFKD", value.casefold()).casefold().replace("đ", "d")
    return _MARKS.sub("", letters)


def folded_words(value: str) -> str:
    """The words of a folded text, for telling whether two texts name the same: punctuation does not count either."""
    return " ".join("".join(one if one.isalnum() else " " for one in fold(value)).split())


def slug(value: str) -> str:
    """An address part of plain ASCII letters, digits and hyphens; may be empty."""
    return slugify(value, max_length=SLUG_LENGTH, word_boundary=True)


def _shift_headings(html: str) -> str:
    # The page's own headings are h1 and h2, so an author's first level is h3.
    return re.sub(
        r"<(/?)h([1-6])>", lambda found: f"<{found[1]}h{min(int(found[2]) + 2, 6)}>", html
    )


def _attribute(_tag: str, name: str, value: str) -> str | None:
    """An attribute as it may stay. A link must show where it leads: no name before the host, none that begins with //."""
    if name != "href":
        return value
    try:
        parts = urlsplit(value)
        misleading = parts.username is not None or (parts.netloc and not parts.scheme)
    except ValueError:
        return None
    return None if misleading or "\\" in value else value


def plain_text(source: str) -> str:
    """The words of a Markdown text, for where no marks can be shown: lists with hyphens, links without addresses."""
    listed = re.sub(r"<li>\s*", "<li>- ", render_markdown(source))
    return unescape(nh3.clean(listed, tags=set())).strip()


@lru_cache(maxsize=512)
def render_markdown(source: str) -> str:
    """Safe HTML of a Markdown text: no raw HTML, no images, links that pass no rank and no referrer."""
    html = _shift_headings(_markdown.render(source))
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        attribute_filter=_attribute,
        link_rel="nofollow ugc noopener noreferrer",
    )
