"""Pages for everybody: addresses, filters, languages, and what stays unseen."""

import re
from collections.abc import Callable

import pytest
from anyio.from_thread import BlockingPortal

from app.main import create_app
from app.models import Account, Proposal
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database, settings_for

Build = Callable[..., Proposal]
PAGES = ["/", "/about", "/policy", "/campaigns", "/proposals", "/open-data", "/open-data/problems", "/sign-in"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_page_in_both_languages(browser: Browser, a_proposal: Build, ha: Account, path: str, lang: str) -> None:  # fmt: skip
    a_proposal(ha, "published")
    page = browser.get(f"{path}?lang={lang}")
    assert page.status_code == 200
    assert f'<html lang="{lang}"' in page.text
    assert page.headers["content-language"] == lang
    name = {"vi": "Mạng sáng kiến Tí Hon", "en": "Tinytown Ideas"}[lang]
    assert name in page.text
    assert not re.search("hanoi|hà nội", page.text, re.IGNORECASE)


def test_the_language_asked_for_is_remembered(browser: Browser) -> None:
    assert '<html lang="vi"' in browser.get("/").text
    assert '<html lang="en"' in browser.get("/", headers={"Accept-Language": "en"}).text
    browser.get("/?lang=en")
    assert '<html lang="en"' in browser.get("/about").text
    assert '<html lang="vi"' in browser.get("/about?lang=vi").text
    assert '<html lang="vi"' in browser.get("/about?lang=xx").text


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "rejected", "hidden"])
def test_nothing_unpublished_leaks(browser: Browser, a_proposal: Build, ha: Account, outsider: Account, status: str) -> None:  # fmt: skip
    made = a_proposal(ha, status, title="GEHEIM")
    for path in ("/", "/proposals", "/campaigns", f"/campaigns/{made.campaign_id}-hom-thu-thi-tran"):  # fmt: skip
        assert "GEHEIM" not in browser.get(path).text
    for reader in (browser, browser.as_(outsider)):
        absent = reader.get(f"/proposals/999999-{made.slug}")
        for path in (f"/proposals/{made.id}", made.path, f"/proposals/{made.id}/revisions/1"):
            answer = reader.get(path)
            assert answer.status_code == 404
        assert _bare(reader.get(made.path).text) == _bare(absent.text)
    assert "GEHEIM" in browser.as_(ha).get(made.path).text


def _bare(page: str) -> str:
    """A page without its own address."""
    return re.sub(r"/proposals/\d+|%2Fproposals%2F\d+", "", page)


def test_one_address_for_each_proposal(browser: Browser, a_proposal: Build, ha: Account) -> None:
    made = a_proposal(ha, "published", title="Ao cho vịt")
    for other in (f"/proposals/{made.id}", f"/proposals/{made.id}-ao", f"/proposals/{made.id}-"):
        answer = browser.get(other)
        assert (answer.status_code, answer.headers.get("location")) in {(301, made.path), (404, None)}  # fmt: skip
    page = browser.get(made.path)
    assert (made.path, page.status_code) == (f"/proposals/{made.id}-ao-cho-vit", 200)


@pytest.mark.parametrize("number", ["0", "2147483648", "9223372036854775807", "9223372036854775808", "9" * 5000])  # fmt: skip
@pytest.mark.parametrize("path", ["/proposals/{}", "/proposals/{}-x", "/proposals/1/revisions/{}", "/campaigns/{}", "/campaigns/{}-x", "/dev/mailbox/{}"])  # fmt: skip
def test_a_number_that_cannot_be_one_is_404(browser: Browser, path: str, number: str) -> None:
    assert browser.get(path.format(number)).status_code == 404


@pytest.mark.parametrize("query", ["sort=x", "status=draft", "status=hidden", "campaign=x", "campaign=9223372036854775807", "cursor=x", "pillar=%00", "ward=%00", "goal=%00", "ward=%ED%A0%80", "ward=" + "x" * 5000])  # fmt: skip
def test_a_wrong_filter_is_no_failure(browser: Browser, query: str) -> None:
    assert browser.get(f"/proposals?{query}").status_code in {200, 404}


