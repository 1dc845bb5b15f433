"""Without a network: the last public pages stay readable and say when they were read; nobody's own pages are kept."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import Person, Way
from tests.browser.serving import Portal

KEPT = "caches.open('pages').then((cache) => cache.keys()).then((all) => all.map((one) => new URL(one.url).pathname))"
# Kept is what the worker has put away after the page was shown: asked again until it is there.
HAS = """async (path) => {
    while (!(await caches.open("pages").then((cache) => cache.match(path)))) await new Promise(requestAnimationFrame);
    return true;
}"""


@pytest.fixture
def reader(chrome: Browser, served: Portal) -> Iterator[Person]:  # fmt: skip
    person = Person(chrome, served, Way(390, "vi", scripts=True), workers=True)
    yield person
    person.close()


def _read(person: Person, path: str) -> Page:
    page = person.open(path)
    page.evaluate("navigator.serviceWorker.ready")
    assert page.evaluate(HAS, path)
    return page


# The worker runs in the browser: one engine is enough.
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_pages_that_were_read_stay_readable(reader: Person) -> None:
    for path in ("/campaigns", "/about"):
        page = _read(reader, path)
    reader.context.set_offline(True)
    reader.open("/campaigns")
    expect(page.locator("[data-offline]")).to_contain_text("Bạn đang ngoại tuyến. Trang này hiện đúng như lúc bạn đọc")  # fmt: skip
    expect(page.locator("h1")).to_have_text("Đợt kêu gọi")
    # The stylesheet came along.
    assert page.evaluate("getComputedStyle(document.querySelector('.masthead-row')).position") != "static"  # fmt: skip
    reader.open("/experts")
    expect(page.locator("h1")).to_have_text("Bạn đang ngoại tuyến")
    page.click("main ul a[href$='/about']")
    expect(page.locator("[data-offline]")).to_have_count(1)
    reader.context.set_offline(False)
    reader.open("/campaigns")
    expect(page.locator("[data-offline]")).to_have_count(0)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_nothing_of_the_signed_in_is_kept(reader: Person) -> None:
    page = _read(reader, "/about")
    reader.sign_in("ha@example.org")
    for path in ("/", "/mine", "/account", "/proposals", "/about"):
        reader.open(path)
        assert page.evaluate(KEPT) == []
    assert not page.evaluate(
        "caches.open('files').then((cache) => cache.keys()).then((all) => all.some((one) => /account|mine/.test(one.url)))"
    )
    reader.context.set_offline(True)
    reader.open("/account")
    expect(page.locator("h1")).to_have_text("Bạn đang ngoại tuyến")
    assert "ha@example.org" not in page.content()
    reader.context.set_offline(False)
    page = reader.open("/account")
    page.locator(".menu > summary").click()
    page.click("form[action='/sign-out'] button")
    expect(page.locator("form[action='/sign-out']")).to_have_count(0)
    _read(reader, "/about")
    assert set(page.evaluate(KEPT)) <= {"/", "/about"}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_no_more_than_twenty_are_kept(reader: Person) -> None:
    page = _read(reader, "/about")
    page.evaluate(
        """async () => {
            const cache = await caches.open("pages");
            for (let one = 1; one < 20; one += 1) await cache.put(`/answers?x=${one}`, new Response(""));
        }"""
    )
    _read(reader, "/campaigns")
    kept = page.evaluate("caches.open('pages').then((cache) => cache.keys()).then((all) => all.map((one) => one.url))")  # fmt: skip
    assert len(kept) == 20
    assert f"{reader.portal.url}/about" not in kept
