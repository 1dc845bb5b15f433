"""A proposal is handed in, published and supported with the keyboard alone, and it is always to be seen where one is."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine, text

from tests.browser.people import TEXTS, Person, Way
from tests.browser.serving import Portal

MOST_STOPS = 120
# Where the focus is: an outline of two pixels at least around something in sight, which nothing covers.
FOCUS = """() => {
    const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
    const [x, y] = [box.x + Math.min(box.width / 2, 40), box.y + Math.min(box.height / 2, 12)];
    const top = document.elementFromPoint(x, y);
    const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const isOnTop = top !== null && (one.contains(top) || top.contains(one) || top.closest("label")?.contains(one));
    return one.matches(":focus-visible") && isOutlined && isOnTop ? "" : `${one.outerHTML.slice(0, 200)} ${style.outline} ${top?.outerHTML.slice(0, 80)}`;
}"""


@pytest.fixture
def at_keyboard(chrome: Browser, served: Portal) -> Iterator[Callable[[str], Person]]:
    people: list[Person] = []

    def new(email: str) -> Person:
        people.append(Person(chrome, served, Way(1280, "vi", scripts=True)).sign_in(email))
        return people[-1]

    yield new
    for person in people:
        person.close()


def _go_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab until the focus is there; at each stop on the way it can be seen."""
    for _stop in range(MOST_STOPS):
        page.keyboard.press(key)
        assert page.evaluate(FOCUS) == "", page.url
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} was not reached by {key} on {page.url}")


def _row(portal: Portal, query: str, **values: Any) -> Any:
    """The one row of a query in the portal's database."""
    engine = create_engine(portal.environment["PORTAL_DATABASE_URL"])
    with engine.connect() as connection:
        row = connection.execute(text(query), values).one()
    engine.dispose()
    return row


def _hand_in(person: Person, title: str) -> int:
    page = person.open("/")
    _go_to(page, "main a[href='/proposals/new'], .hero a[href='/proposals/new']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#field-title")
    for name in ("title", "summary", "problem", "solution", "expected_impact", "resources_needed"):
        _go_to(page, f"#field-{name}")
        page.keyboard.type(title if name == "title" else TEXTS[name][:24])
    _go_to(page, "input[name=pillar]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    _go_to(page, "input[name=goals]")
    page.keyboard.press("Space")
    _go_to(page, ".ward-filter input")
    page.keyboard.type("long bien")
    _go_to(page, "input[name=wards]")
    page.keyboard.press("Space")
    _go_to(page, "button[value=save]")
    _go_to(page, "button[value=submit]", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".status-submitted")).to_have_count(1)
    return int(page.url.split("/proposals/")[1].split("-")[0])


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_from_the_front_page_to_support_by_keyboard(at_keyboard: Callable[[str], Person], served: Portal) -> None:  # fmt: skip
    mark = uuid4().hex[:8]
    title = f"{TEXTS['title']} {mark}"
    number = _hand_in(at_keyboard(f"ban-phim-{mark}@example.org"), title)
    query = "SELECT title, status, pillar_code, support_count FROM proposal WHERE id = :number"
    assert tuple(_row(served, query, number=number)) == (title, "submitted", "urbanisation", 0)

    page = at_keyboard("lan@example.org").open(f"/moderation/{number}")
    _go_to(page, "button[value=publish]")
    page.keyboard.press("Space")
    page.wait_for_url("**/moderation")
    assert _row(served, query, number=number).status == "published"

    voter = f"cu-tri-{mark}@example.org"
    page = at_keyboard(voter).open(f"/proposals/{number}")
    _go_to(page, "button[name=value][value=support]")
    page.keyboard.press("Enter")
    expect(page.locator(".vote .tally b").first).to_have_text("1")
    assert _row(served, query, number=number).support_count == 1
    voted = "SELECT COUNT(*) AS votes FROM vote WHERE proposal_id = :number"
    assert _row(served, voted, number=number).votes == 1