def test_filters(browser: Browser, make: Make, ha: Account) -> None:
    make.proposal(ha, "published", title="Ao làng", wards=["east"])
    make.proposal(ha, "published", title="Hát đêm", wards=["west"], pillar="songs")
    make.proposal(ha, "withdrawn", title="Đã thôi", wards=["east"])
    for query, titles in {
        "": {"Ao làng", "Hát đêm"},
        "?ward=east": {"Ao làng"},
        "?pillar=songs&ward=&goal=&status=&campaign=&sort=": {"Hát đêm"},
        "?status=withdrawn": {"Đã thôi"},
        "?pillar=songs&ward=east": set(),
        "?utm_source=x&ward=west": {"Hát đêm"},
    }.items():
        text = browser.get(f"/proposals{query}").text
        assert {title for title in ("Ao làng", "Hát đêm", "Đã thôi") if title in text} == titles


def test_pages_follow_each_other(browser: Browser, make: Make, ha: Account) -> None:
    made = [make.proposal(ha, "published").path for _ in range(23)]
    first = browser.get("/proposals?sort=newest").text
    following = re.search(r'rel="next" href="/proposals\?([^"]*cursor=[^"]*)"', first)
    assert following
    second = browser.get(f"/proposals?{following[1].replace('&amp;', '&')}").text
    on_first, on_second = ({path for path in made if f'"{path}"' in page} for page in (first, second))  # fmt: skip
    assert (len(on_first), len(on_second)) == (20, 3)
    assert not on_first & on_second


def test_a_revision_shows_what_changed(browser: Browser, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published", problem="Vịt không có ao.")
    browser.as_(ha).submit(f"/proposals/{made.id}/edit", title=made.title, summary="x", problem="Vịt không có <b>hồ</b>.", solution="x", expected_impact="x", resources_needed="x", pillar="fields", action="submit_edit")  # fmt: skip
    make.accepted(made)
    page = browser.get(f"/proposals/{made.id}/revisions/2").text
    assert re.search(r"<del>.*?</span>ao\.</del>", page)
    assert re.search(r"<ins>.*?</span>&lt;b&gt;hồ&lt;/b&gt;\.</ins>", page)
    assert "<b>" not in page
    assert browser.get(f"/proposals/{made.id}/revisions/3").status_code == 404


def test_a_merged_one_points_to_the_other(browser: Browser, make: Make, ha: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "merged")
    assert f"/proposals/{made.merged_into_id}" in browser.get(made.path).text


def test_an_unknown_address_is_a_page(browser: Browser) -> None:
    for path in ("/nothing", "/static/nothing.css", "/static/../app/settings.py", "/proposals/x", "/%00", "/%ff"):  # fmt: skip
        answer = browser.get(path)
        assert answer.status_code == 404, path
        assert answer.headers["content-type"].startswith("text/html")
        assert "<html" in answer.text
    assert browser.post("/about").status_code == 405


def test_safe_headers(browser: Browser) -> None:
    for path in ("/", "/nothing", "/theme.css", "/static/portal.css"):
        headers = browser.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_no_link_of_the_error_page_leads_away(browser: Browser) -> None:
    page = browser.get("//evil.example/x")
    assert page.status_code == 404
    assert "//evil.example" not in page.text


def test_pages_of_the_signed_in_are_theirs_alone(browser: Browser, ha: Account) -> None:
    assert browser.as_(ha).get("/").headers["cache-control"] == "private, no-cache"
    assert "cache-control" not in browser.get("/").headers


@pytest.mark.parametrize(("address", "said"), [("https://example.org", True), ("http://127.0.0.1:8000", False)])  # fmt: skip
def test_https_is_said_to_stay(portal: BlockingPortal, db: Database, address: str, said: bool) -> None:  # fmt: skip
    app = create_app(settings_for("sqlite:///:memory:", base_url=address))
    answer = Client(portal, app, db).get("/static/icon.svg")
    assert ("strict-transport-security" in answer.headers) is said


def test_nobody_is_led_where_they_may_not_go(browser: Browser, ha: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    for who, is_led in ((None, True), (ha, True), (lan, False), (quan, False)):
        page = browser.as_(who).get("/about").text
        assert ('href="/experts/apply"' in page) is is_led
