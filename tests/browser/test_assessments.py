"""An assessment in a browser: staff ask three experts, one has a conflict of interest, two judge, and all can read it."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import Person, Way
from tests.browser.serving import Portal

CRITERIA = ("impact", "feasibility", "cost", "equity", "originality")
# Experts of the demo of whom the desk suggests the first and the others are asked too.
ASKED = {"minh": "GS. Trần Minh", "anna": "Dr Anna Nguyen (Singapore)", "mai": "ThS. Đặng Thanh Mai"}  # fmt: skip


def judge(page: Page, score: int, advice: str) -> None:
    for code in CRITERIA:
        page.check(f"input[name='score-{code}'][value='{score}']")
        page.fill(f"#field-words-{code}", f"{code}: {score}")
    page.check(f"input[name=recommendation][value={advice}]")
    page.click("form.verdict .form-actions button")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("way", [Way(390, "vi", scripts=False)], ids=str)
def test_a_round_with_a_recusal(chrome: Browser, served: Portal, way: Way) -> None:
    people = {key: Person(chrome, served, way) for key in ("lan", *ASKED)}
    desk = people["lan"].sign_in("lan@example.org").open("/proposals?pillar=education&status=published")  # fmt: skip
    desk.click(".proposal h3 a")
    title = desk.locator("h1").inner_text()
    path = re.sub(r"(/proposals/\d+).*", r"\1", desk.url.removeprefix(served.url))
    desk.click("aside a[href^='/moderation/assessments/']")
    for name in ASKED.values():
        desk.locator(".option", has_text=name).locator("input").check()
    desk.click("main form.form button")
    expect(desk.locator(".notice-success")).to_be_visible()

    for key in ASKED:
        page = people[key].sign_in(f"{key}@example.org").open("/assessments")
        page.get_by_role("link", name=title).click()
        expect(page.locator("#field-score-impact")).to_have_count(0)
        page.check(f"input[name=has_conflict][value={'yes' if key == 'anna' else 'no'}]")
        page.fill("#field-words", "Tôi cùng viết sáng kiến này." if key == "anna" else "")
        page.click("main form.form button")
    expect(people["anna"].page.locator("#field-score-impact")).to_have_count(0)
    desk.reload()
    expect(desk.locator(".status-returned")).to_have_count(1)
    expect(desk.locator("blockquote")).to_contain_text("Tôi cùng viết sáng kiến này.")

    judge(people["minh"].page, 4, "recommend")
    expect(people["minh"].page.locator(".voice")).to_have_count(1)
    desk.goto(f"{served.url}{path}/assessment")
    expect(desk.locator(".voice")).to_have_count(0)
    judge(people["mai"].page, 2, "against")
    expect(people["mai"].page.locator(".voice")).to_have_count(2)
    desk.reload()
    expect(desk.locator(".voice")).to_have_count(2)
    expect(desk.locator(".summed .tally b")).to_have_text("3")
    expect(desk.locator("main")).not_to_contain_text(ASKED["anna"])
    for person in people.values():
        person.close()
