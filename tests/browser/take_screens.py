"""Pictures of the main pages at 390 and 1280 px for docs/screens. Run by `make screens`."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.chromium import browser
from tests.browser.serving import Portal, serving

WIDTHS = {390: 844, 1280: 900}
PUBLIC = {
    "home": "/",
    "list": "/proposals?sort=most_supported",
    "search": "/search?q=nước hồ",
    "pictures": "/pictures",
    "campaigns": "/campaigns",
    "answers": "/answers",
    "overdue": "/answers/overdue",
    "answered": "/proposals/10",
    "experts": "/experts",
    "expert": "/experts/3",
    "about": "/about",
    "open-data": "/open-data",
    "sign-in": "/sign-in",
    "privacy": "/privacy",
}
CITIZEN = {
    "form": "/proposals/new",
    "mine": "/mine",
    "account": "/account",
    "identity": "/account/identity",
}
MODERATOR = {"queue": "/moderation"}


def sign_in(page: Page, portal: Portal, email: str) -> None:
    """Sign in as a demo person by the code in the mailbox."""
    page.goto(f"{portal.url}/sign-in")
    page.fill("#field-email", email)
    page.click("main form button")
    page.fill("#field-code", portal.code_for(email))
    page.click("main form button")


def take(running: Browser, portal: Portal, folder: Path, scheme: str = "light") -> None:
    """All pictures of one portal."""
    for width, height in WIDTHS.items():
        for email, pages in (
            (None, PUBLIC),
            ("ha@example.org", CITIZEN),
            ("lan@example.org", MODERATOR),
        ):
            context = running.new_context(
                viewport={"width": width, "height": height}, locale="vi-VN", color_scheme=scheme
            )  # type: ignore[arg-type]
            page = context.new_page()
            if email:
                sign_in(page, portal, email)
            for name, path in pages.items():
                page.goto(portal.url + path)
                picture(page, folder, name, width)
            if email is None:
                page.goto(f"{portal.url}/proposals?sort=most_supported")
                page.click(".proposal h3 a")
                picture(page, folder, "detail", width)
            if email == "lan@example.org":
                page.goto(f"{portal.url}/moderation")
                page.click(".queue h2 a")
                picture(page, folder, "decision", width)
            context.close()


def picture(page: Page, folder: Path, name: str, width: int) -> None:
    """The page, cut at two screens, small enough to be kept with the code."""
    # Pictures further down are loaded only when somebody comes near.
    page.evaluate("for (const one of document.images) one.loading = 'eager'")
    page.wait_for_load_state("networkidle")
    height = min(page.evaluate("document.documentElement.scrollHeight"), 1700)
    clip = {"x": 0, "y": 0, "width": width, "height": height}
    page.screenshot(
        path=folder / f"{name}-{width}.jpg", clip=clip, full_page=True, type="jpeg", quality=70
    )  # type: ignore[arg-type]


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screens")
    folder.mkdir(parents=True, exist_ok=True)
    scheme = sys.argv[2] if len(sys.argv) > 2 else "light"
    with (
        tempfile.TemporaryDirectory() as temporary,
        serving(f"sqlite:///{temporary}/portal.sqlite3") as portal,
        browser() as running,
    ):
        take(running, portal, folder, scheme)


if __name__ == "__main__":
    main()
