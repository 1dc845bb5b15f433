"""Moderation as a program: the queue, decisions with their reasons, the city's word, and who may."""

from collections.abc import Callable
from typing import Any

import pytest

from app.models import Account, Email, Event, News, Proposal, Status
from tests.builders import Make
from tests.clients import Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

QUEUE = "/api/v1/moderation/queue"
Build = Callable[..., Proposal]
WITH_REASON = {"reason_code": "incomplete", "note": "Thiếu bản vẽ."}


def path(proposal: Proposal, action: str = "/decision") -> str:
    return f"/api/v1/proposals/{proposal.id}{action}"


@pytest.fixture
def waiting(a_proposal: Build, ha: Account) -> Proposal:
    return a_proposal(ha, "submitted", title="Ao & cầu")


def test_the_queue(client: Client, a_proposal: Build, ha: Account, minh: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    for status in ("draft", "published", "returned", "rejected", "withdrawn"):
        a_proposal(ha, status)
    first, second = a_proposal(ha, "submitted"), a_proposal(minh, "submitted")
    for staff in (lan, quan):
        items = client.as_(staff).get(QUEUE).json()["items"]
        assert [(item["kind"], item["subject_id"]) for item in items] == [("proposal", first.id), ("proposal", second.id)]  # fmt: skip
        assert items[0]["since"] <= items[1]["since"]
        assert items[0]["outcomes"] == ["publish", "return", "reject"]


def test_the_queue_is_for_staff(client: Client, ha: Account, minh: Account) -> None:
    assert_problem(client.get(QUEUE), 401, "sign_in.required")
    for member in (ha, minh):
        assert_problem(client.as_(member).get(QUEUE), 403, "permission.denied")


@pytest.mark.parametrize(
    ("decision", "status"), [("publish", "published"), ("return", "returned"), ("reject", "rejected")]
)  # fmt: skip
def test_a_decision_moves_records_and_tells(
    client: Client, db: Database, waiting: Proposal, ha: Account, lan: Account, decision: str, status: str
) -> None:  # fmt: skip
    answer = client.as_(lan).post(path(waiting), json={"decision": decision, **WITH_REASON})
    assert answer.status_code == 200
    assert answer.json()["status"] == status
    made = db.get(Proposal, waiting.id)
    assert (made.status, made.published_at is not None) == (status, status == "published")
    event = db.all(Event)[-1]
    assert (event.actor_id, event.from_status, event.to_status) == (lan.id, "submitted", status)
    assert (event.reason_code, event.note) == ("incomplete", "Thiếu bản vẽ.")
    (email,) = db.all(Email)
    assert (email.recipient, email.name) == ("ha@example.org", f"proposal_{status}")
    for part in (email.text, email.html):
        assert "Thiếu bản vẽ." in part
        assert f"http://testserver/proposals/{waiting.id}" in part
    assert "Ao & cầu" in email.text
    assert "Ao &amp; cầu" in email.html


def test_publishing_needs_no_reason(client: Client, waiting: Proposal, quan: Account) -> None:
    answer = client.as_(quan).post(path(waiting), json={"decision": "publish"})
    assert answer.json()["status"] == "published"


@pytest.mark.parametrize("decision", ["return", "reject"])
def test_a_reason_is_required(client: Client, db: Database, waiting: Proposal, lan: Account, decision: str) -> None:  # fmt: skip
    desk = client.as_(lan)
    before = db.counts()
    for wrong in ({}, {"note": "x"}, {"reason_code": None}, {"reason_code": ""}, {"reason_code": "x"}, {"reason_code": 1}):  # fmt: skip
        assert fields_of(desk.post(path(waiting), json={"decision": decision, **wrong})) == {"reason_code"}  # fmt: skip
    assert db.counts() == before
    assert db.get(Proposal, waiting.id).status is Status.SUBMITTED


def test_hiding_needs_a_reason_too(client: Client, a_proposal: Build, ha: Account, lan: Account) -> None:  # fmt: skip
    made = a_proposal(ha, "published")
    assert fields_of(client.as_(lan).post(path(made), json={"decision": "hide"})) == {"reason_code"}
    assert client.get(path(made, "")).status_code == 200


@pytest.mark.parametrize("body", [{}, {"decision": "approve"}, {"decision": None}, {"decision": ["publish"]}, {"decision": "PUBLISH"}])  # fmt: skip
def test_an_unknown_decision(client: Client, waiting: Proposal, lan: Account, body: Any) -> None:
    assert fields_of(client.as_(lan).post(path(waiting), json=body)) == {"decision"}


@pytest.mark.parametrize("decision", ["publish", "return", "reject", "hide", "restore"])
def test_who_may_decide(client: Client, db: Database, a_proposal: Build, ha: Account, minh: Account, lan: Account, quan: Account, outsider: Account, decision: str) -> None:  # fmt: skip
    body = {"decision": decision, **WITH_REASON}
    waiting, public = a_proposal(ha, "submitted"), a_proposal(ha, "published")
    own, draft = a_proposal(lan, "submitted"), a_proposal(ha)
    events = db.count(Event)
    assert_problem(client.post(path(waiting), json=body), 401, "sign_in.required")
    assert_problem(client.as_(ha).post(path(waiting), json=body), 403, "permission.denied")
    for member in (minh, outsider):
        assert_problem(client.as_(member).post(path(waiting), json=body), 404, "not_found")
        assert_problem(client.as_(member).post(path(public), json=body), 403, "permission.denied")
    assert_problem(client.as_(lan).post(path(own), json=body), 403, "permission.denied")
    assert_problem(client.as_(quan).post(path(draft), json=body), 404, "not_found")
    assert db.count(Event) == events


@pytest.mark.parametrize("decision", ["publish", "return", "reject"])
def test_a_second_decision_conflicts(client: Client, db: Database, waiting: Proposal, lan: Account, quan: Account, decision: str) -> None:  # fmt: skip
    client.as_(lan).post(path(waiting), json={"decision": "publish"})
    emails, events = db.count(Email), db.count(Event)
    again = client.as_(quan).post(path(waiting), json={"decision": decision, **WITH_REASON})
    assert_problem(again, 409, "decision.taken")
    assert "Lan đã" in again.json()["detail"]
    assert (db.count(Email), db.count(Event)) == (emails, events)


def test_a_text_that_has_changed_since(client: Client, waiting: Proposal, ha: Account, lan: Account) -> None:  # fmt: skip
    client.as_(ha).patch(path(waiting, ""), json={"title": "Đổi rồi"})
    stale = client.as_(lan).post(path(waiting), json={"decision": "publish", "revision": 1})
    assert_problem(stale, 409, "content.changed")
    fresh = client.as_(lan).post(path(waiting), json={"decision": "publish", "revision": 2})
    assert fresh.status_code == 200


def test_returned_revised_and_published(client: Client, db: Database, waiting: Proposal, ha: Account, lan: Account) -> None:  # fmt: skip
    client.as_(lan).post(path(waiting), json={"decision": "return", **WITH_REASON})
    client.as_(ha).patch(path(waiting, ""), json={"problem": "Đã bổ sung."})
    client.as_(ha).post(path(waiting, "/submit"))
    assert client.as_(lan).post(path(waiting), json={"decision": "publish"}).status_code == 200
    made = client.get(path(waiting, "")).json()
    assert (made["status"], made["revision"], made["problem"]) == ("published", 2, "Đã bổ sung.")
    assert [email.name for email in db.all(Email)] == ["proposal_returned", "proposal_published"]


@pytest.mark.parametrize("status", ["published", "under_consideration", "completed", "declined", "withdrawn", "merged"])  # fmt: skip
def test_hide_and_restore(client: Client, a_proposal: Build, db: Database, ha: Account, lan: Account, status: str) -> None:  # fmt: skip
    made = a_proposal(ha, status)
    emails = db.count(Email)
    hidden = client.as_(lan).post(path(made), json={"decision": "hide", **WITH_REASON})
    assert hidden.json()["status"] == "hidden"
    assert_problem(client.get(path(made, "")), 404)
    assert client.as_(ha).get(path(made, "")).json()["status"] == "hidden"
    assert_problem(client.as_(lan).post(path(made), json={"decision": "hide", **WITH_REASON}), 409, "decision.taken")  # fmt: skip
    restored = client.as_(lan).post(path(made), json={"decision": "restore"})
    assert restored.json()["status"] == status
    assert client.get(path(made, "")).json()["status"] == status
    assert_problem(client.as_(lan).post(path(made), json={"decision": "restore"}), 409, "decision.taken")  # fmt: skip
    names = [email.name for email in db.all(Email)[emails:]]
    assert names == ["proposal_hidden", "proposal_restored"]


def test_restoring_keeps_date_votes_and_place(client: Client, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    make.vote(minh, made)
    before = client.get(path(made, "")).json()
    make.move(made, "hidden")
    make.restore(made)
    after = client.get(path(made, "")).json()
    for name in ("published_at", "support_count", "revision", "status"):
        assert after[name] == before[name]


@pytest.mark.parametrize("action", ["/status", "/merge-suggestions", "/withdraw", "/submit"])
def test_nothing_but_restoring_brings_back_what_is_hidden(client: Client, make: Make, db: Database, ha: Account, lan: Account, action: str) -> None:  # fmt: skip
    made = make.move(make.proposal(ha, "merged" if action.startswith("/merge") else "under_consideration"), "hidden")  # fmt: skip
    other = make.proposal(ha, "published")
    body = {"/status": {"status": "under_consideration"}, "/merge-suggestions": {"into": other.id}}.get(action)  # fmt: skip
    actor = ha if body is None else lan
    answer = client.as_(actor).post(path(made, action), json=body)
    assert_problem(answer, 409)
    assert db.get(Proposal, made.id).status is Status.HIDDEN


def test_what_the_city_says(client: Client, a_proposal: Build, db: Database, ha: Account, lan: Account) -> None:  # fmt: skip
    made = a_proposal(ha, "published")
    for status in ("under_consideration", "accepted", "in_progress", "completed"):
        body = {"status": status, "note": f"Vì {status}."}
        assert client.as_(lan).post(path(made, "/status"), json=body).json()["status"] == status
        assert_problem(client.as_(lan).post(path(made, "/status"), json=body), 409, "transition.impossible")  # fmt: skip
    # Told in the mail of the day (tests/services/test_news.py), not one by one.
    assert [email.name for email in db.all(Email)] == ["proposal_published"]
    assert db.count(News) == 4
    notes = [step["note"] for step in client.get(path(made, "")).json()["history"]]
    assert notes[1:] == [f"Vì {s}." for s in ("under_consideration", "accepted", "in_progress", "completed")]  # fmt: skip


@pytest.mark.parametrize("status", ["published", "hidden", "withdrawn", "merged", "draft", None, 1])
def test_a_status_that_is_not_the_citys_to_set(client: Client, a_proposal: Build, ha: Account, lan: Account, status: Any) -> None:  # fmt: skip
    made = a_proposal(ha, "published")
    assert fields_of(client.as_(lan).post(path(made, "/status"), json={"status": status})) == {"status"}  # fmt: skip


def test_who_may_set_a_status(client: Client, make: Make, db: Database, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    made, own = make.proposal(ha, "published"), make.proposal(lan, "published")
    body, events = {"status": "declined"}, db.count(Event)
    assert_problem(client.post(path(made, "/status"), json=body), 401)
    for member in (ha, minh):
        assert_problem(client.as_(member).post(path(made, "/status"), json=body), 403)
    assert_problem(client.as_(lan).post(path(own, "/status"), json=body), 403)
    assert db.count(Event) == events
