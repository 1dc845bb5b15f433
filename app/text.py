"""Text: what a person typed, cleaned once at the edge; addresses and rendered Markdown made from it."""

import re
import unicodedata
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from slugify import slugify

SLUG_LENGTH = 80
# Control characters other than tab and line feed, lone surrogates, and the bidirectional overrides that can make text
# read as another.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]"
)
_TAGS = {"p", "br", "strong", "em", "s", "ul", "ol", "li", "blockquote", "code", "pre", "a", "h3", "h4", "h5", "h6", "hr"}  # fmt: skip

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
_markdown.disable(["image"])
_markdown.enable("strikethrough")


def clean(value: str) -> str:
    """The text in NFC with Unix line ends and without surrounding blanks. Raises ValueError on forbidden characters."""
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if _FORBIDDEN.search(text):
        raise ValueError("forbidden characters")
    return text


def clean_line(value: str) -> str:
    """Like clean(), for a text of one line: runs of blanks become one."""
    return " ".join(clean(value).split())


def slug(value: str) -> str:
    """An address part of plain ASCII letters, digits and hyphens; may be empty."""
    return slugify(value, max_length=SLUG_LENGTH, word_boundary=True)


def _shift_headings(html: str) -> str:
    # The page's own headings are h1 and h2, so an author's first level is h3.
    return re.sub(
        r"<(/?)h([1-6])>", lambda found: f"<{found[1]}h{min(int(found[2]) + 2, 6)}>", html
    )


@lru_cache(maxsize=2048)
def render_markdown(source: str) -> str:
    """Safe HTML of a Markdown text: no raw HTML, no images, links that pass no rank and no referrer."""
    html = _shift_headings(_markdown.render(source))
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener noreferrer",
    )
