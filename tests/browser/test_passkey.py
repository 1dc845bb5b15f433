"""A passkey in a real browser, with Chromium's own virtual authenticator."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import Person, Way
from tests.browser.serving import Portal

KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def person(chrome: Browser, served: Portal) -> Iterator[Person]:
    one = Person(chrome, served, Way(390, "vi", scripts=True))
    yield one
    one.close()


def test_a_passkey_is_made_and_asked_for(person: Person) -> None:
    devices = person.context.new_cdp_session(person.page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    address = f"khoa-{uuid4().hex[:8]}@example.org"
    person.sign_in(address)
    page = person.open("/account/second-factor")
    page.fill("#field-name", "Điện thoại")
    page.click("form[data-passkey=create] button")
    expect(page.locator(".rows")).to_contain_text("Điện thoại")
    expect(page.locator(".codes li")).to_have_count(10)

    person.open("/")
    person.context.clear_cookies()
    person.open("/sign-in?next=/mine")
    person.give_code(address)
    expect(page.locator("#field-code")).to_have_count(1)
    page.click("form[data-passkey=get] button")
    expect(page).to_have_url(f"{person.portal.url}/mine")
