"""The whole way of one proposal in a browser: on both engines, in both languages, at two widths, with scripts and without."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import TEXTS, Person, Way
from tests.browser.serving import Portal

# Every three of engine, width, language and scripts meet in each combination; all four would take twice as long.
WAYS = [
    (("sqlite", "postgresql")[((width == 1280) + (language == "en") + scripts) % 2], Way(width, language, scripts))
    for width in (390, 1280)
    for language in ("vi", "en")
    for scripts in (True, False)
]  # fmt: skip
MODERATOR = "lan@example.org"


@pytest.fixture
def someone(chrome: Browser, served: Portal, way: Way) -> Iterator[Callable[[], Person]]:
    people: list[Person] = []

    def new() -> Person:
        people.append(Person(chrome, served, way))
        return people[-1]

    yield new
    for person in people:
        person.close()


@pytest.mark.parametrize(("engine_name", "way"), WAYS, ids=str, indirect=["engine_name"])
def test_the_whole_way_of_a_proposal(someone: Callable[[], Person], served: Portal) -> None:
    address = f"tac-gia-{uuid4().hex[:8]}@example.org"
    title = f"{TEXTS['title']} {uuid4().hex[:6]}"
    author = someone().sign_in(address)
    path = _submit(author, title)
    _is_hidden_from_others(served, path)

    moderator = someone().sign_in(MODERATOR)
    _return_it(moderator, path)
    _revise_it(author, served, path, address)
    _publish_it(moderator, path)
    _vote_on_it(someone().sign_in(f"cu-tri-{uuid4().hex[:8]}@example.org"), served, path)
    reader = someone()
    reader.open("/proposals?sort=newest")
    expect(reader.page.locator(".proposal h3").first).to_have_text(f"{title}!")


def _submit(author: Person, title: str) -> str:
    """Write, be corrected, preview, save a draft, submit; returns the proposal's path."""
    page = author.open("/proposals/new")
    page.fill("#field-title", title)
    page.click("button[value=submit]")
    expect(page.locator("[role=alert] a")).to_have_count(6)
    expect(page.locator("#field-title")).to_have_value(title)
    author.fill_proposal(title=title)
    page.check("input[name=pillar][value=urbanisation]")
    page.check("input[name=goals][value=green]")
    page.click(".form-actions button[value=preview]")
    expect(page.locator(".preview strong")).to_have_text("đứng chờ")
    page.click("main form.form button[value=save]")
    expect(page.locator(".status-draft")).to_have_count(1)
    path = page.url.removeprefix(author.portal.url)
    page.click("form[action$='/submit'] button")
    expect(page.locator(".status-submitted")).to_have_count(1)
    return path


def _is_hidden_from_others(served: Portal, path: str) -> None:
    assert httpx.get(served.url + path).status_code == 404
    number = path.split("/")[2].split("-", maxsplit=1)[0]
    assert httpx.get(f"{served.url}/api/v1/proposals/{number}").status_code == 404


def _number(path: str) -> str:
    return path.split("/")[2].split("-", maxsplit=1)[0]


def _return_it(moderator: Person, path: str) -> None:
    page = moderator.open("/moderation")
    page.goto(f"{moderator.portal.url}/moderation/{_number(path)}")
    page.click("button[value=return]")
    expect(page.locator("#error-reason_code")).to_have_count(1)
    page.select_option("#field-reason_code", "incomplete")
    page.fill("#field-note", "Xin nêu rõ các bến xe.")
    page.click("button[value=return]")
    expect(page).to_have_url(f"{moderator.portal.url}/moderation")


def _revise_it(author: Person, served: Portal, path: str, address: str) -> None:
    page = author.open("/dev/mailbox")
    page.locator(".mailbox li", has_text=address).first.locator("a").click()
    expect(page.locator(".mail-text")).to_contain_text("Xin nêu rõ các bến xe.")
    page.goto(f"{served.url}/proposals/{_number(path)}/edit")
    page.fill("#field-title", page.input_value("#field-title") + "!")
    page.click("main form.form button[value=submit]")
    expect(page.locator(".status-submitted")).to_have_count(1)


def _publish_it(moderator: Person, path: str) -> None:
    page = moderator.open(f"/moderation/{_number(path)}")
    page.click("button[value=publish]")
    page.goto(f"{moderator.portal.url}/proposals/{_number(path)}")
    expect(page.locator(".status-published")).to_have_count(1)


def _vote_on_it(voter: Person, served: Portal, path: str) -> None:
    page = voter.open(f"/proposals/{_number(path)}")
    for value, count in (("support", 1), ("", 0), ("support", 1)):
        page.click(f"button[name=value][value='{value}']")
        expect(page.locator(".vote .tally b").first).to_have_text(str(count))
        answer = httpx.get(f"{served.url}/api/v1/proposals/{_number(path)}").json()
        assert answer["support_count"] == count


@pytest.mark.parametrize(
    "way", [Way(390, "vi", scripts=False), Way(1280, "en", scripts=True)], ids=str
)
def test_a_text_survives_the_end_of_the_session(someone: Callable[[], Person]) -> None:
    address = f"nguoi-viet-{uuid4().hex[:8]}@example.org"
    author = someone().sign_in(address)
    page = author.open("/proposals/new")
    author.fill_proposal()
    author.context.clear_cookies()
    page.click("button[value=save]")
    author.give_code(address)
    for name, text in TEXTS.items():
        expect(page.locator(f"#field-{name}")).to_have_value(text)
    page.click("main form.form button[value=save]")
    expect(page.locator(".status-draft")).to_have_count(1)


@pytest.mark.parametrize("way", [Way(390, "vi", scripts=True)], ids=str)
def test_a_text_survives_the_mailed_link_in_the_same_tab(someone: Callable[[], Person]) -> None:
    address = f"nguoi-viet-{uuid4().hex[:8]}@example.org"
    author = someone().sign_in(address)
    page = author.open("/proposals/new")
    author.fill_proposal()
    author.context.clear_cookies()
    page.click("main form.form .form-actions button[value=save]")
    page.fill("#field-email", address)
    page.click("main form button")
    page.wait_for_selector("#field-code")
    page.goto(author.portal.link_for(address))
    page.click("main form[action='/sign-in/link'] button")
    for name, text in TEXTS.items():
        expect(page.locator(f"#field-{name}")).to_have_value(text)
