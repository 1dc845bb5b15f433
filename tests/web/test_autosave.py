"""Autosave: the form's script saves drafts as the button does, overwrites nothing, and leaves no trail of revisions."""

import html
import re

import httpx
import pytest

from app.models import Account, Event, Proposal, Revision
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database
from tests.web.test_writing import NEW, only, typed


def autosave(browser: Browser, path: str, **fields: str) -> httpx.Response:
    return browser.submit(path, action="autosave", **fields)


def test_a_draft_grows_in_place(browser: Browser, db: Database, ha: Account) -> None:
    mine = browser.as_(ha)
    first = autosave(mine, NEW, title="Mới nghĩ ra").json()
    made = only(db)
    assert first["action"] == f"/proposals/{made.id}/edit"
    assert re.fullmatch(r"Đã lưu lúc \d\d:\d\d", first["sentence"])
    mark = first["text_version"]
    for words in ("Vịt", "Vịt không", "Vịt không có ao"):
        answer = autosave(mine, first["action"], title="Mới nghĩ ra", problem=words, text_version=mark)  # fmt: skip
        assert answer.status_code == 200
        mark = answer.json()["text_version"]
    (kept,) = db.all(Revision)
    assert (kept.number, kept.content["problem"], db.count(Event)) == (1, "Vịt không có ao", 1)
    assert f'name="text_version" value="{mark}"' in mine.get(first["action"]).text


def test_what_somebody_else_wrote_is_not_overwritten(browser: Browser, make: Make, db: Database, ha: Account, minh: Account) -> None:  # fmt: skip
    made = make.co_author(minh, make.proposal(ha))
    path = f"/proposals/{made.id}/edit"
    seen = re.findall(r'name="text_version" value="(\w+)"', browser.as_(ha).get(path).text)[0]
    assert autosave(browser.as_(minh), path, **typed(title="Của Minh"), text_version=seen).status_code == 200  # fmt: skip
    refused = autosave(browser.as_(ha), path, **typed(title="Của Hà"), text_version=seen)
    assert (refused.status_code, refused.headers["content-type"]) == (409, "application/json")
    page = browser.as_(ha).submit(path, **typed(title="Của Hà"), text_version=seen, action="save")
    assert (page.status_code, "Của Hà" in page.text) == (409, True)
    assert only(db).title == "Của Minh"


@pytest.mark.parametrize("status", ["submitted", "returned", "published"])
def test_what_others_may_have_read_is_not_saved_by_itself(browser: Browser, make: Make, db: Database, ha: Account, status: str) -> None:  # fmt: skip
    made = make.proposal(ha, status)
    path = f"/proposals/{made.id}/edit"
    assert autosave(browser.as_(ha), path, **typed(title="Khác")).status_code == 409
    assert (db.get(Proposal, made.id).title, db.count(Revision)) == (made.title, 1)
    assert 'data-autosave="local"' in browser.as_(ha).get(path).text


def test_refusals_are_said(browser: Browser, make: Make, db: Database, ha: Account, outsider: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    assert autosave(browser.as_(ha), NEW, title="A").json()["sentence"]
    assert (autosave(browser.as_(ha), NEW, title="A").status_code, db.count(Proposal)) == (422, 0)
    assert autosave(browser, NEW, title="Mới nghĩ ra").status_code == 401
    path = f"/proposals/{make.proposal(ha).id}/edit"
    assert autosave(browser.as_(outsider), path, title="Của tôi").status_code == 404
    monkeypatch.setattr(browser.app.state.settings, "draft_saves_per_hour", 1)
    assert autosave(browser.as_(ha), path, title="Một lần").status_code == 200
    limited = autosave(browser.as_(ha), path, title="Hai lần")
    assert (limited.status_code, int(limited.headers["retry-after"]) > 0) == (429, True)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_guide_and_what_is_missing(browser: Browser, ha: Account, lang: str) -> None:
    page = html.unescape(browser.as_(ha).get(f"{NEW}?lang={lang}").text)
    example = {"vi": "Đào ao cho vịt ở bờ đông", "en": "A duck pond on the east bank"}[lang]
    assert page.count('<details class="guide">') == 6
    assert example in page
    assert len(re.findall(r'class="is-missing">', page)) == 7
    page = browser.as_(ha).submit(NEW, **typed(summary=""), action="submit").text
    assert len(re.findall(r'class="is-missing">', page)) == 1
