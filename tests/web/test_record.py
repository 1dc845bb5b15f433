"""The public moderation record as a page: figures, pictures, pages of decisions, where it is linked."""

import re

import pytest
from lxml import etree

from app.models import Account, Outcome, QueueKind, Ruling
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database

PAGE = "/moderation-record"


def test_it_is_empty_at_first_and_linked_from_every_page(browser: Browser) -> None:
    page = browser.get(f"{PAGE}?lang=en").text
    assert "No decision yet" in page
    assert '<img src="/moderation-record' not in page
    for path in ("/", "/policy"):
        assert f'href="{PAGE}"' in browser.get(path).text
    assert "Allow: /moderation-record" in browser.get("/robots.txt").text


def test_a_decision_stands_there_at_once(browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "submitted", title="Cái ao kín")
    browser.as_(lan).submit(f"/proposals/{made.id}/decision", decision="reject", reason_code="spam", note="Vì thế")  # fmt: skip
    (ruling,) = db.all(Ruling)
    page = browser.get(f"{PAGE}?lang=en").text
    row = re.search(rf'<tr id="decision-{ruling.id}">(.*?)</tr>', page, re.S)
    assert row is not None
    assert re.findall(r">([^<>]+)<", row[1])[1:] == ["New proposal", "rejected", "Spam"]
    assert 'href="/policy#spam"' in row[1]
    for secret in ("Cái ao kín", "Vì thế", "Lan", "Hà"):
        assert secret not in page


def test_what_is_counted_can_be_counted_again(browser: Browser, client: Client, make: Make, ha: Account, minh: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    """What followed from another decision is marked, so that the rows of a month add up to its figure."""
    made = make.proposal(ha, "published")
    make.report(minh, made)
    hiding = {"decision": "hide", "reason_code": "off-topic"}
    client.as_(lan).post(f"/api/v1/proposals/{made.id}/decision", json=hiding)
    make.appeal(ha)
    item = client.as_(quan).get("/api/v1/moderation/queue?kind=appeal").json()["items"][0]["id"]
    client.as_(quan).post(f"/api/v1/moderation/queue/{item}/decision", json={"outcome": "uphold"})
    (month,) = client.get("/api/v1/moderation/record/monthly").json()["items"]
    rows = client.get("/api/v1/moderation/record").json()["items"]
    assert (len(rows), month["decisions"]) == (5, 3)
    assert sum(not row["is_consequence"] for row in rows) == 3
    assert browser.get("/moderation-record").text.count("(phát sinh từ một quyết định khác)") == 2
    lines = browser.get(f"/moderation-record.csv?month={month['month']}").text.split()
    assert sum(line.endswith(",1") for line in lines) == 3


def test_pages_follow_each_other_and_keep_the_filters(browser: Browser, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("app.web.record.PAGE", 2)
    with db.session() as session:
        session.add_all([Ruling(kind=QueueKind.COMMENT, subject_id=0, outcome=outcome) for outcome in [Outcome.HIDE, Outcome.PUBLISH] * 5])  # fmt: skip
    wanted = [row.id for row in db.all(Ruling) if row.outcome is Outcome.HIDE][::-1]
    seen: list[int] = []
    address: str | None = f"{PAGE}?outcome=hide"
    while address:
        page = browser.get(address).text
        seen += [int(number) for number in re.findall(r'id="decision-(\d+)"', page)]
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else None
    assert seen == wanted


@pytest.mark.parametrize("figure", ["decisions", "median"])
def test_the_pictures(browser: Browser, db: Database, figure: str) -> None:
    assert browser.get(f"{PAGE}/{figure}.svg").status_code == 200  # Nothing to draw yet.
    with db.session() as session:
        session.add_all([Ruling(kind=QueueKind.APPEAL, subject_id=0, outcome=Outcome.UPHOLD)] * 3)
    answer = browser.get(f"{PAGE}/{figure}.svg?lang=en")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    title = etree.fromstring(answer.content).findtext("{*}title")
    assert title == {"decisions": "Decisions, Appeals upheld", "median": "Median hours to a decision"}[figure]  # fmt: skip
    assert b"<script" not in answer.content
    again = browser.get(f"{PAGE}/{figure}.svg?lang=en", headers={"If-None-Match": answer.headers["etag"]})  # fmt: skip
    assert (again.status_code, again.content) == (304, b"")
    assert browser.get(f"{PAGE}/{figure}.svg?narrow=1").content != answer.content


def test_there_are_no_other_pictures(browser: Browser) -> None:
    assert browser.get(f"{PAGE}/x.svg").status_code == 404
