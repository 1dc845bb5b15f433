"""Appeals over JSON: once, in time, by the person concerned; decided by another moderator, and carried out."""

from datetime import timedelta

import pytest

from app.database import now
from app.forms import EndingForm, Verdict
from app.models import (
    Account,
    AccountEvent,
    Appeal,
    ApplicationStatus,
    Email,
    Event,
    ExpertApplication,
    Proposal,
    QueueItem,
    QueueKind,
    Role,
    Ruling,
    Status,
)
from app.services import applications
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

QUEUE = "/api/v1/moderation/queue"
MINE = "/api/v1/decisions/mine"
WORDS = {"words": "Sáng kiến này đúng chủ đề."}


def item_of(db: Database, appeal: Appeal) -> QueueItem:
    (item,) = db.all(QueueItem, QueueItem.kind == QueueKind.APPEAL, QueueItem.subject_id == appeal.id)  # fmt: skip
    return item


def against(client: Client, person: Account) -> int:
    """The number of the newest decision about the person."""
    number: int = client.as_(person).get(MINE).json()["items"][0]["id"]
    return number


def judge(client: Client, db: Database, who: Account, appeal: Appeal, outcome: str, note: str = "Xem lại rồi."):  # type: ignore[no-untyped-def]  # fmt: skip
    path = f"{QUEUE}/{item_of(db, appeal).id}/decision"
    return client.as_(who).post(path, json={"outcome": outcome, "note": note})


def mails(db: Database, name: str) -> list[Email]:
    return db.all(Email, Email.name == name)


def test_one_reads_what_was_decided_and_appeals(client: Client, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "rejected")
    (one,) = client.as_(ha).get(MINE).json()["items"]
    assert (one["kind"], one["outcome"], one["reason_code"], one["note"], one["title"]) == ("proposal", "reject", "incomplete", "Vì thế.", made.title)  # fmt: skip
    assert (one["appeal"], one["appeal_until"] is None) == (None, False)
    answer = client.as_(ha).post(f"/api/v1/rulings/{one['id']}/appeal", json=WORDS)
    assert (answer.status_code, answer.json()["appeal"]["words"]) == (201, WORDS["words"])
    (appeal,) = db.all(Appeal)
    item = item_of(db, appeal)
    assert (item.author_id, item.barred_id, item.proposal_id) == (ha.id, make.desk().id, made.id)
    shown = client.as_(lan).get(f"/api/v1/moderation/appeals/{appeal.id}").json()
    assert (shown["words"], shown["appellant"]["id"], shown["decided_by"]["id"], shown["decision"]["outcome"]) == (WORDS["words"], ha.id, make.desk().id, "reject")  # fmt: skip
    assert_problem(client.as_(ha).post(f"/api/v1/rulings/{one['id']}/appeal", json=WORDS), 409, "appeal.made")  # fmt: skip
    assert db.count(Appeal) == 1


