"""Setup events: what staff change about campaigns, their rules and canned answers, and who reads of it."""

from typing import Any

import pytest

from app.models import Account, Campaign, CannedAnswer, SetupEvent
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database
from tests.problems import assert_problem

PATH = "/api/v1/moderation/setup-events"
PAGE = "/moderation/changes"
CANNED = "/api/v1/moderation/canned-answers"
WORDS = {"title": "Ao <b>", "texts": {"vi": "Lời."}, "reason_code": None}
RULES = {"comments_premoderated": True, "trusted_skip": False, "answer_threshold": 100, "answer_on_recommendation": False, "answer_days": 45, "rubric": None}  # fmt: skip


def read(client: Client, reader: Account) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.as_(reader).get(PATH).json()["items"]
    return found


def test_a_canned_answer_from_its_first_word_to_its_end(client: Client, browser: Browser, db: Database, lan: Account, quan: Account) -> None:  # fmt: skip
    made = client.as_(lan).post(CANNED, json=WORDS).json()
    at = f"{CANNED}/{made['id']}"
    for _ in range(2):  # The second time nothing changes.
        client.as_(quan).put(at, json={**WORDS, "texts": {"vi": "Lời khác."}})
    client.as_(lan).delete(at)
    steps = [(one["step"], one["by"]["name"]) for one in read(client, quan)]
    assert steps == [("discarded", "Lan"), ("changed", "Quân"), ("created", "Lan")]
    changed = read(client, quan)[1]
    assert (changed["matter"], changed["subject_id"], changed["title"]) == ("canned_answer", made["id"], "Ao <b>")  # fmt: skip
    assert changed["changes"] == {"texts": [{"vi": "Lời."}, {"vi": "Lời khác."}]}
    page = browser.as_(lan).get(PAGE).text
    assert all(part in page for part in ("Ao &lt;b&gt;", "Quân", "Tiếng Việt: Lời khác."))
    assert db.count(CannedAnswer) == 0


def test_how_a_campaign_is_run(client: Client, browser: Browser, standing: Campaign, lan: Account, quan: Account) -> None:  # fmt: skip
    at = f"/api/v1/campaigns/{standing.id}/rules"
    assert client.as_(quan).put(at, json=RULES).status_code == 200
    (event,) = read(client, lan)
    assert (event["matter"], event["step"], event["by"]["name"]) == ("campaign_rules", "changed", "Quân")  # fmt: skip
    assert event["changes"]["answer_threshold"] == [standing.answer_threshold, 100]
    assert "rubric" not in event["changes"]
    refused = client.as_(quan).put(at, json={**RULES, "answer_days": 0})
    assert (refused.status_code, len(read(client, lan))) == (422, 1)
    assert "Bình luận chờ người kiểm duyệt" in browser.as_(lan).get(PAGE).text
    assert "không → có" in browser.as_(lan).get(PAGE).text.replace("<del>", "").replace("</del>", "").replace("<ins>", "")  # fmt: skip


def test_a_campaign_itself(browser: Browser, client: Client, lan: Account, quan: Account) -> None:
    fields = {"title_vi": "Đợt <i>", "question_vi": "Gì?", "votes_need": "email", "voting_closes_at": "2030-01-31T18:00"}  # fmt: skip
    made = browser.as_(quan).submit("/campaigns/new", **fields)
    number = made.headers["location"].split("/")[2].split("-")[0]
    browser.as_(quan).submit(f"/campaigns/{number}/edit", **{**fields, "title_vi": "Đợt hai"})
    changed, created = read(client, lan)
    assert (created["step"], created["title"], created["subject_id"]) == ("created", "Đợt <i>", int(number))  # fmt: skip
    assert changed["changes"] == {"title": [{"vi": "Đợt <i>"}, {"vi": "Đợt hai"}]}
    page = browser.as_(lan).get(PAGE).text
    assert all(part in page for part in ("Đợt &lt;i&gt;", "Đợt hai", "31/01/2030"))


def test_the_events_stay_when_the_person_leaves(client: Client, db: Database, make: Make, lan: Account) -> None:  # fmt: skip
    desk = make.desk()
    assert client.as_(lan).post(CANNED, json=WORDS).status_code == 201
    with db.session() as session:
        session.delete(session.get_one(Account, lan.id))
    (event,) = read(client, desk)
    assert (event["by"], event["title"], db.count(SetupEvent)) == (None, "Ao <b>", 1)


def test_page_by_page(client: Client, browser: Browser, make: Make, lan: Account, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    for number in range(3):
        make.canned(f"Mẫu {number}")
    first = client.as_(lan).get(f"{PATH}?limit=2").json()
    second = client.as_(lan).get(f"{PATH}?limit=2&cursor={first['next_cursor']}").json()
    assert [one["title"] for one in first["items"] + second["items"]] == ["Mẫu 2", "Mẫu 1", "Mẫu 0"]
    assert second["next_cursor"] is None
    assert_problem(client.as_(lan).get(f"{PATH}?cursor=x"), 422)
    assert_problem(client.as_(ha).get(PATH), 403, "permission.denied")
    monkeypatch.setattr("app.web.setup_events.PAGE", 2)
    page = browser.as_(lan).get(PAGE).text
    assert ("Mẫu 1" in page, "Mẫu 0" in page, "cursor=" in page) == (True, False, True)
    assert browser.as_(lan).get(f"{PAGE}?cursor=x").status_code == 404
