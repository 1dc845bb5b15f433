"""The queue as a program: its order and filters, claims, decisions one by one and many at once, canned answers."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.database import now
from app.models import (
    Account,
    CannedAnswer,
    Comment,
    Email,
    Outcome,
    Proposal,
    QueueEvent,
    QueueItem,
    QueueKind,
    ReportCase,
    Ruling,
    Signal,
    Status,
    Step,
)
from app.services import queue
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

QUEUE = "/api/v1/moderation/queue"
MANY = "/api/v1/moderation/decisions"
CANNED = "/api/v1/moderation/canned-answers"
Build = Callable[..., Proposal]


def item_of(db: Database, made: Proposal) -> QueueItem:
    (item,) = db.all(QueueItem, QueueItem.kind == QueueKind.PROPOSAL, QueueItem.subject_id == made.id)  # fmt: skip
    return item


def change(db: Database, item: QueueItem, **values: object) -> None:
    with db.session() as session:
        row = session.get_one(QueueItem, item.id)
        for name, value in values.items():
            setattr(row, name, value)


@pytest.fixture
def item(db: Database, make: Make, ha: Account) -> QueueItem:
    return item_of(db, make.proposal(ha, "submitted"))


def steps(db: Database, item: QueueItem) -> list[tuple[Step, int | None]]:
    return [(one.step, one.actor_id) for one in db.all(QueueEvent, QueueEvent.item_id == item.id)]


def test_all_kinds_stand_in_one_order(client: Client, db: Database, make: Make, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    proposal, application, raised = make.proposal(ha, "submitted"), make.application(ha), make.proposal(minh, "submitted")  # fmt: skip
    change(db, item_of(db, raised), rank=0)
    items = client.as_(lan).get(QUEUE).json()["items"]
    assert [(one["kind"], one["subject_id"]) for one in items] == [("proposal", raised.id), ("proposal", proposal.id), ("application", application.id)]  # fmt: skip
    assert [one["is_raised"] for one in items] == [True, False, False]
    assert (items[2]["title"], items[2]["outcomes"]) == ("Hà", ["approve", "refuse"])
    assert items[1]["author"] == {"id": ha.id, "name": "Hà"}


def test_the_filters(client: Client, db: Database, make: Make, ha: Account, lan: Account) -> None:
    made = make.proposal(ha, "submitted", pillar="songs", wards=["west"], language="en")
    make.proposal(ha, "submitted")
    make.application(ha)
    change(db, item_of(db, made), since=now() - timedelta(days=4))
    with db.session() as session:
        queue.mark(session, item_of(db, made).id, {Signal.LINKS: {"count": 2}})
    for query in ("pillar=songs", "ward=west", "language=en", "signal=links", "age=overdue", "age=day"):  # fmt: skip
        (one,) = client.as_(lan).get(f"{QUEUE}?{query}").json()["items"]
        assert (one["subject_id"], one["is_overdue"]) == (made.id, True), query
        assert one["signals"] == [{"code": "links", "detail": {"count": 2}}]
    assert len(client.as_(lan).get(f"{QUEUE}?kind=proposal").json()["items"]) == 2
    assert client.as_(lan).get(f"{QUEUE}?age=week").json()["items"] == []
    for query, field in (("kind=x", "kind"), ("pillar=x", "pillar"), ("ward=x", "ward"), ("language=x", "language"), ("signal=x", "signal"), ("age=x", "age"), ("colour=x", "colour")):  # fmt: skip
        assert fields_of(client.as_(lan).get(f"{QUEUE}?{query}")) == {field}


@pytest.mark.parametrize("rare", [0, 500])
def test_a_signal_finds_the_same_whether_rare_or_frequent(rare: int, monkeypatch: pytest.MonkeyPatch, client: Client, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    monkeypatch.setattr(queue, "_RARE", rare)
    found = [item_of(db, make.proposal(ha, "submitted")) for _ in range(3)]
    with db.session() as session:
        for item in found[1:]:
            queue.mark(session, item.id, {Signal.LINKS: {"count": 1}})
    page = client.as_(lan).get(f"{QUEUE}?signal=links&kind=proposal").json()
    assert [one["id"] for one in page["items"]] == [item.id for item in found[1:]]
    assert client.as_(lan).get(f"{QUEUE}?signal=citizen_number").json()["items"] == []


@pytest.mark.parametrize("action", ["withdraw", "publish", "delete"])
def test_what_is_over_waits_no_more(db: Database, client: Client, make: Make, ha: Account, lan: Account, action: str) -> None:  # fmt: skip
    made = make.proposal(ha, "submitted")
    item = item_of(db, made)
    if action == "withdraw":
        client.as_(ha).post(f"/api/v1/proposals/{made.id}/withdraw")
        assert steps(db, item) == [(Step.ENTERED, ha.id), (Step.LEFT, ha.id)]
    elif action == "publish":
        client.as_(lan).post(f"/api/v1/proposals/{made.id}/decision", json={"decision": "publish"})
        assert steps(db, item) == [(Step.ENTERED, ha.id), (Step.DECIDED, lan.id)]
    else:
        with db.session() as session:
            session.delete(session.get_one(Proposal, made.id))
    assert db.count(QueueItem) == 0


def test_a_claim_is_renewed_given_back_and_lapses(client: Client, db: Database, item: QueueItem, lan: Account, quan: Account) -> None:  # fmt: skip
    path = f"{QUEUE}/{item.id}/claim"
    taken = client.as_(lan).put(path).json()
    assert taken["claimed_by"] == {"id": lan.id, "name": "Lan"}
    first = db.get(QueueItem, item.id).claimed_until
    assert first is not None
    assert timedelta(minutes=14) < first - now() <= timedelta(minutes=15)
    assert client.as_(lan).put(path).status_code == 200
    assert db.get(QueueItem, item.id).claimed_until >= first  # type: ignore[operator]
    assert_problem(client.as_(quan).put(path), 409, "claim.taken")
    assert_problem(client.as_(quan).delete(path), 409, "claim.not_yours")
    assert client.as_(lan).delete(path).status_code == 204
    assert_problem(client.as_(lan).delete(path), 409, "claim.not_yours")
    assert client.as_(quan).put(path).status_code == 200
    change(db, item, claimed_until=now() - timedelta(seconds=1))
    assert client.as_(lan).get(f"{QUEUE}/{item.id}").json()["claimed_by"] is None
    assert client.as_(lan).put(path).status_code == 200
    assert [step for step, _ in steps(db, item)] == ["entered", "claimed", "released", "claimed", "claimed"]  # fmt: skip


def test_nobody_claims_their_own(client: Client, db: Database, make: Make, lan: Account) -> None:
    item = item_of(db, make.proposal(lan, "submitted"))
    assert_problem(client.as_(lan).put(f"{QUEUE}/{item.id}/claim"), 403, "permission.denied")
    assert client.as_(lan).post(f"{QUEUE}/next", json={}).json()["items"] == []
    answer = client.as_(lan).post(f"{QUEUE}/{item.id}/decision", json={"outcome": "publish"})
    assert_problem(answer, 403, "permission.denied")


def test_the_next_is_the_oldest_that_is_free(client: Client, db: Database, make: Make, ha: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    made = [make.proposal(ha, "submitted") for _ in range(2)]
    seen = [
        client.as_(who).post(f"{QUEUE}/next", json={"kind": "proposal"}).json()["items"]
        for who in (lan, quan, lan)
    ]
    # One's own claim is taken up already.
    assert [[one["subject_id"] for one in items] for items in seen] == [[made[0].id], [made[1].id], []]  # fmt: skip
    assert client.as_(lan).post(f"{QUEUE}/next", json={"kind": "application"}).json()["items"] == []


@pytest.mark.parametrize("door", ["queue", "proposal", "many"])
def test_what_another_has_taken_up_is_not_decided(client: Client, db: Database, item: QueueItem, lan: Account, quan: Account, door: str) -> None:  # fmt: skip
    client.as_(lan).put(f"{QUEUE}/{item.id}/claim")
    if door == "queue":
        answer = client.as_(quan).post(f"{QUEUE}/{item.id}/decision", json={"outcome": "publish"})
        assert_problem(answer, 409, "claim.taken")
    elif door == "proposal":
        answer = client.as_(quan).post(f"/api/v1/proposals/{item.subject_id}/decision", json={"decision": "publish"})  # fmt: skip
        assert_problem(answer, 409, "claim.taken")
    else:
        (one,) = client.as_(quan).post(MANY, json={"items": [item.id], "outcome": "publish"}).json()["items"]  # fmt: skip
        assert (one["decided"], one["problem"]["status"]) == (False, 409)
    assert db.get(Proposal, item.subject_id).status is Status.SUBMITTED
    assert (db.count(Ruling), db.count(Email)) == (0, 0)


def test_a_decision_is_kept(client: Client, db: Database, item: QueueItem, ha: Account, lan: Account) -> None:  # fmt: skip
    answer = client.as_(lan).post(f"{QUEUE}/{item.id}/decision", json={"outcome": "return", "reason_code": "incomplete", "note": "Thiếu bản vẽ.", "revision": 1})  # fmt: skip
    assert (answer.status_code, answer.json()["outcome"]) == (200, "return")
    (ruling,) = db.all(Ruling)
    assert (ruling.kind, ruling.subject_id, ruling.item_id, ruling.actor_id, ruling.account_id) == ("proposal", item.subject_id, item.id, lan.id, ha.id)  # fmt: skip
    assert (ruling.outcome, ruling.reason_code, ruling.note, ruling.waited_since) == ("return", "incomplete", "Thiếu bản vẽ.", item.since)  # fmt: skip
    assert db.get(Proposal, item.subject_id).status is Status.RETURNED


def test_a_decision_that_comes_too_late_shows_the_other(client: Client, item: QueueItem, lan: Account, quan: Account) -> None:  # fmt: skip
    path = f"{QUEUE}/{item.id}/decision"
    client.as_(lan).post(path, json={"outcome": "return", "reason_code": "incomplete", "note": "Bổ sung nhé."})  # fmt: skip
    for answer in (client.as_(quan).post(path, json={"outcome": "publish"}), client.as_(quan).get(f"{QUEUE}/{item.id}"), client.as_(lan).put(f"{QUEUE}/{item.id}/claim")):  # fmt: skip
        assert_problem(answer, 409, "decision.taken")
        assert all(part in answer.json()["detail"] for part in ("Lan", "trả lại", "Bổ sung nhé."))
    assert_problem(client.as_(quan).get(f"{QUEUE}/999999"), 404)


def test_a_decision_that_does_not_fit(client: Client, db: Database, item: QueueItem, lan: Account) -> None:  # fmt: skip
    path = f"{QUEUE}/{item.id}/decision"
    for body, field in (({"outcome": "approve"}, "outcome"), ({"outcome": "hide"}, "outcome"), ({"outcome": "x"}, "outcome"), ({"outcome": "reject"}, "reason_code"), ({"outcome": "publish", "canned": 99}, "canned")):  # fmt: skip
        assert fields_of(client.as_(lan).post(path, json=body)) == {field}
    stale = client.as_(lan).post(path, json={"outcome": "publish", "revision": 9})
    assert_problem(stale, 409, "content.changed")
    assert db.count(Ruling) == 0


def test_many_are_decided_singly(client: Client, db: Database, make: Make, ha: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    made = [make.proposal(ha, "submitted") for _ in range(4)]
    own = item_of(db, make.proposal(lan, "submitted"))
    items = [item_of(db, one).id for one in made]
    client.as_(quan).put(f"{QUEUE}/{items[1]}/claim")
    client.as_(quan).post(f"{QUEUE}/{items[2]}/decision", json={"outcome": "publish"})
    body = {"items": [*items, own.id, 999_999], "outcome": "reject", "reason_code": "off-topic", "note": "Rác."}  # fmt: skip
    results = client.as_(lan).post(MANY, json=body).json()["items"]
    kinds = [one["problem"]["type"].split("#")[1] if one["problem"] else None for one in results]
    assert kinds == [None, "claim.taken", "decision.taken", None, "permission.denied", "not_found"]
    assert [one["decided"] for one in results] == [True, False, False, True, False, False]
    rulings = db.all(Ruling, Ruling.outcome == Outcome.REJECT)
    assert [(one.item_id, one.actor_id, one.reason_code) for one in rulings] == [(items[0], lan.id, "off-topic"), (items[3], lan.id, "off-topic")]  # fmt: skip
    assert db.count(Email, Email.name == "proposal_rejected") == 2


def test_what_only_some_of_many_need_refuses_those_alone(client: Client, db: Database, make: Make, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    """An appeal is dismissed with words, reports without: nothing may be decided behind a refusal of the whole."""
    case = make.report(minh, make.proposal(ha, "published"))
    make.proposal(ha, "rejected")
    make.appeal(ha)
    items = {one.kind: one.id for one in db.all(QueueItem)}
    both = [items[QueueKind.REPORT], items[QueueKind.APPEAL]]
    for order, decided in ((both[::-1], None), (both, [True, False])):
        answer = client.as_(lan).post(MANY, json={"items": order, "outcome": "dismiss"})
        if decided is None:
            assert (answer.status_code, db.count(Ruling, Ruling.kind == QueueKind.REPORT)) == (422, 0)  # fmt: skip
        else:
            results = answer.json()["items"]
            assert ([one["decided"] for one in results], results[1]["problem"]["type"].split("#")[1]) == (decided, "decision.unfit")  # fmt: skip
    assert db.get(ReportCase, case.id).closed_at is not None
    assert db.count(QueueItem, QueueItem.kind == QueueKind.APPEAL) == 1


@pytest.mark.parametrize("kind", ["proposal", "edit", "comment", "report"])
def test_what_has_changed_since_it_was_read_is_left(client: Client, browser: Browser, db: Database, make: Make, ha: Account, minh: Account, lan: Account, kind: str) -> None:  # fmt: skip
    made = make.proposal(ha, "submitted" if kind == "proposal" else "published")
    path = f"/api/v1/proposals/{made.id}"
    if kind == "edit":
        client.as_(ha).patch(path, json={"title": "Ao lần đầu"})
    elif kind == "comment":
        path = f"/api/v1/comments/{make.comment(ha, made).id}"
    elif kind == "report":
        make.report(minh, make.comment(ha, made))
        path = f"/api/v1/comments/{db.all(Comment)[-1].id}"
    (read,) = client.as_(lan).get(f"{QUEUE}?kind={kind}").json()["items"]
    page = browser.as_(lan).get(f"/moderation?kind={kind}").text
    assert f'name="revision-{read["id"]}" value="{read["revision"]}"' in page
    change = {"text": "Lời khác hẳn."} if kind in {"comment", "report"} else {"title": "Ao khác hẳn"}  # fmt: skip
    assert client.as_(ha).patch(path, json=change).status_code == 200
    outcome = {"proposal": "publish", "edit": "accept", "comment": "keep", "report": "dismiss"}[kind]  # fmt: skip
    body = {"items": [read["id"]], "outcome": outcome, "revisions": {read["id"]: read["revision"]}}
    (result,) = client.as_(lan).post(MANY, json=body).json()["items"]
    assert (result["decided"], result["problem"]["type"].split("#")[1]) == (False, "content.changed")  # fmt: skip
    fields = {"items": str(read["id"]), f"revision-{read['id']}": str(read["revision"]), "kind": kind, "outcome": outcome}  # fmt: skip
    answer = browser.as_(lan).submit("/moderation/decisions", **fields)
    assert (answer.status_code, db.count(QueueItem, QueueItem.id == read["id"])) == (409, 1)
    (again,) = client.as_(lan).get(f"{QUEUE}?kind={kind}").json()["items"]
    assert again["revision"] > read["revision"]
    body["revisions"] = {again["id"]: again["revision"]}
    assert client.as_(lan).post(MANY, json=body).json()["items"][0]["decided"]


@pytest.mark.parametrize("body", [{"items": []}, {"items": [0]}, {"items": ["1"]}, {"items": list(range(1, 102))}, {"reason_code": None}, {"reason_code": "x"}, {"note": "x" * 4001}])  # fmt: skip
def test_many_with_a_fault_are_none(client: Client, db: Database, item: QueueItem, lan: Account, body: dict[str, object]) -> None:  # fmt: skip
    answer = client.as_(lan).post(MANY, json={"items": [item.id], "outcome": "reject", "reason_code": "off-topic"} | body)  # fmt: skip
    assert answer.status_code == 422
    assert (db.count(Ruling), db.get(Proposal, item.subject_id).status) == (0, Status.SUBMITTED)


@pytest.mark.parametrize(("language", "words"), [("vi", "Xin bổ sung."), ("en", "Please add.")])
def test_a_canned_answer_speaks_the_authors_language(client: Client, db: Database, make: Make, lan: Account, language: str, words: str) -> None:  # fmt: skip
    author = make.account("Tác giả", language=language)
    item = item_of(db, make.proposal(author, "submitted"))
    body = {"outcome": "return", "canned": make.canned().id, "note": "Và hình."}
    assert client.as_(lan).post(f"{QUEUE}/{item.id}/decision", json=body).status_code == 200
    (ruling,) = db.all(Ruling)
    assert (ruling.reason_code, ruling.note) == ("incomplete", f"{words}\n\nVà hình.")
    (email,) = db.all(Email)
    assert words in email.text


def test_canned_answers_are_kept(client: Client, db: Database, lan: Account) -> None:
    made = client.as_(lan).post(CANNED, json={"title": "Rác", "texts": {"vi": "Đây là rác.", "en": ""}, "reason_code": "off-topic"}).json()  # fmt: skip
    assert made["texts"] == {"vi": "Đây là rác."}
    changed = client.as_(lan).put(f"{CANNED}/{made['id']}", json={"title": "Quảng cáo", "texts": {"vi": "Là quảng cáo."}}).json()  # fmt: skip
    assert client.as_(lan).get(CANNED).json()["items"] == [changed]
    for body, field in (({"title": ""}, "title"), ({"texts": {"en": "x"}}, "texts"), ({"reason_code": "x"}, "reason_code")):  # fmt: skip
        whole = {"title": "x", "texts": {"vi": "x"}} | body
        assert fields_of(client.as_(lan).post(CANNED, json=whole)) == {field}
    assert client.as_(lan).delete(f"{CANNED}/{made['id']}").status_code == 204
    assert_problem(client.as_(lan).delete(f"{CANNED}/{made['id']}"), 404)
    assert db.count(CannedAnswer) == 0
