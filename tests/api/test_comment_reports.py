"""Comments that readers report, and appeals of their writers: through both doors, from the report to the reversal."""

import pytest

from app.models import (
    Account,
    Comment,
    CommentState,
    Email,
    Proposal,
    QueueEvent,
    QueueItem,
    QueueKind,
    Report,
    ReportCase,
    Ruling,
)
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

QUEUE = "/api/v1/moderation/queue"
BODY = {"reason_code": "off-topic", "words": "Lạc <b>đề</b>."}


@pytest.fixture
def made(make: Make, minh: Account) -> Proposal:
    return make.proposal(minh, "published", title="Ao làng")


@pytest.fixture
def said(make: Make, made: Proposal, ha: Account) -> Comment:
    return make.comment(ha, made, text="Câu <i>chuyện</i> khác.")


def waiting(db: Database, kind: str) -> list[QueueItem]:
    return db.all(QueueItem, QueueItem.kind == kind)


def test_many_reports_raise_the_case_and_the_comment(client: Client, browser: Browser, db: Database, make: Make, said: Comment, lan: Account) -> None:  # fmt: skip
    readers = [make.account(f"Người đọc {number}") for number in range(3)]
    for reader in readers[:2]:
        assert client.as_(reader).post(f"/api/v1/comments/{said.id}/reports", json=BODY).status_code == 201  # fmt: skip
    assert browser.as_(readers[2]).submit(f"{said.path}/report", **BODY).status_code == 303
    assert db.count(ReportCase) == 1
    assert [item.is_raised for item in (*waiting(db, "report"), *waiting(db, "comment"))] == [True, True]  # fmt: skip
    (item,) = client.as_(lan).get(f"{QUEUE}?kind=report").json()["items"]
    assert (item["title"], item["excerpt"], item["signals"]) == ("Ao làng", said.text, [{"code": "reported", "detail": {"count": 3}}])  # fmt: skip
    page = browser.as_(lan).get(f"/moderation/reports/{item['subject_id']}").text
    assert "Câu &lt;i&gt;chuyện&lt;/i&gt; khác." in page
    assert "Người đọc" not in page
    assert db.get(Comment, said.id).state is CommentState.VISIBLE


@pytest.mark.parametrize("door", ["api", "web"])
def test_what_cannot_be_reported(client: Client, browser: Browser, db: Database, make: Make, made: Proposal, said: Comment, ha: Account, minh: Account, door: str) -> None:  # fmt: skip
    other = make.proposal(minh, "published")
    hidden = make.rule_on(make.comment(ha, made), "hide")

    def report(who: Account | None, comment: Comment, path: str | None = None) -> int:
        if door == "api":
            return client.as_(who).post(f"/api/v1/comments/{comment.id}/reports", json=BODY).status_code  # fmt: skip
        return browser.as_(who).submit(f"{path or comment.path}/report", **BODY).status_code

    assert report(None, said) == 401
    assert report(ha, said) == 403
    assert report(minh, hidden) == 409
    assert report(minh, said) == (201 if door == "api" else 303)
    assert report(minh, said) == 409
    assert report(minh, Comment(id=999_999, proposal_id=made.id)) == 404
    if door == "web":
        assert report(minh, said, f"/proposals/{other.id}/comments/{said.id}") == 404
        assert browser.as_(minh).get(f"{said.path}/report").status_code == 200
        assert f'href="{said.path}/report"' in browser.as_(minh).get(made.path).text
        assert f'href="{said.path}/report"' not in browser.as_(ha).get(made.path).text
    make.move(made, "hidden")
    assert report(make.account("Người khác"), said) == 404
    assert db.count(Report) == 1


def test_a_rule_is_needed(client: Client, said: Comment, minh: Account) -> None:
    answer = client.as_(minh).post(f"/api/v1/comments/{said.id}/reports", json={"reason_code": "x"})
    assert fields_of(answer) == {"reason_code"}


@pytest.mark.parametrize("way", ["case", "comment"])
def test_hiding_closes_the_case(client: Client, db: Database, make: Make, said: Comment, ha: Account, minh: Account, lan: Account, way: str) -> None:  # fmt: skip
    client.as_(minh).post(f"/api/v1/comments/{said.id}/reports", json=BODY)
    reason = {"reason_code": "off-topic"}
    if way == "case":
        (item,) = waiting(db, "report")
        answer = client.as_(lan).post(f"{QUEUE}/{item.id}/decision", json={"outcome": "uphold", **reason})  # fmt: skip
    else:
        answer = client.as_(lan).post(f"/api/v1/comments/{said.id}/decision", json={"decision": "hide", **reason})  # fmt: skip
    assert answer.status_code == 200
    assert db.get(Comment, said.id).state is CommentState.HIDDEN
    assert {(one.kind, one.outcome) for one in db.all(Ruling, Ruling.kind != "proposal")} == {("comment", "hide"), ("report", "uphold")}  # fmt: skip
    assert (db.count(QueueItem), db.all(ReportCase)[0].closed_at is not None) == (0, True)
    make.tell_reporters()
    assert {(mail.recipient, mail.name) for mail in db.all(Email, Email.name != "proposal_published")} == {(ha.email, "comment_hidden"), (minh.email, "report_upheld")}  # fmt: skip


def test_dismissing_leaves_it(client: Client, db: Database, said: Comment, minh: Account, lan: Account, ha: Account) -> None:  # fmt: skip
    client.as_(minh).post(f"/api/v1/comments/{said.id}/reports", json=BODY)
    (item,) = waiting(db, "report")
    assert_problem(client.as_(ha).post(f"{QUEUE}/{item.id}/decision", json={"outcome": "dismiss"}), 403)  # fmt: skip
    assert client.as_(lan).post(f"{QUEUE}/{item.id}/decision", json={"outcome": "dismiss"}).status_code == 200  # fmt: skip
    assert db.get(Comment, said.id).state is CommentState.VISIBLE
    assert client.as_(minh).post(f"/api/v1/comments/{said.id}/reports", json=BODY).status_code == 201  # fmt: skip


