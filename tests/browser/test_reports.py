"""Two readers report a text, a moderator hides it, its author appeals, and another moderator reverses the decision."""

from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import Person, Way
from tests.browser.serving import Portal


# The harder way, and one engine: the pages are the same on both, and the steps are tested on both elsewhere.
@pytest.mark.parametrize(("engine_name", "way"), [("sqlite", Way(390, "vi", scripts=False))], ids=str, indirect=["engine_name"])  # fmt: skip
def test_reported_hidden_appealed_shown_again(chrome: Browser, served: Portal, way: Way) -> None:
    author, reader, lan, admin = (Person(chrome, served, way) for _ in range(4))
    title = f"Ghế đá {uuid4().hex[:8]}"
    address = f"tac-gia-{uuid4().hex[:8]}@example.org"
    page = author.sign_in(address).open("/proposals/new")
    author.fill_proposal(title=title)
    page.check("input[name=pillar][value=urbanisation]")
    page.click(".form-actions button[value=submit]")
    expect(page.locator(".status-submitted")).to_have_count(1)
    number = page.url.split("/proposals/")[1].split("-")[0]
    page = lan.sign_in("lan@example.org").open(f"/moderation/{number}")
    page.click("button[value=publish]")

    for _ in range(2):
        # Not signed in when they begin: the words outlive the sign-in.
        reader.context.clear_cookies()
        page = reader.open(f"/proposals/{number}")
        page.click("a[href$='/report']")
        reader.give_code(f"doc-gia-{uuid4().hex[:8]}@example.org")
        page.check("input[name=reason_code][value=insult]")
        page.fill("#field-words", "Câu thứ hai xúc phạm người già.")
        page.click("main form.form button")
        expect(page.locator("[role=status]")).to_have_count(1)

    page = lan.open("/moderation?kind=report")
    row = page.locator(".queue li", has_text=title)
    expect(row.locator(".signal")).to_contain_text("2")
    row.locator("h2 a").click()
    expect(page.locator("main blockquote")).to_have_text(["Câu thứ hai xúc phạm người già."] * 2)
    page.select_option("#field-reason_code", "insult")
    page.fill("#field-note", "Xin viết lại câu thứ hai.")
    page.click("button[value=uphold]")
    expect(page.locator("[role=status]")).to_have_count(1)

    page = author.open(f"/proposals/{number}")
    page.click("main a[href='/account/decisions']")
    page.locator(".rows li", has_text=title).locator("a.button").first.click()
    page.fill("#field-words", "Câu ấy khen người già, không chê ai.")
    page.click("main form.form button")
    expect(page.locator(".notice-info")).to_have_count(1)

    page = lan.open("/moderation?kind=appeal")
    page.locator(".queue li", has_text=title).locator("h2 a").click()
    expect(page.locator("button[value=uphold]")).to_have_count(0)
    page = admin.sign_in("admin@example.org").open("/moderation?kind=appeal")
    page.locator(".queue li", has_text=title).locator("h2 a").click()
    expect(page.locator("main .facts")).to_contain_text("Đỗ Ngọc Lan")
    page.click(".claim button")
    page.click("button[value=uphold]")
    expect(page.locator("[role=status]")).to_have_count(1)

    reader.context.clear_cookies()
    expect(reader.open(f"/proposals/{number}").locator("h1")).to_have_text(title)
    page = author.open("/account/decisions")
    page.locator(".rows li", has_text=title).nth(1).locator("a").first.click()
    expect(page.locator(".notice-success")).to_have_count(1)
    for person in (author, reader, lan, admin):
        person.close()
