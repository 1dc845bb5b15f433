"""The moderators' desk in a browser: one takes up the next, another cannot decide it; then many are decided at once."""

from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import Person, Way
from tests.browser.serving import Portal


@pytest.mark.parametrize(("engine_name", "way"), [("sqlite", Way(390, "vi", scripts=False)), ("postgresql", Way(1280, "en", scripts=True))], ids=str, indirect=["engine_name"])  # fmt: skip
def test_two_moderators(chrome: Browser, served: Portal, way: Way) -> None:
    author, lan, admin = (Person(chrome, served, way) for _ in range(3))
    author.sign_in(f"tac-gia-{uuid4().hex[:8]}@example.org")
    mark = uuid4().hex[:6]
    for number in range(2):
        page = author.open("/proposals/new")
        author.fill_proposal(title=f"Ghế đá {mark} {number}")
        page.check("input[name=pillar][value=urbanisation]")
        page.click(".form-actions button[value=submit]")
        expect(page.locator(".status-submitted")).to_have_count(1)

    page = lan.sign_in("lan@example.org").open("/moderation?kind=proposal&age=")
    rows = page.locator(".queue li", has_text=mark)
    rows.first.locator("h2 a").click()
    page.click(".claim button")
    address = page.url.removeprefix(served.url)

    other = admin.sign_in("admin@example.org").open(address)
    expect(other.locator(".claim")).to_contain_text("Đỗ Ngọc Lan")
    other.fill("#field-note", "Lời của tôi")
    other.click(".decision button[value=publish]")
    expect(other.locator("[role=alert]")).to_contain_text("Đỗ Ngọc Lan")
    expect(other.locator("blockquote")).to_have_text("Lời của tôi")

    page = lan.open("/moderation?kind=proposal")
    for box in page.locator(".queue li", has_text=mark).locator("input[type=checkbox]").all():
        box.check()
    page.select_option("#field-reason_code", index=1)
    page.fill("#field-note", "Xin bổ sung.")
    page.click("button[value=return]")
    expect(page.locator("[role=status]")).to_have_count(1)
    expect(page.locator(".queue li", has_text=mark)).to_have_count(0)

    other = author.open("/mine")
    expect(other.locator(".status-returned")).to_have_count(2)
    for person in (author, lan, admin):
        person.close()


def test_shortcuts(chrome: Browser, served: Portal) -> None:
    lan = Person(chrome, served, Way(1280, "vi", scripts=True)).sign_in("lan@example.org")
    page = lan.open("/moderation?kind=proposal")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".queue li").first.get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("o")
    page.wait_for_url("**/moderation/*")
    page.keyboard.press("d")
    expect(page.locator(".decision :focus")).to_have_count(1)
    lan.close()
