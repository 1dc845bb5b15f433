"""Writing with the script: saved while one types, nothing overwritten, nothing lost without network or session."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import Person, Way
from tests.browser.serving import Portal

AFTER = 7_000  # The script saves every six seconds; the page's clock is moved, nobody waits.


def window(person: Person, path: str) -> Page:
    page = person.context.new_page()
    page.clock.install()
    page.goto(person.portal.url + path)
    return page


def write(page: Page, words: str) -> None:
    page.fill("#field-problem", words)
    page.clock.run_for(AFTER)


def copies(page: Page) -> list[str]:
    found: list[str] = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('words/'))")  # fmt: skip
    return found


@pytest.mark.parametrize(("engine_name", "way"), [("sqlite", Way(390, "vi", scripts=True))], ids=str, indirect=["engine_name"])  # fmt: skip
def test_words_are_saved_and_kept(chrome: Browser, served: Portal, way: Way) -> None:
    author = Person(chrome, served, way).sign_in(f"tac-gia-{uuid4().hex[:8]}@example.org")
    page = window(author, "/proposals/new")
    status = page.locator("[data-saving]")
    expect(page.locator(".is-missing:visible")).to_have_count(7)
    page.fill("#field-title", "Ghế đá dưới bóng cây")
    write(page, "Một")
    expect(status).to_have_text(re.compile(r"Đã lưu lúc \d\d:\d\d"))
    expect(page).to_have_url(re.compile(r"/proposals/\d+/edit$"))
    expect(page.locator(".is-missing:visible")).to_have_count(5)
    assert copies(page) == []
    path = page.url.removeprefix(served.url)

    other = window(author, path)
    expect(other.locator("#field-problem")).to_have_value("Một")
    write(other, "Hai")
    expect(other.locator("[data-saving]")).to_contain_text("Đã lưu")
    write(page, "Ba")
    expect(status.locator("a")).to_have_attribute("href", re.compile(path))
    assert len(copies(page)) == 1
    page.close()

    # What could not be saved is offered where one goes on.
    other.reload()
    expect(other.locator("#field-problem")).to_have_value("Hai")
    other.click(".notice .row-actions button:first-child")
    expect(other.locator("#field-problem")).to_have_value("Ba")
    other.clock.run_for(AFTER)
    expect(other.locator("[data-saving]")).to_contain_text("Đã lưu")

    author.context.set_offline(True)
    write(other, "Bốn")
    expect(other.locator("[data-saving]")).to_contain_text("Mất kết nối")
    author.context.set_offline(False)
    other.clock.run_for(AFTER)
    expect(other.locator("[data-saving]")).to_contain_text("Đã lưu")
    other.fill("#field-problem", "Năm")
    other.click(".form-actions button[value=save]")
    other.wait_for_url(re.compile(r"/proposals/\d+-"))
    expect(other.locator("article")).to_contain_text("Năm")
    assert copies(other) == []

    last = window(author, path)
    author.context.clear_cookies()
    write(last, "Sáu")
    expect(last.locator("[data-saving]")).to_contain_text("đăng xuất")
    assert len(copies(last)) == 1
    author.close()
