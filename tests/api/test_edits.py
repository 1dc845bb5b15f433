"""New texts of published proposals: they wait for a moderator; what is accepted becomes a revision. Trusted authors skip it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.database import now
from app.models import (
    Account,
    Campaign,
    Email,
    Event,
    EventKind,
    PendingEdit,
    Proposal,
    QueueItem,
    Revision,
    Ruling,
    Status,
)
from tests.builders import Make, content
from tests.clients import Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

QUEUE = "/api/v1/moderation/queue"
LIST = "/api/v1/proposals"
NEW = {"title": "Ao mới", "wards": []}


def path(proposal: Proposal, action: str = "") -> str:
    return f"{LIST}/{proposal.id}{action}"


@pytest.fixture
def made(make: Make, ha: Account) -> Proposal:
    return make.proposal(ha, "published", title="Ao cũ")


@pytest.fixture
def decide(client: Client, db: Database) -> Callable[..., object]:
    def send(actor: Account, outcome: str, **values: object) -> object:
        (item,) = db.all(QueueItem, QueueItem.kind == "edit")
        return client.as_(actor).post(f"{QUEUE}/{item.id}/decision", json={"outcome": outcome, **values})  # fmt: skip

    return send


def test_a_new_text_waits_unseen(client: Client, db: Database, made: Proposal, ha: Account, outsider: Account, lan: Account) -> None:  # fmt: skip
    body = client.as_(ha).patch(path(made), json=NEW).json()
    assert (body["title"], body["revision"], body["pending_edit"]["content"]["title"]) == ("Ao cũ", 1, "Ao mới")  # fmt: skip
    assert client.as_(lan).get(path(made)).json()["pending_edit"]["version"] == 1
    for other in (None, outsider):
        seen = client.as_(other).get(path(made))
        assert (seen.json()["pending_edit"], "Ao mới" in seen.text) == (None, False)
        assert [event["event"] for event in seen.json()["history"]] == ["status"]
    (item,) = client.as_(lan).get(f"{QUEUE}?kind=edit").json()["items"]
    assert (item["title"], item["subject_id"], item["outcomes"]) == ("Ao mới", made.id, ["accept", "return"])  # fmt: skip
    sent = db.all(Event)[-1]
    assert (sent.kind, sent.created_at) == (EventKind.EDIT_SENT, db.all(PendingEdit)[-1].sent_at)
    client.as_(ha).patch(path(made), json={"summary": "Khác"})
    (pending,) = db.all(PendingEdit)
    assert (pending.version, pending.content["title"], pending.content["summary"]) == (2, "Ao mới", "Khác")  # fmt: skip
    assert db.count(QueueItem) == 1


def test_what_is_accepted_is_a_revision_of_the_author(client: Client, db: Database, made: Proposal, ha: Account, lan: Account, decide: Callable[..., object]) -> None:  # fmt: skip
    client.as_(ha).patch(path(made), json=NEW)
    assert_problem(decide(lan, "accept", revision=9), 409, "content.changed")
    assert decide(lan, "accept", revision=1, note="Hay.").status_code == 200
    body = client.get(path(made)).json()
    assert (body["title"], body["slug"], body["wards"], body["revision"]) == ("Ao mới", "ao-moi", [], 2)  # fmt: skip
    assert [event["event"] for event in body["history"]] == ["status", "edited"]
    assert [(one.number, one.edited_by) for one in db.all(Revision)] == [(1, ha.id), (2, ha.id)]
    assert (db.count(PendingEdit), db.count(QueueItem), db.all(Ruling)[-1].outcome) == (0, 0, "accept")  # fmt: skip
    email = db.all(Email)[-1]
    assert (email.recipient, email.name) == (ha.email, "edit_accepted")
    assert "Hay." in email.text


def test_what_is_returned_stays_with_the_author(client: Client, db: Database, made: Proposal, ha: Account, lan: Account, quan: Account, decide: Callable[..., object]) -> None:  # fmt: skip
    client.as_(ha).patch(path(made), json=NEW)
    assert fields_of(decide(lan, "return")) == {"reason_code"}
    assert decide(lan, "return", reason_code="off-topic", note="Lạc đề.").status_code == 200
    assert db.all(Email)[-1].name == "edit_returned"
    assert "Lạc đề." not in client.get(path(made)).text
    body = client.as_(ha).get(path(made)).json()
    assert (body["title"], body["pending_edit"]["content"]["title"]) == ("Ao cũ", "Ao mới")
    assert body["pending_edit"]["returned_at"] is not None
    assert (body["history"][-1]["event"], body["history"][-1]["note"]) == ("edit_returned", "Lạc đề.")  # fmt: skip
    assert db.count(QueueItem) == 0
    client.as_(ha).patch(path(made), json={"title": "Ao mới"})
    assert (db.all(PendingEdit)[0].returned_at, db.count(QueueItem)) == (None, 1)
    assert decide(quan, "accept").status_code == 200
    assert client.get(path(made)).json()["title"] == "Ao mới"


def test_it_is_taken_back(client: Client, db: Database, made: Proposal, ha: Account) -> None:
    for undo in ("delete", "patch"):
        client.as_(ha).patch(path(made), json=NEW)
        if undo == "delete":
            assert client.as_(ha).delete(path(made, "/pending-edit")).status_code == 204
        else:
            client.as_(ha).patch(path(made), json={"title": "Ao cũ", "wards": ["east"]})
        assert (db.count(PendingEdit), db.count(QueueItem)) == (0, 0)
    assert_problem(client.as_(ha).delete(path(made, "/pending-edit")), 409, "edit.none")


@pytest.mark.parametrize("step", ["under_consideration", "withdrawn", "merged", "hidden"])
def test_what_becomes_of_it_when_the_proposal_moves_on(client: Client, db: Database, make: Make, made: Proposal, ha: Account, lan: Account, decide: Callable[..., object], step: str) -> None:  # fmt: skip
    client.as_(ha).patch(path(made), json=NEW)
    make.move(made, step)
    stays = step == "hidden"
    assert (db.count(PendingEdit), db.count(QueueItem)) == (stays, stays)
    if stays:
        assert decide(lan, "accept").status_code == 200
        assert make.restore(made).title == "Ao mới"


def test_nobody_decides_on_their_own(client: Client, make: Make, lan: Account, decide: Callable[..., object]) -> None:  # fmt: skip
    made = make.proposal(lan, "published")
    client.as_(lan).patch(path(made), json=NEW)
    assert_problem(decide(lan, "accept"), 403)


def trusting(db: Database, standing: Campaign) -> None:
    with db.session() as session:
        session.get_one(Campaign, standing.id).trusted_skip = True


def test_trusted_authors_skip_it_where_the_campaign_allows(client: Client, db: Database, make: Make, standing: Campaign, ha: Account, lan: Account) -> None:  # fmt: skip
    made = [make.proposal(ha, "published") for _ in range(3)]
    assert client.as_(ha).post(LIST, json=content()).json()["status"] == "submitted"
    trusting(db, standing)
    new = client.as_(ha).post(LIST, json=content()).json()
    assert (new["status"], [event["status"] for event in new["history"]]) == ("published", ["draft", "submitted", "published"])  # fmt: skip
    assert client.as_(ha).patch(path(made[0]), json=NEW).json()["title"] == "Ao mới"
    newcomer = make.account("Người mới")
    assert client.as_(newcomer).post(LIST, json=content()).json()["status"] == "submitted"
    hiding = {"decision": "hide", "reason_code": "off-topic"}
    client.as_(lan).post(path(made[1], "/decision"), json=hiding)
    make.proposal(ha, "published")
    assert client.as_(ha).post(LIST, json=content()).json()["status"] == "submitted"
    client.as_(lan).post(path(made[1], "/decision"), json={"decision": "restore"})
    assert client.as_(ha).post(LIST, json=content()).json()["status"] == "published"


def test_what_waits_from_before_does_not_replace_what_is_newer(client: Client, db: Database, make: Make, standing: Campaign, ha: Account, lan: Account, decide: Callable[..., object]) -> None:  # fmt: skip
    """Who has become trusted while a text of theirs waits goes on from that one, until it is decided or taken back."""
    made, *_ = [make.proposal(ha, "published") for _ in range(3)]
    client.as_(ha).patch(path(made), json={"title": "Ao cũ"})
    trusting(db, standing)
    client.as_(ha).patch(path(made), json={"title": "Mới nhất"})
    assert db.get(Proposal, made.id).title == made.title
    decide(lan, "accept")
    assert db.get(Proposal, made.id).title == "Mới nhất"
    assert (
        client.as_(ha).patch(path(made), json={"title": "Sau cùng"}).json()["title"] == "Sau cùng"
    )
    assert db.count(PendingEdit) == 0


def test_what_was_hidden_long_ago_is_forgiven(client: Client, db: Database, make: Make, standing: Campaign, ha: Account) -> None:  # fmt: skip
    trusting(db, standing)
    make.proposal(ha, "hidden")
    for _ in range(3):
        make.proposal(ha, "published")
    assert client.as_(ha).post(LIST, json=content()).json()["status"] == "submitted"
    with db.session() as session:
        session.execute(update(Ruling).values(decided_at=now() - timedelta(days=366)))
    assert Status(client.as_(ha).post(LIST, json=content()).json()["status"]) is Status.PUBLISHED
