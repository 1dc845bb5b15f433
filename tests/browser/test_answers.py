"""An overdue answer in a browser, without scripts: written by one officer, published by another, read by everybody."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import Person, Way
from tests.browser.serving import Portal

# The demo's officers of one department, which has an answer overdue.
OFFICERS = ("lien@example.org", "toan@example.org")


@pytest.mark.parametrize("way", [Way(390, "vi", scripts=False)], ids=str)
def test_an_overdue_answer_until_its_publication(chrome: Browser, served: Portal, way: Way) -> None:
    people = [Person(chrome, served, way) for _ in range(3)]
    reader, first, second = people
    page = reader.open("/answers/overdue?department=so-giao-duc-dao-tao")
    row = page.locator(".queue li", has_text="đều biết bơi")
    expect(row.locator(".is-overdue b")).to_have_text("quá hạn 3 ngày")
    row.locator("a").click()
    expect(page.locator("#answers .notice-danger")).to_contain_text("đã quá hạn 3 ngày")

    page = first.sign_in(OFFICERS[0]).open("/answers/desk")
    page.locator(".queue li", has_text="đều biết bơi").get_by_text("Soạn phản hồi").click()
    page.fill("#field-words", "Sở **tiếp nhận** và sẽ thí điểm.")
    page.fill("[name=milestone_title_0]", "Chọn mười trường thí điểm")
    page.fill("[name=milestone_due_0]", str(date.today() + timedelta(days=40)))  # noqa: DTZ011
    page.click("#write .button")
    page.click("form[action$='/submit'] button")
    draft = page.url
    expect(page.locator("form[action$='/approve']")).to_have_count(0)

    page = second.sign_in(OFFICERS[1]).open(draft.removeprefix(served.url))
    expect(page.locator(".answer strong")).to_have_text("tiếp nhận")
    page.click("form[action$='/approve'] button")
    expect(page.locator(".notice-success")).to_contain_text("đã được công bố")

    page = reader.page
    page.reload()
    expect(page.locator(".answer strong")).to_have_text("tiếp nhận")
    expect(page.locator(".milestones h4")).to_have_text("Chọn mười trường thí điểm")
    expect(page.locator("article .status-under_consideration")).not_to_have_count(0)
    reader.open("/answers/overdue?department=so-giao-duc-dao-tao")
    expect(page.locator(".queue li")).to_have_count(0)
    for person in people:
        person.close()
