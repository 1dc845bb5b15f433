"""The front page: what is open, new, rising and answered, figures that move, and the way in."""

import re
from datetime import timedelta

from app.database import now
from app.models import Account
from tests.builders import Make, content
from tests.clients import Browser


def test_an_empty_portal_asks_for_the_first_proposal(browser: Browser) -> None:
    page = browser.get("/?lang=en").text
    assert "No proposals yet" in page
    assert "What the city answers appears here." in page
    assert "this week" not in page


def test_open_campaigns_say_how_long(browser: Browser, make: Make) -> None:
    at = now()
    soon = make.campaign(slug="som", title={"vi": "Đợt sớm"}, submission_closes_at=at + timedelta(days=3), voting_closes_at=at + timedelta(days=3))  # fmt: skip
    later = make.campaign(slug="sau", title={"vi": "Đợt sau"}, submission_closes_at=at + timedelta(days=9), voting_closes_at=at + timedelta(days=9))  # fmt: skip
    over = make.closed_campaign(slug="xong", title={"vi": "Đợt xong"})
    page = browser.get("/").text
    assert page.index(soon.path) < page.index(later.path)
    assert "còn 3 ngày" in page
    assert over.path not in page


def test_figures_say_what_is_new(browser: Browser, make: Make, ha: Account, minh: Account) -> None:
    made = make.proposal(ha, "published")
    make.vote(minh, made)
    make.answered(make.proposal(ha, "published"))
    page = browser.get("/?lang=en").text
    figures = re.findall(r'<li><a href="[^"]*"><b>(\d+)</b> ([^<]*)</a>(?:<span class="growth">\+(\d+))?', page)  # fmt: skip
    assert [(number, new) for number, _, new in figures] == [("2", "2"), ("1", "1"), ("1", ""), ("1", "1")]  # fmt: skip


def test_answers_are_shown_until_their_proposal_is_hidden(browser: Browser, make: Make, ha: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published", title="Ao làng")
    answer = make.answered(made)
    link = f'href="{made.path}#answer-{answer.id}"'
    assert link in browser.get("/").text
    make.move(made, "hidden")
    page = browser.get("/").text
    assert link not in page
    assert "Ao làng" not in page


def test_nothing_stands_there_twice(browser: Browser, make: Make, ha: Account) -> None:
    made = [make.proposal(ha, "published") for _ in range(8)]
    page = browser.get("/").text
    counts = [page.count(f'<a href="{one.path}">') for one in made]
    assert sorted(counts) == [0, 0, 1, 1, 1, 1, 1, 1]


def test_three_clicks_from_the_front_page_to_a_submitted_proposal(browser: Browser, ha: Account) -> None:  # fmt: skip
    own = browser.as_(ha)
    hero = re.search(r'<p class="hero-actions">\s*<a class="button" href="([^"]+)"', own.get("/").text)  # fmt: skip
    assert hero is not None
    form = own.get(hero[1]).text  # The first click.
    assert re.search(r'<button[^>]* name="action" value="submit"', form)
    fields = {**content(), "action": "submit"}
    sent = own.submit(hero[1], **fields)  # The second.
    assert sent.status_code == 303
    page = own.get(sent.headers["location"]).text
    assert "status-submitted" in page


def test_the_front_page_is_light(browser: Browser, make: Make, ha: Account) -> None:
    for _ in range(8):
        make.answered(make.proposal(ha, "published", summary="Ý " * 130))
    assert len(browser.get("/").content) < 30_000