def test_there_is_no_appeal(client: Client, db: Database, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    for status in ("returned", "published"):
        make.proposal(ha, status)
        assert_problem(client.as_(ha).post(f"/api/v1/rulings/{against(client, ha)}/appeal", json=WORDS), 409, "appeal.impossible")  # fmt: skip
    hidden = make.proposal(ha, "hidden")
    number = against(client, ha)
    path = f"/api/v1/rulings/{number}/appeal"
    assert_problem(client.as_(minh).post(path, json=WORDS), 404)
    assert_problem(client.post(path, json=WORDS), 401)
    for body, field in (({}, "words"), ({"words": " "}, "words"), ({"words": "x" * 4001}, "words")):
        assert fields_of(client.as_(ha).post(path, json=body)) == {field}
    with db.session() as session:
        session.get_one(Ruling, number).decided_at = now() - timedelta(days=30, seconds=1)
    assert_problem(client.as_(ha).post(path, json=WORDS), 409, "appeal.too_late")
    assert client.as_(ha).get(MINE).json()["items"][0]["appeal_until"] is None
    with db.session() as session:
        session.get_one(Ruling, number).decided_at = now() - timedelta(days=29)
    make.restore(hidden)
    assert_problem(client.as_(ha).post(path, json=WORDS), 409, "appeal.overtaken")
    assert db.count(Appeal) == 0


def test_whoever_decided_does_not_decide_again(client: Client, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "rejected")
    appeal, first = make.appeal(ha), make.desk()
    item = item_of(db, appeal)
    for answer in (
        client.as_(first).put(f"{QUEUE}/{item.id}/claim"),
        client.as_(first).delete(f"{QUEUE}/{item.id}/claim"),
        judge(client, db, first, appeal, "dismiss"),
        judge(client, db, first, appeal, "uphold"),
    ):
        assert_problem(answer, 403, "claim.barred")
    (one,) = client.as_(first).post("/api/v1/moderation/decisions", json={"items": [item.id], "outcome": "uphold"}).json()["items"]  # fmt: skip
    assert (one["decided"], one["problem"]["status"]) == (False, 403)
    assert client.as_(first).post(f"{QUEUE}/next", json={}).json()["items"] == []
    assert db.get(Proposal, made.id).status is Status.REJECTED
    assert client.as_(lan).post(f"{QUEUE}/next", json={}).json()["items"][0]["id"] == item.id
    assert judge(client, db, lan, appeal, "uphold").status_code == 200


def test_a_moderator_does_not_decide_on_their_own_appeal(client: Client, db: Database, make: Make, lan: Account) -> None:  # fmt: skip
    make.proposal(lan, "rejected")
    assert_problem(judge(client, db, lan, make.appeal(lan), "uphold"), 403, "permission.denied")


@pytest.mark.parametrize(("status", "before", "after"), [("rejected", None, Status.PUBLISHED), ("hidden", "accepted", Status.ACCEPTED)])  # fmt: skip
def test_a_proposal_that_an_appeal_was_right_about(client: Client, db: Database, make: Make, lan: Account, status: str, before: str | None, after: Status) -> None:  # fmt: skip
    author = make.account("Ann", language="en")
    made = make.proposal(author, status, before=before)
    appeal = make.appeal(author)
    answer = judge(client, db, lan, appeal, "uphold", note="")
    assert (answer.status_code, answer.json()["kind"], answer.json()["outcome"]) == (200, "appeal", "uphold")  # fmt: skip
    found = db.get(Proposal, made.id)
    assert (found.status, found.is_public) == (after, True)
    assert client.get(f"/api/v1/proposals/{made.id}").status_code == 200
    answered, reversed_ = db.all(Ruling, Ruling.actor_id == lan.id)
    assert (answered.kind, answered.subject_id, answered.account_id) == ("appeal", appeal.id, author.id)  # fmt: skip
    assert (reversed_.kind, reversed_.subject_id, reversed_.outcome) == ("proposal", made.id, "publish" if status == "rejected" else "restore")  # fmt: skip
    assert (answered.is_consequence, reversed_.is_consequence) == (False, True)
    event = db.all(Event, Event.proposal_id == made.id)[-1]
    assert (event.actor_id, event.to_status) == (lan.id, after)
    (mail,) = mails(db, "appeal_upheld")
    assert (mail.recipient, made.title in mail.text) == (author.email, True)
    assert ("published now" if status == "rejected" else "everybody again") in mail.text
    mine = client.as_(author).get(MINE).json()["items"]
    assert [(one["outcome"], one["appeal"] and one["appeal"]["outcome"]) for one in mine[:2]] == [(reversed_.outcome, None), ("reject" if status == "rejected" else "hide", "uphold")]  # fmt: skip
    late = client.as_(make.desk()).get(f"{QUEUE}/{answered.item_id}")
    assert_problem(late, 409, "decision.taken")


def test_a_dismissal_needs_words_and_ends_it(client: Client, db: Database, make: Make, ha: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "rejected")
    appeal = make.appeal(ha)
    assert fields_of(judge(client, db, lan, appeal, "dismiss", note=" ")) == {"note"}
    item = item_of(db, appeal)
    assert judge(client, db, lan, appeal, "dismiss", note="Lý do vẫn đúng.").status_code == 200
    assert db.get(Proposal, made.id).status is Status.REJECTED
    (mail,) = mails(db, "appeal_dismissed")
    assert (mail.recipient, "Lý do vẫn đúng." in mail.text) == (ha.email, True)
    for who in (lan, quan):
        answer = client.as_(who).post(f"{QUEUE}/{item.id}/decision", json={"outcome": "uphold"})
        assert_problem(answer, 409, "decision.taken")
    answer = client.as_(ha).post(f"/api/v1/rulings/{appeal.ruling_id}/appeal", json=WORDS)
    assert_problem(answer, 409, "appeal.made")


def test_a_decision_that_was_overtaken_meanwhile_is_not_reversed(client: Client, db: Database, make: Make, browser: Browser, ha: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "hidden")
    appeal = make.appeal(ha)
    make.restore(made)
    hiding = {"decision": "hide", "reason_code": "off-topic"}
    decision = f"/api/v1/proposals/{made.id}/decision"
    # Whoever made the decision cannot make it again while the appeal waits.
    assert_problem(client.as_(make.desk()).post(decision, json=hiding), 403, "claim.barred")
    assert client.as_(quan).post(decision, json=hiding).status_code == 200
    assert judge(client, db, lan, appeal, "uphold").status_code == 200
    assert db.get(Proposal, made.id).status is Status.HIDDEN
    assert not any(ruling.is_consequence for ruling in db.all(Ruling))
    (mail,) = mails(db, "appeal_overtaken")
    assert "một quyết định khác" in mail.text
    (own,) = [one for one in client.as_(ha).get(MINE).json()["items"] if one["appeal"]]
    page = browser.as_(ha).get(f"/account/decisions/{own['id']}").text
    assert "một quyết định khác" in page


def test_a_refused_application_is_approved(client: Client, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.verdict(make.application(ha), Verdict.REFUSE)
    assert f"/account/decisions/{against(client, ha)}" in mails(db, "expert_refused")[0].text
    assert judge(client, db, lan, make.appeal(ha), "uphold").status_code == 200
    found = db.get(ExpertApplication, made.id)
    assert (found.status, found.decided_by, db.get(Account, ha.id).role) == (ApplicationStatus.APPROVED, lan.id, Role.EXPERT)  # fmt: skip
    assert found.approved_until is not None
    assert client.get(f"/api/v1/experts/{ha.id}").status_code == 200


def test_an_approval_that_was_ended_holds_for_the_time_it_still_had(client: Client, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made, desk = make.approval(ha), make.desk()
    with db.session() as session:
        found = applications.get(session, desk, made.id)
        applications.end(session, db.settings, desk, found, EndingForm(note="Vì thế."))
    with db.session() as session:
        session.get_one(ExpertApplication, made.id).ended_at = now() - timedelta(days=3)
    assert judge(client, db, lan, make.appeal(ha), "uphold").status_code == 200
    found = db.get(ExpertApplication, made.id)
    assert (found.is_current, found.end_note, db.get(Account, ha.id).role) == (True, "", Role.EXPERT)  # fmt: skip
    assert found.approved_until is not None
    assert made.approved_until is not None
    assert timedelta(0) <= found.approved_until - made.approved_until - timedelta(days=3) < timedelta(minutes=1)  # fmt: skip


def test_a_newer_approval_stays_when_the_older_refusal_was_wrong(client: Client, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    refused = make.verdict(make.application(ha), Verdict.REFUSE)
    appeal = make.appeal(ha)
    newer = make.approval(ha)
    assert judge(client, db, lan, appeal, "uphold").status_code == 200
    assert db.get(ExpertApplication, newer.id).is_current
    assert db.get(ExpertApplication, refused.id).status is ApplicationStatus.REFUSED


def test_an_appeal_cannot_make_an_expert_of_staff(client: Client, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    make.verdict(make.application(ha), Verdict.REFUSE)
    appeal = make.appeal(ha)
    with db.session() as session:
        session.get_one(Account, ha.id).role = Role.OFFICER
    assert_problem(judge(client, db, lan, appeal, "uphold"), 409, "application.impossible")
    assert (db.get(Appeal, appeal.id).decided_at, db.count(Ruling, Ruling.actor_id == lan.id)) == (None, 0)  # fmt: skip
    assert judge(client, db, lan, appeal, "dismiss").status_code == 200


def test_a_closed_account_is_opened(client: Client, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    make.ban(ha)
    appeal = make.appeal(ha)
    assert client.as_(ha).get(MINE).status_code == 401
    assert judge(client, db, lan, appeal, "uphold").status_code == 200
    assert db.get(Account, ha.id).banned_at is None
    assert [one.kind for one in db.all(AccountEvent)] == ["banned", "unbanned"]
    assert client.as_(ha).get(MINE).status_code == 200
    assert [mail.name for mail in db.all(Email)] == ["account_changed", "appeal_upheld"]


def test_the_ban_of_staff_is_an_administrators_to_reverse(client: Client, db: Database, make: Make, lan: Account, quan: Account) -> None:  # fmt: skip
    other, admin = make.account("Kiểm duyệt khác", Role.MODERATOR), make.account("Quản trị khác", Role.ADMIN)  # fmt: skip
    answer = client.as_(quan).post(f"/api/v1/people/{other.id}/ban", json={"reason_code": "off-topic", "note": "Vì thế."})  # fmt: skip
    assert answer.status_code == 200
    appeal = make.appeal(other)
    assert_problem(judge(client, db, lan, appeal, "uphold"), 403, "permission.denied")
    assert_problem(judge(client, db, quan, appeal, "uphold"), 403, "claim.barred")
    assert judge(client, db, admin, appeal, "uphold").status_code == 200
    assert db.get(Account, other.id).banned_at is None


def test_ones_decisions_page_by_page(client: Client, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    for _ in range(3):
        make.proposal(ha, "rejected")
    make.proposal(minh, "rejected")
    first = client.as_(ha).get(f"{MINE}?limit=2").json()
    second = client.as_(ha).get(f"{MINE}?limit=2&cursor={first['next_cursor']}").json()
    numbers = [one["id"] for page in (first, second) for one in page["items"]]
    assert (numbers == sorted(numbers, reverse=True), len(set(numbers)), second["next_cursor"]) == (True, 3, None)  # fmt: skip
    assert fields_of(client.as_(minh).get(f"{MINE}?cursor={first['next_cursor']}")) == {"cursor"}
