"""BibTeX: whatever is in a title, the entry stays one entry with the fields it was given."""

import re

import pytest

from app import bibtex

HOSTILE = [
    "} , author = {Someone else}",
    "open { brace",
    r"\input{/etc/passwd} \write18{rm}",
    "100% & more #1 $x_1^2$ ~",
    'a "quoted" @misc{k, and\nnext line',
    "Đường phố xanh “ồ” – 東京",
]


def _balanced(text: str) -> bool:
    """Whether braces fit as BibTeX counts them: a backslash before one changes nothing."""
    depth = 0
    for sign in text:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_leaves_its_field(text: str) -> None:
    field = bibtex.escaped(text)
    assert _balanced(field)
    assert "\n" not in field
    commands = set(re.findall(r"\\[a-zA-Z]+", field))
    assert commands <= {r"\textbackslash", r"\textbraceleft", r"\textbraceright", r"\textasciitilde", r"\textasciicircum"}  # fmt: skip
    assert not re.search(r"(?<!\\)[&%$#_]", field)
    made = bibtex.entry("misc", "k", {"title": bibtex.whole(text), "note": "", "year": "2026"})
    assert made == f"@misc{{k,\n  title = {{{{{field}}}}},\n  year = {{2026}}\n}}\n"


def test_letters_stay_and_addresses_are_only_kept_in() -> None:
    assert bibtex.escaped("  Đường \t phố ") == "Đường phố"
    assert bibtex.address("https://x.example/p/A_1?b=~%C3&c=1#d") == "https://x.example/p/A_1?b=~%C3&c=1#d"  # fmt: skip
    assert bibtex.address("https://x.example/{}\\ ") == "https://x.example/%7B%7D%5C%20"
