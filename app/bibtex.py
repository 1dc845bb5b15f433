"""BibTeX: one entry for programs that keep bibliographies, whatever words are in it.

Libraries write fields as they come (decision NN): a brace without its partner would end the field, a backslash would be a
command. Letters stay as they are: BibTeX files have been read as UTF-8 for years.
"""

from urllib.parse import quote

# BibTeX counts braces also behind a backslash, so that `\\{` would not do.
_SPECIAL = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        **{sign: f"\\{sign}" for sign in "&%$#_"},
    }
)
# What an address may hold; programs take it letter by letter, without commands.
_ADDRESS = "/:?=&#%@!$'()*+,;~-._[]"


def escaped(text: str) -> str:
    """The text as it stands in a field: every sign that means something to BibTeX or LaTeX is only itself, on one line."""
    return " ".join(text.split()).translate(_SPECIAL)


def whole(text: str) -> str:
    """A text that styles leave as it is: neither taken apart as first and last names nor put into small letters."""
    return f"{{{escaped(text)}}}"


def address(url: str) -> str:
    """An address, with what could end its field percent-encoded."""
    return quote(url, safe=_ADDRESS)


def entry(kind: str, key: str, fields: dict[str, str]) -> str:
    """An entry with fields that have been made ready by the functions above; empty ones are left out."""
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}\n"
