"""Every page holds to WCAG 2.2 AA as far as axe can tell, fits 320 px, and works by keyboard."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, expect

from tests.browser.people import TEXTS, Person, Way
from tests.browser.serving import Portal

ANYONE = [
    "/",
    "/proposals?sort=most_supported&pillar=education",
    "/proposals?ward=00004&goal=modern&status=completed",
    "/proposals/1",
    "/proposals/25",
    "/proposals/25/revisions/2",
    "/proposals/15/comments",
    "/proposals/25/comments/8",
    "/proposals/10",
    "/proposals/33",
    "/answers",
    "/answers/waiting?department=so-xay-dung",
    "/answers/overdue",
    "/campaigns",
    "/campaigns/2",
    "/experts",
    "/experts?field=heritage&country=VN",
    "/experts/3",
    "/proposals?sort=best_assessed",
    "/proposals/25/assessment",
    "/assessments/map",
    "/about",
    "/policy",
    "/pictures",
    "/search?q=cây&pillar=urbanisation",
    "/search?q=khongcoginhuthe",
    "/styleguide",
    "/offline",
    "/moderation-record",
    "/moderation-record?month=2026-01&kind=appeal",
    "/privacy",
    "/open-data",
    "/open-data/problems",
    "/sign-in",
    "/dev/mailbox",
    "/nothing-here",
]
SIGNED_IN = [
    "/mine",
    "/proposals/49/files",
    "/proposals/49/co-authors",
    "/account",
    "/account/second-factor",
    "/account/identity",
    "/account/votes",
    "/account/follows",
    "/account/delete",
    "/account/decisions",
    "/proposals/2/report",
    "/experts/apply",
    "/proposals/25/comments?sort=helpful&stance=for",
    "/proposals/25/comments/7",
    "/proposals/25/comments/7/history",
    "/proposals/new",
]
STAFF = [
    "/moderation/dashboard",
    "/moderation/changes",
    "/moderation/45",
    "/moderation/48",
    "/people",
    "/people/4",
    "/moderation/reports/1",
    "/moderation/appeals/1",
    "/moderation/experts/invite",
    "/moderation/experts/1",
    "/moderation/experts",
    "/moderation/experts/9",
    "/moderation/comments/11",
    "/moderation/comments/12",
    "/moderation/assessments",
    "/moderation/assessments/1",
    "/moderation/assessments/32",
    "/moderation",
]
# An evaluator's own: what waits, a form, what has been given.
EVALUATOR = ["/assessments", "/assessments/9", "/assessments/1"]
ADMIN = ["/people/4", "/people/25", "/campaigns/2/edit", "/campaigns/2/rules", "/campaigns/new"]
OFFICER = [
    "/answers/desk",
    "/proposals/25",
    "/proposals/25/answers/new",
    "/milestones/5",
    "/proposals/9/milestones/new",
]
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Only what is wrong leaves the browser: to bring over all that is right takes longer than to look for it.
VIOLATIONS = "(options) => axe.run(options).then((results) => results.violations)"


# What an attribute says the element is described by, labelled by or leads to, and isn't there.
DANGLING = """() => [...document.querySelectorAll("[aria-describedby], [aria-labelledby], [for], a[href^='#']")].flatMap(
    (one) => ["aria-describedby", "aria-labelledby", "for", "href"]
        .flatMap((name) => (one.getAttribute(name) ?? "").split(" ").map((value) => name === "href" ? value.slice(1) : value))
        .filter((id) => id && !id.includes("/") && !document.getElementById(id)))"""
# Links of the header that cannot be pressed where they stand: out of sight or under something else.
COVERED = """() => [...document.querySelectorAll("header a, header button")].filter((one) => {
    const box = one.getBoundingClientRect();
    if (!one.checkVisibility() || !box.width) return false;
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return !one.contains(top);
}).map((one) => one.textContent.trim())"""


def _violations(person: Person) -> list[str]:
    # A click leads to a page that may not be there whole yet.
    person.page.wait_for_load_state()
    assert person.page.evaluate(DANGLING) == [], person.page.url
    assert person.page.evaluate(COVERED) == [], person.page.url
    person.page.evaluate(AXE_SCRIPT)
    return [
        f"{person.page.url}: {one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for one in person.page.evaluate(VIOLATIONS, OPTIONS)
        for node in one["nodes"][:3]
    ]


def _check(person: Person, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        person.open(path)
        found += _violations(person)
    return found


@pytest.fixture
def person(chrome: Browser, served: Portal, way: Way) -> Iterator[Person]:
    one = Person(chrome, served, way)
    yield one
    one.close()


# Pages are the same on both engines: one way on the second engine is enough.
WAYS = [
    ("sqlite", Way(390, "vi", scripts=True)),
    ("postgresql", Way(1280, "en", scripts=True, scheme="dark")),
]


@pytest.mark.parametrize(("engine_name", "way"), WAYS, ids=str, indirect=["engine_name"])
def test_axe_finds_nothing(person: Person) -> None:
    found = _check(person, ANYONE)
    person.open("/sign-in")
    person.come_by_code("moi@example.org")
    person.page.click("main form[action='/welcome'] button")  # The welcome with its error.
    found += _violations(person)
    person.sign_in("ha@example.org")
    found += _check(person, SIGNED_IN)
    person.page.click("button[value=submit]")  # The form with its errors.
    found += _violations(person)
    person.open("/proposals/25/comments").click("#write button")
    found += _violations(person)
    person.open("/experts/apply").click("main form.form button")
    found += _violations(person)
    person.context.clear_cookies()
    person.sign_in("yen@example.org")
    found += _check(person, EVALUATOR)
    person.open("/assessments/9").click("main form.verdict .form-actions button")
    person.page.wait_for_load_state()
    found += _violations(person)
    person.context.clear_cookies()
    person.sign_in("lan@example.org")
    found += _check(person, STAFF)
    person.page.locator(".queue h2 a").first.click()
    found += _violations(person)
    person.context.clear_cookies()
    person.sign_in("hanh@example.org")
    found += _check(person, OFFICER)
    person.page.click("main form.form button")  # With its errors.
    found += _violations(person)
    person.open("/proposals/25/answers/new").click("#write .button")
    found += _violations(person)
    person.context.clear_cookies()
    person.sign_in("admin@example.org")
    found += _check(person, ADMIN)
    assert found == []


@pytest.mark.parametrize(
    "way", [Way(320, "vi", scripts=False), Way(320, "en", scripts=False)], ids=str
)
def test_nothing_is_wider_than_a_small_phone(chrome: Browser, served: Portal, way: Way) -> None:
    person = Person(chrome, served, Way(way.width, way.language, scripts=True))
    wide = []
    for path in [*ANYONE, "/proposals?campaign=2"]:
        page = person.open(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > way.width:
            wide.append((path, width))
    person.close()
    assert wide == []


@pytest.mark.parametrize("way", [Way(1280, "vi", scripts=True)], ids=str)
def test_the_first_tab_skips_to_the_content(person: Person) -> None:
    page = person.open("/proposals")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("way", [Way(1280, "vi", scripts=True), Way(390, "en", scripts=False)], ids=str)  # fmt: skip
def test_enter_in_a_field_of_the_form_sends_nothing_off(person: Person) -> None:
    person.sign_in("ha@example.org")
    page = person.open("/proposals/new")
    person.fill_proposal()
    page.check("input[name=pillar][value=education]")
    page.press("#field-title", "Enter")
    expect(page.locator(".preview")).to_have_count(1)
    expect(page.locator("#field-title")).to_have_value(TEXTS["title"])


@pytest.mark.parametrize("way", [Way(1280, "vi", scripts=True)], ids=str)
def test_enter_in_the_filter_of_wards_does_not_send_the_form(person: Person) -> None:
    person.sign_in("ha@example.org")
    page = person.open("/proposals/new")
    page.fill(".ward-filter input", "long bien")
    page.press(".ward-filter input", "Enter")
    expect(page).to_have_url(f"{person.portal.url}/proposals/new")
    expect(page.locator(".options .option:visible", has_text="Phường Long Biên")).to_have_count(1)
