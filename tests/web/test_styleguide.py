"""The style guide shows everything there is, and the stylesheet takes its colours and spaces from the tokens alone."""

import re

from jinja2 import nodes

from app.settings import ROOT
from app.web.pages import templates
from app.web.styleguide import tokens
from tests.clients import Browser


def _parsed(name: str) -> nodes.Template:
    return templates().parse((ROOT / "templates" / name).read_text(encoding="utf-8"))


def test_every_macro_is_shown(browser: Browser) -> None:
    macros = {one.name for one in _parsed("components.html").find_all(nodes.Macro)}
    called = {
        call.node.attr
        for call in _parsed("styleguide.html").find_all(nodes.Call)
        if isinstance(call.node, nodes.Getattr) and call.node.node == nodes.Name("ui", "load")
    }
    page = browser.get("/styleguide").text
    assert macros == called
    assert macros == set(re.findall(r'data-macro="(\w+)"', page))


def test_every_token_is_shown(browser: Browser) -> None:
    page, rules = browser.get("/styleguide").text, browser.get("/styleguide.css").text
    found = tokens()
    assert {"brand", "paper", "lacquer", "space-1", "step-0", "heading"} <= {
        one.name for one in found
    }
    for token in found:
        assert f"<code>--{token.name}</code>" in page
        assert f".token-{token.name} {{" in rules
    assert ".button.shown-hover {" in rules
    assert ".shown-focus {" in rules


def test_colours_and_spaces_are_tokens() -> None:
    text = (ROOT / "static" / "portal.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    rules = re.sub(r":root\s*\{[^}]*\}", "", text)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\((?!var)[^)]*\)|\bhsla?\([^)]*\)", rules) == []
    spaces = re.findall(r"(?<![-\w])(?:margin|padding|gap|row-gap|column-gap)(?:-[a-z-]+)?: ([^;{}]+)", rules)  # fmt: skip
    assert len(spaces) > 100
    assert [
        value for value in spaces if re.search(r"\d(?:rem|px)\b", value) and "(" not in value
    ] == []
    for name in set(re.findall(r"var\(--([\w-]+)", rules)) - {"pillar", "rings", "shade"}:
        assert name in {one.name for one in tokens()}, name
