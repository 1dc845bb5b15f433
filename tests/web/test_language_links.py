"""The link to the other language leads to a page that is there, also from an answer to a form."""

import re

import httpx
import pytest

from app.models import Account
from tests.clients import Browser


def english(page: httpx.Response) -> str:
    found = re.search(r'<a href="([^"]*)" lang="en"', page.text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("path", "fields", "leads_to"),
    [
        ("/sign-in", {"email": "x"}, "/sign-in?lang=en"),
        ("/sign-in/code", {"email": "x@example.org", "code": "1"}, "/sign-in?lang=en"),
        ("/proposals/new", {"title": "Ao làng", "action": "preview"}, "/proposals/new?lang=en"),
        ("/account", {"name": "", "language": "vi"}, "/account?lang=en"),
    ],
)
def test_from_a_form(browser: Browser, ha: Account, path: str, fields: dict[str, str], leads_to: str) -> None:  # fmt: skip
    reader = browser if path.startswith("/sign-in") else browser.as_(ha)
    link = english(reader.submit(path, **fields))
    assert link == leads_to
    assert 'lang="en"' in reader.get(link).text[:200]


def test_from_a_page(browser: Browser) -> None:
    assert (
        english(browser.get("/proposals?sort=trending")) == "/proposals?sort=trending&amp;lang=en"
    )
