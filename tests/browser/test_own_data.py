"""A person's data in a browser, with scripts and without: read what is stored, vote, download everything, leave."""

import json
import zipfile

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import Person, Way
from tests.browser.serving import Portal


@pytest.mark.parametrize(("engine_name", "way"), [("sqlite", Way(390, "vi", scripts=False)), ("postgresql", Way(1280, "en", scripts=True))], ids=str, indirect=["engine_name"])  # fmt: skip
def test_reading_voting_downloading_leaving(chrome: Browser, served: Portal, way: Way) -> None:
    person = Person(chrome, served, way)
    email = f"nguoi.moi.{way.width}@example.org"
    page = person.open("/privacy")
    expect(page.locator("h1")).to_have_text({"vi": "Dữ liệu cá nhân", "en": "Personal data"}[way.language])  # fmt: skip
    person.sign_in(email)
    person.open("/proposals?campaign=1")
    page.locator(".proposal h3 a").first.click()
    title = page.locator("h1").inner_text()
    page.click("button[value=support]")
    person.open("/account")
    page.click("a[href='/account/votes']")
    expect(page.locator(".ballots li")).to_have_count(1)
    expect(page.locator(".ballots a").first).to_have_text(title)

    person.open("/account")
    page.click("form[action='/account/export'] button")
    for _ in range(
        20
    ):  # Each look takes a moment; the loop of the server comes round every second.
        if page.locator("a[download]").count():
            break
        page.wait_for_timeout(250)
        person.open("/account")
    with page.expect_download() as waiting:
        page.click("a[download]")
    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert json.loads(archive.read("votes.json"))[0]["title"] == title
        assert json.loads(archive.read("account.json"))["email"] == email

    person.open("/account")
    page.click("a[href='/account/delete']")
    page.fill("#field-confirmation", "somebody.else@example.org")
    page.click("button.danger")
    expect(page.locator("#error-confirmation")).to_be_visible()
    page.fill("#field-confirmation", email)
    page.click("button.danger")
    expect(page.locator("h1")).to_have_text({"vi": "Tài khoản của bạn đã được xóa", "en": "Your account has been deleted"}[way.language])  # fmt: skip
    expect(page.locator("form[action='/sign-out']")).to_have_count(0)
    person.open("/account")
    expect(page).to_have_url(f"{served.url}/sign-in?next=%2Faccount")
    person.close()
