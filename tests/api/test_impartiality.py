"""Nobody judges in a matter in which they have a part: through both doors, one by one and many at once."""

import pytest

from app.models import (
    Account,
    Comment,
    MergeSuggestion,
    Proposal,
    QueueItem,
    QueueKind,
    Role,
    Ruling,
    Status,
)
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database
from tests.problems import assert_problem

QUEUE = "/api/v1/moderation/queue"
HIDE = {"decision": "hide", "reason_code": "off-topic"}


def waiting(db: Database, kind: QueueKind) -> QueueItem:
    return db.all(QueueItem, QueueItem.kind == kind)[-1]


def refused_item(client: Client, browser: Browser, item: QueueItem, actor: Account, outcome: str, problem: str, page: str) -> None:  # fmt: skip
    """Something in the queue that the actor can neither take up nor decide, by whichever way."""
    one = {"items": [item.id], "outcome": outcome, "note": "Vì."}
    assert_problem(client.as_(actor).put(f"{QUEUE}/{item.id}/claim"), 403, problem)
    assert_problem(client.as_(actor).post(f"{QUEUE}/{item.id}/decision", json={"outcome": outcome, "note": "Vì."}), 403)  # fmt: skip
    (result,) = client.as_(actor).post("/api/v1/moderation/decisions", json=one).json()["items"]
    assert (result["decided"], result["problem"]["status"]) == (False, 403)
    assert client.as_(actor).post(f"{QUEUE}/next", json={"kind": item.kind}).json()["items"] == []
    assert browser.as_(actor).submit(f"{page}/decision", outcome=outcome, decision=outcome, note="Vì.").status_code == 403  # fmt: skip
    assert f"/moderation/queue/{item.id}/claim" not in browser.as_(actor).get(page).text


def test_who_reported_a_text_does_not_decide_the_appeal_about_it(client: Client, browser: Browser, db: Database, make: Make, ha: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    make.report(lan, made)
    client.as_(quan).post(f"/api/v1/proposals/{made.id}/decision", json=HIDE)
    appeal = make.appeal(ha)
    item = waiting(db, QueueKind.APPEAL)
    refused_item(client, browser, item, lan, "dismiss", "claim.reported", f"/moderation/appeals/{appeal.id}")  # fmt: skip
    assert_problem(client.as_(lan).post(f"/api/v1/proposals/{made.id}/decision", json={"decision": "restore"}), 403, "claim.reported")  # fmt: skip
    assert db.get(Proposal, made.id).status is Status.HIDDEN
    assert client.as_(make.desk()).post(f"{QUEUE}/{item.id}/decision", json={"outcome": "uphold"}).status_code == 200  # fmt: skip


def test_who_reported_a_comment_does_not_decide_on_it(client: Client, db: Database, make: Make, ha: Account, minh: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    said = make.comment(minh, make.proposal(ha, "published"))
    make.report(lan, said)
    path = f"/api/v1/comments/{said.id}/decision"
    assert_problem(client.as_(lan).post(path, json=HIDE), 403, "claim.reported")
    assert client.as_(quan).post(path, json=HIDE).status_code == 200
    assert_problem(client.as_(lan).post(path, json={"decision": "restore"}), 403, "claim.reported")
    assert [ruling.actor_id for ruling in db.all(Ruling, Ruling.kind == QueueKind.COMMENT)] == [quan.id]  # fmt: skip


def test_nobody_decides_on_what_is_said_of_their_own_proposal(client: Client, browser: Browser, db: Database, make: Make, minh: Account, ha: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    said = make.comment(minh, make.proposal(lan, "published"))
    path = f"/api/v1/comments/{said.id}/decision"
    assert_problem(client.as_(lan).post(path, json=HIDE), 403, "permission.denied")
    assert "/moderation/comments/" not in browser.as_(lan).get(f"/proposals/{said.proposal_id}/comments").text  # fmt: skip
    case = make.report(ha, said)
    refused_item(client, browser, waiting(db, QueueKind.REPORT), lan, "dismiss", "claim.own_proposal", f"/moderation/reports/{case.id}")  # fmt: skip
    client.as_(quan).post(path, json=HIDE)
    appeal = make.appeal(minh)
    refused_item(client, browser, waiting(db, QueueKind.APPEAL), lan, "dismiss", "claim.own_proposal", f"/moderation/appeals/{appeal.id}")  # fmt: skip
    assert db.get(Comment, said.id).state == "hidden"


def test_nobody_suggests_merging_in_a_matter_of_their_own(client: Client, browser: Browser, db: Database, make: Make, ha: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    theirs, own = make.proposal(ha, "published"), make.proposal(lan, "published")
    path, other = f"/proposals/{theirs.id}/merge-suggestion", make.proposal(quan, "published")
    api = client.as_(lan)
    assert_problem(api.post(f"/api/v1{path}s", json={"into": own.id}), 403, "merge.own")
    assert browser.as_(lan).submit(path, into=str(own.id)).status_code == 403
    make.co_author(lan, other)
    assert_problem(api.post(f"/api/v1{path}s", json={"into": other.id}), 403, "merge.own")
    make.report(lan, theirs)
    free = make.proposal(make.account("Người khác"), "published")
    assert_problem(api.post(f"/api/v1{path}s", json={"into": free.id}), 403, "claim.reported")
    assert db.count(MergeSuggestion) == 0
    assert client.as_(quan).post(f"/api/v1{path}s", json={"into": own.id}).status_code == 201


def test_an_officer_does_not_answer_for_the_city_on_their_own_proposal(client: Client, db: Database, make: Make, lan: Account) -> None:  # fmt: skip
    officer = make.officer("An")
    made = make.proposal(officer, "published")
    make.called(made)
    path, body = f"/api/v1/proposals/{made.id}/answer-request", {"department": "ferry"}
    assert_problem(client.as_(officer).put(path, json=body), 403)
    assert client.as_(make.officer("Bình")).put(path, json=body).status_code == 200


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_the_decider_does_not_close_an_account_again_while_the_appeal_waits(client: Client, db: Database, make: Make, ha: Account, role: Role) -> None:  # fmt: skip
    first, other = make.account("Một", role), make.account("Hai", Role.ADMIN)
    ban = {"reason_code": "spam", "note": "Vì."}
    client.as_(first).post(f"/api/v1/people/{ha.id}/ban", json=ban)
    make.appeal(ha)
    assert client.as_(first).post(f"/api/v1/people/{ha.id}/unban", json={"note": "Nhầm."}).status_code == 200  # fmt: skip
    assert_problem(client.as_(first).post(f"/api/v1/people/{ha.id}/ban", json=ban), 403, "claim.barred")  # fmt: skip
    assert db.get(Account, ha.id).banned_at is None
    assert client.as_(other).post(f"/api/v1/people/{ha.id}/ban", json=ban).status_code == 200
