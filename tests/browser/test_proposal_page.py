"""A proposal's page in a browser: passing it on, reading it on paper, and data that is no script."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import Person, Way
from tests.browser.serving import Portal

PAGE = "/proposals/25"


@pytest.fixture
def reader(chrome: Browser, served: Portal) -> Iterator[Person]:
    one = Person(chrome, served, Way(390, "en", scripts=True), workers=True)
    yield one
    one.close()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_passing_it_on(reader: Person) -> None:
    said: list[str] = []
    reader.page.on("console", lambda message: said.append(message.text))
    # As on a phone: Chromium without a screen has no sheet of its own.
    reader.page.add_init_script("navigator.share = async (what) => { window.shared = what; };")
    page = reader.open(PAGE)
    page.click(".share summary")
    address = page.input_value("#share-address")
    assert re.fullmatch(rf"{reader.portal.url}/p/HN-\d+-00025", address)
    page.click("[data-share]")
    assert page.evaluate("() => window.shared.url") == address
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("[data-copy]")
    expect(page.locator("[data-copy]")).to_have_text("Copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == address
    # The policy refuses scripts in the page; data of schema.org is none.
    assert said == []
    page.goto(address)
    assert page.url.startswith(f"{reader.portal.url}{PAGE}-")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_on_paper(reader: Person) -> None:
    page = reader.open(PAGE)
    page.emulate_media(media="print", color_scheme="dark")
    for seen in ("h1", ".prose", ".stages", ".citation", "time"):
        expect(page.locator(seen).first).to_be_visible()
    for pressed in page.locator("nav, form, button, .button, footer, .share").all():
        expect(pressed).to_be_hidden()
    ink = page.evaluate("() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")  # fmt: skip
    assert ink == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
