"""Search over JSON and as a page: the same answers, narrowed alike, and nothing of what was typed taken for more than words."""

import re
from html import unescape

import pytest

from app.models import Account
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database

URL = "/api/v1/search"


@pytest.fixture
def some(make: Make, ha: Account) -> None:
    make.proposal(ha, "published", title="Ao làng", pillar="songs", wards=["west"])
    make.proposal(ha, "published", title="Ao phố & <b>chợ</b>", pillar="fields")
    make.proposal(ha, "accepted", title="Vườn", summary="Bên cạnh một cái ao", pillar="songs")


def test_what_comes_back(client: Client, some: None) -> None:
    page = client.get(URL, params={"q": "AO lang"}).json()
    assert page["total"] == 1
    assert page["is_close"] is False
    assert page["next_cursor"] is None
    (item,) = page["items"]
    assert item["title"] == "Ao làng"
    assert [item["title"][start:end] for start, end in item["title_hits"]] == ["Ao", "làng"]
    assert item["snippet"]["field"] in {
        "summary",
        "problem",
        "solution",
        "expected_impact",
        "resources_needed",
    }
    assert page["facets"]["ward"] == [{"value": "west", "count": 1}]


def test_the_titles_come_before_the_summaries(client: Client, some: None) -> None:
    found = client.get(URL, params={"q": "ao"}).json()
    assert found["items"][-1]["title"] == "Vườn"
    assert found["facets"]["pillar"] == [
        {"value": "songs", "count": 2},
        {"value": "fields", "count": 1},
    ]


def test_page_by_page(client: Client, some: None) -> None:
    answer = client.get(URL, params={"q": "ao", "limit": 2})
    first = answer.json()
    assert f"cursor={first['next_cursor']}" in answer.headers["link"]
    rest = client.get(URL, params={"q": "ao", "limit": 2, "cursor": first["next_cursor"]}).json()
    assert len({item["id"] for item in first["items"] + rest["items"]}) == 3
    assert rest["next_cursor"] is None
    assert client.get(URL, params={"q": "phố", "cursor": first["next_cursor"]}).status_code == 422


@pytest.mark.parametrize("params", [{}, {"q": "ao", "pillar": "nothing"}, {"q": "ao", "status": "hidden"}, {"q": "ao", "sort": "newest"}, {"q": "ao", "limit": 1000}])  # fmt: skip
def test_what_is_refused(client: Client, params: dict[str, str]) -> None:
    answer = client.get(URL, params=params)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_words_are_escaped_where_they_are_marked(browser: Browser, some: None) -> None:
    page = browser.get("/search", params={"q": "cho <script>"})
    assert page.status_code == 200
    assert "&lt;b&gt;<mark>chợ</mark>&lt;/b&gt;" in page.text
    assert "<script>" not in page.text.replace("<script src=", "")


def test_links_narrow_and_widen_again(browser: Browser, some: None) -> None:
    page = browser.get("/search", params={"q": "ao"}).text
    assert '<p class="lead" role="status">3 ' in page
    (href,) = re.findall(r'href="(\?[^"]*pillar=songs)"', page)
    narrowed = browser.get(f"/search{unescape(href)}").text
    assert '<p class="lead" role="status">2 ' in narrowed
    assert 'href="?q=ao" class="chosen"' in narrowed
    assert '<input type="hidden" name="pillar" value="songs">' in narrowed


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("query", ["", "q=", "q=%25%25", "q=khongcogi", "q=khongcogi&pillar=songs", "q=%00", "q=%ff%fe", "q=" + "a+" * 5000])  # fmt: skip
def test_nothing_found_is_said_with_what_to_do(
    browser: Browser, some: None, query: str, lang: str
) -> None:
    page = browser.get(f"/search?{query}&lang={lang}")
    assert page.status_code == 200
    assert 'action="/search"' in page.text
    assert ('class="empty"' in page.text) == bool(query not in {"", "q="})


def test_filters_that_no_link_leads_to_are_not_there(browser: Browser) -> None:
    assert browser.get("/search?q=ao&status=draft").status_code == 404


def test_the_newest_title_is_found(db: Database, client: Client, make: Make, ha: Account) -> None:
    """In the transaction that published it, without any background work."""
    make.proposal(ha, "published", title="Cây bàng lá đỏ")
    assert [
        item["title"] for item in client.get(URL, params={"q": "bang la do"}).json()["items"]
    ] == ["Cây bàng lá đỏ"]
