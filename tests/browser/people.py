"""What a person does in a browser: open a window, sign in, fill the proposal's form."""

from dataclasses import dataclass

from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import Portal

HEIGHT = 850
TEXTS = {
    "title": "Ghế nghỉ dưới bóng cây ở bến xe buýt",
    "summary": "Đặt ghế và trồng cây tại các bến xe buýt đông người.",
    "problem": "Người già phải **đứng chờ** dưới nắng.",
    "solution": "- Đặt ghế\n- Trồng cây bản địa",
    "expected_impact": "Việc chờ xe dễ chịu hơn.",
    "resources_needed": "Kinh phí nhỏ và người chăm cây.",
}


@dataclass(frozen=True)
class Way:
    """How a person comes: screen, language, with scripts or without."""

    width: int
    language: str
    scripts: bool
    scheme: str = "light"

    def __str__(self) -> str:
        return f"{self.width}-{self.language}-{'js' if self.scripts else 'nojs'}"


class Person:
    """Someone at a browser of their own."""

    def __init__(self, chrome: Browser, portal: Portal, way: Way, *, workers: bool = False) -> None:
        self.portal = portal
        self.context = chrome.new_context(
            viewport={"width": way.width, "height": HEIGHT},
            java_script_enabled=way.scripts,
            locale={"vi": "vi-VN", "en": "en-GB"}[way.language],
            color_scheme="dark" if way.scheme == "dark" else "light",
            # The worker fetches files ahead; only who tests it (test_offline.py) waits for that.
            service_workers="allow" if workers else "block",
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(10_000)

    def open(self, path: str) -> Page:
        self.page.goto(self.portal.url + path)
        return self.page

    def sign_in(self, email: str) -> "Person":
        self.open("/sign-in")
        self.give_code(email)
        expect(self.page.locator("form[action='/sign-out']")).to_have_count(1)
        return self

    def give_code(self, email: str) -> None:
        """From the page that asks for an address: have a code mailed, enter it, and agree if asked to."""
        self.come_by_code(email)
        self.page.wait_for_load_state()
        consent = self.page.locator("input[name=consent]")
        if consent.count():
            consent.check()
            self.page.click("main form[action='/welcome'] button")

    def come_by_code(self, email: str) -> None:
        self.page.fill("#field-email", email)
        self.page.click("main form button")
        self.page.wait_for_selector("#field-code")
        self.page.fill("#field-code", self.portal.code_for(email))
        self.page.click("main form:has(#field-code) button")

    def fill_proposal(self, **changes: str) -> None:
        for name, text in {**TEXTS, **changes}.items():
            self.page.fill(f"#field-{name}", text)

    def close(self) -> None:
        self.context.close()
