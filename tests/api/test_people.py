"""Closing and opening accounts as a program: with a rule of the policy, a record, a mail; what waits leaves the queue."""

import pytest

from app.models import (
    Account,
    AccountEvent,
    Email,
    LoginSession,
    QueueItem,
    QueueKind,
    Role,
    Ruling,
)
from app.services import sign_in
from tests.builders import Make
from tests.clients import Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

QUEUE = "/api/v1/moderation/queue"
BAN = {"reason_code": "off-topic", "note": "Quảng cáo nhiều lần."}


def waiting(client: Client, moderator: Account) -> list[tuple[str, int]]:
    items = client.as_(moderator).get(QUEUE).json()["items"]
    return [(one["kind"], one["subject_id"]) for one in items]


def test_a_ban_ends_everything_and_can_be_undone(client: Client, db: Database, make: Make, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    made, application = make.proposal(ha, "submitted"), make.application(ha)
    other = make.proposal(minh, "submitted")
    public = make.proposal(ha, "published")
    case = make.report(minh, public)
    before = waiting(client, lan)
    assert before == [("proposal", made.id), ("application", application.id), ("proposal", other.id), ("report", case.id)]  # fmt: skip
    with db.session() as session:
        sign_in.open_session(session, db.settings, ha)
    assert client.as_(ha).get("/api/v1/decisions/mine").status_code == 200
    answer = client.as_(lan).post(f"/api/v1/people/{ha.id}/ban", json=BAN)
    assert (answer.status_code, answer.json()["banned_at"] is None) == (200, False)
    assert db.count(LoginSession, LoginSession.account_id == ha.id) == 0
    assert_problem(client.as_(ha).get("/api/v1/decisions/mine"), 401, "sign_in.token_invalid")
    # What others have reported of a text that stays public goes on waiting.
    assert waiting(client, lan) == [("proposal", other.id), ("report", case.id)]
    (ruling,) = db.all(Ruling, Ruling.kind == QueueKind.ACCOUNT)
    assert (ruling.outcome, ruling.account_id, ruling.actor_id, ruling.reason_code, ruling.note) == ("ban", ha.id, lan.id, *BAN.values())  # fmt: skip
    (event,) = db.all(AccountEvent)
    assert (event.kind, event.actor_id, event.reason_code, event.note) == ("banned", lan.id, *BAN.values())  # fmt: skip
    mail = db.all(Email)[-1]
    assert (mail.recipient, mail.name, "Lạc đề" in mail.text, "/appeal?token=" in mail.text) == (ha.email, "account_changed", True, True)  # fmt: skip
    assert_problem(client.as_(lan).post(f"/api/v1/people/{ha.id}/ban", json=BAN), 409, "person.banned")  # fmt: skip
    opened = client.as_(lan).post(f"/api/v1/people/{ha.id}/unban", json={"note": "Nhầm người."})
    assert (opened.status_code, opened.json()["banned_at"]) == (200, None)
    assert waiting(client, lan) == before
    assert [one.outcome for one in db.all(Ruling, Ruling.kind == QueueKind.ACCOUNT)] == ["ban", "unban"]  # fmt: skip
    assert client.as_(ha).get("/api/v1/decisions/mine").status_code == 200
    assert_problem(client.as_(lan).post(f"/api/v1/people/{ha.id}/unban", json={"note": "Lại."}), 409, "person.not_banned")  # fmt: skip


@pytest.mark.parametrize(("body", "field"), [({"reason_code": "x"}, "reason_code"), ({"reason_code": None}, "reason_code"), ({"note": ""}, "note"), ({"note": "x" * 1001}, "note"), ({"x": 1}, "x")])  # fmt: skip
def test_a_ban_needs_a_rule_and_words(client: Client, db: Database, ha: Account, lan: Account, body: dict[str, object], field: str) -> None:  # fmt: skip
    assert fields_of(client.as_(lan).post(f"/api/v1/people/{ha.id}/ban", json=BAN | body)) == {field}  # fmt: skip
    assert (db.get(Account, ha.id).banned_at, db.count(Ruling), db.count(AccountEvent)) == (None, 0, 0)  # fmt: skip


def test_who_may_close_whose_account(client: Client, db: Database, make: Make, lan: Account, quan: Account) -> None:  # fmt: skip
    other = make.account("Kiểm duyệt khác", Role.MODERATOR)
    for actor, person in ((lan, lan), (lan, other), (lan, quan), (quan, quan)):
        answer = client.as_(actor).post(f"/api/v1/people/{person.id}/ban", json=BAN)
        assert_problem(answer, 403, "permission.denied")
    assert client.as_(quan).post(f"/api/v1/people/{other.id}/ban", json=BAN).status_code == 200
    assert_problem(client.as_(other).get(QUEUE), 401, "sign_in.token_invalid")
    for number in (999_999, 2**31 - 1):
        assert_problem(client.as_(lan).post(f"/api/v1/people/{number}/ban", json=BAN), 404)


def test_a_claim_does_not_outlive_a_ban_in_the_queue(client: Client, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    make.proposal(ha, "submitted")
    client.as_(lan).post(f"/api/v1/people/{ha.id}/ban", json=BAN)
    assert client.as_(lan).post(f"{QUEUE}/next", json={}).json()["items"] == []
    assert [item.is_set_aside for item in db.all(QueueItem)] == [True]