def test_what_its_writer_erases_waits_no_more(client: Client, db: Database, said: Comment, ha: Account, minh: Account) -> None:  # fmt: skip
    client.as_(minh).post(f"/api/v1/comments/{said.id}/reports", json=BODY)
    assert client.as_(ha).delete(f"/api/v1/comments/{said.id}").status_code == 204
    assert (db.count(QueueItem), db.all(ReportCase)[0].closed_at is not None) == (0, True)


@pytest.mark.parametrize("way", ["case", "comment"])
def test_rejecting_what_was_edited_since_closes_the_case(client: Client, db: Database, make: Make, minh: Account, ha: Account, lan: Account, way: str) -> None:  # fmt: skip
    campaign = make.campaign(comments_premoderated=True)
    said = make.rule_on(make.comment(ha, make.proposal(minh, "published", campaign_id=campaign.id)), "publish")  # fmt: skip
    make.report(minh, said)
    assert client.as_(ha).patch(f"/api/v1/comments/{said.id}", json={"text": "Khác."}).json()["state"] == "waiting"  # fmt: skip
    (item,) = waiting(db, "report")
    path, body = {
        "case": (f"{QUEUE}/{item.id}/decision", {"outcome": "uphold"}),
        "comment": (f"/api/v1/comments/{said.id}/decision", {"decision": "reject"}),
    }[way]
    answer = client.as_(lan).post(path, json={**body, "reason_code": "off-topic"})
    assert (answer.status_code, db.get(Comment, said.id).state) == (200, CommentState.HIDDEN)
    assert (db.count(QueueItem), db.all(ReportCase)[0].closed_at is not None) == (0, True)
    make.tell_reporters()
    assert db.count(Email, Email.recipient == minh.email, Email.name == "report_upheld") == 1


def test_nobody_decides_about_their_own(client: Client, db: Database, make: Make, made: Proposal, minh: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    said = make.comment(lan, made)
    make.report(minh, said)
    (item,) = waiting(db, "report")
    body = {"outcome": "uphold", "reason_code": "off-topic"}
    path = f"{QUEUE}/{item.id}/decision"
    assert_problem(client.as_(lan).post(path, json=body), 403)
    assert_problem(client.as_(None).post(path, json=body), 401)
    assert client.as_(quan).post(path, json=body).status_code == 200
    assert_problem(client.as_(quan).post(path, json=body), 409, "decision.taken")


def test_what_was_never_public_is_not_there(client: Client, make: Make, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    campaign = make.campaign(comments_premoderated=True)
    said = make.comment(ha, make.proposal(minh, "published", campaign_id=campaign.id))
    path = f"/api/v1/comments/{said.id}/reports"
    assert_problem(client.as_(minh).post(path, json=BODY), 404)
    make.rule_on(said, "reject")
    assert_problem(client.as_(minh).post(path, json=BODY), 404)
    assert_problem(client.as_(lan).post(path, json=BODY), 409, "report.not_public")


def test_the_comment_itself_shows_how_many_reported_it_and_nobody_who(client: Client, db: Database, make: Make, said: Comment, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    case = make.report(minh, said)
    reported = {"code": "reported", "detail": {"count": 1}}
    items = client.as_(lan).get(QUEUE).json()["items"]
    assert {item["kind"] for item in items if reported in item["signals"]} == {"comment", "report"}
    pages = [f"/api/v1/moderation/reports/{case.id}", f"{QUEUE}?kind=report", f"/api/v1/comments/{said.id}/history"]  # fmt: skip
    assert all("Minh" not in client.as_(lan).get(page).text for page in pages)
    assert "reported" not in client.as_(ha).get(f"/api/v1/comments/{said.id}").text
    steps = db.all(QueueEvent, QueueEvent.kind == QueueKind.REPORT)
    assert [(one.step, one.actor_id) for one in steps] == [("entered", None)]


@pytest.mark.parametrize("decision", ["hide", "reject"])
def test_an_appeal_that_is_upheld_shows_it(client: Client, db: Database, make: Make, minh: Account, ha: Account, lan: Account, quan: Account, decision: str) -> None:  # fmt: skip
    campaign = make.campaign(comments_premoderated=decision == "reject")
    said = make.comment(ha, make.proposal(minh, "published", campaign_id=campaign.id))
    body = {"decision": decision, "reason_code": "off-topic"}
    assert client.as_(lan).post(f"/api/v1/comments/{said.id}/decision", json=body).status_code == 200  # fmt: skip
    assert "/account/decisions" in db.all(Email)[-1].text
    (ruling,) = db.all(Ruling, Ruling.kind == "comment")
    assert client.as_(ha).post(f"/api/v1/rulings/{ruling.id}/appeal", json={"words": "Không lạc đề."}).status_code == 201  # fmt: skip
    (item,) = waiting(db, QueueKind.APPEAL)
    assert_problem(client.as_(lan).post(f"{QUEUE}/{item.id}/decision", json={"outcome": "uphold"}), 403)  # fmt: skip
    assert client.as_(quan).post(f"{QUEUE}/{item.id}/decision", json={"outcome": "uphold"}).status_code == 200  # fmt: skip
    found = client.get(f"/api/v1/comments/{said.id}").json()
    assert (found["text"], db.get(Comment, said.id).state) == (said.text, CommentState.VISIBLE)
