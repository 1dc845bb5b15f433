"""Comments as a program: written, edited, deleted, found helpful, decided on, read page by page, and who may."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col

from app.database import now
from app.models import (
    Account,
    Comment,
    CommentEvent,
    Email,
    HelpfulMark,
    Proposal,
    QueueItem,
    QueueKind,
    Role,
    Ruling,
)
from tests.builders import Make
from tests.clients import Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

MARKDOWN = "Tôi **ủng hộ**, nhưng ai trả tiền?"


def under(proposal: Proposal) -> str:
    return f"/api/v1/proposals/{proposal.id}/comments"


def one(comment: Comment | int, action: str = "") -> str:
    return f"/api/v1/comments/{comment if isinstance(comment, int) else comment.id}{action}"


def steps(db: Database, comment_id: int) -> list[str]:
    """The kinds of a comment's events, oldest first."""
    return [event.kind.value for event in db.all(CommentEvent, CommentEvent.comment_id == comment_id)]  # fmt: skip


def waits(db: Database, comment_id: int) -> int:
    return db.count(QueueItem, QueueItem.kind == QueueKind.COMMENT, QueueItem.subject_id == comment_id)  # fmt: skip


def mails(db: Database) -> list[Email]:
    """The emails about comments."""
    return db.all(Email, col(Email.name).startswith("comment"))


@pytest.fixture
def pond(make: Make, ha: Account) -> Proposal:
    """Hà's proposal, which everybody reads."""
    return make.proposal(ha, "published")


@pytest.fixture
def careful(make: Make, ha: Account) -> Proposal:
    """A proposal in a campaign where moderators look first."""
    return make.proposal(ha, "published", campaign_id=make.campaign(comments_premoderated=True).id)


@pytest.fixture
def officer(make: Make) -> Account:
    return make.account("Sở Ao Hồ", Role.OFFICER)


def age(db: Database, comment: int | Comment, minutes: float) -> None:
    """Let a comment have been written some minutes ago."""
    with db.session() as session:
        found = session.get_one(Comment, comment if isinstance(comment, int) else comment.id)
        found.created_at = now() - timedelta(minutes=minutes)


# Writing


def test_a_comment_is_public_at_once_and_looked_at_afterwards(client: Client, db: Database, pond: Proposal, minh: Account) -> None:  # fmt: skip
    answer = client.as_(minh).post(under(pond), json={"text": f"  {MARKDOWN}\r\n", "stance": "question"})  # fmt: skip
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["location"].endswith(one(made["id"]))
    assert made["url"] == f"http://testserver/proposals/{pond.id}/comments/{made['id']}"
    expected = {"state": "visible", "text": MARKDOWN, "stance": "question", "voice": "person", "parent_id": None, "helpful_count": 0, "reply_count": 0, "edited_at": None, "marked_helpful": False, "reason_code": None}  # fmt: skip
    assert {name: made[name] for name in expected} == expected
    assert "<strong>ủng hộ</strong>" in made["html"]
    assert made["author"] == {"id": minh.id, "name": "Minh", "is_expert": True, "role": "expert", "field": None, "department": None, "is_proposal_author": False}  # fmt: skip
    assert made["editable_until"] is not None
    assert client.get(one(made["id"])).json() == made | {"editable_until": None}
    assert db.get(Proposal, pond.id).comment_count == 1
    assert client.get(f"/api/v1/proposals/{pond.id}").json()["comment_count"] == 1
    assert steps(db, made["id"]) == ["written"]
    (item,) = db.all(QueueItem, QueueItem.kind == QueueKind.COMMENT)
    assert (item.subject_id, item.author_id, item.proposal_id) == (made["id"], minh.id, pond.id)


def test_who_may_not_write(client: Client, db: Database, make: Make, pond: Proposal, ha: Account, outsider: Account) -> None:  # fmt: skip
    before = db.counts()
    assert_problem(client.post(under(pond), json={"text": "x"}), 401, "sign_in.required")
    for voice in ("city", "author"):
        assert_problem(client.as_(outsider).post(under(pond), json={"text": "x", "voice": voice}), 403, "permission.denied")  # fmt: skip
    assert db.count(Comment) == 0
    assert {name: rows for name, rows in db.counts().items() if name not in {"attempts", "api_token"}} == {name: rows for name, rows in before.items() if name not in {"attempts", "api_token"}}  # fmt: skip


@pytest.mark.parametrize(("body", "field"), [({"text": ""}, "text"), ({"text": " \u200b\n"}, "text"), ({"text": "x" * 4001}, "text"), ({"text": "x", "stance": "maybe"}, "stance"), ({"text": "x", "voice": "god"}, "voice"), ({"text": "x", "parent_id": 99999}, "parent_id"), ({"text": "x", "state": "visible"}, "state"), ({"text": "x", "language": "tlh"}, "language"), ({}, "text")])  # fmt: skip
def test_what_is_refused(client: Client, pond: Proposal, minh: Account, body: dict[str, Any], field: str) -> None:  # fmt: skip
    assert fields_of(client.as_(minh).post(under(pond), json=body)) == {field}


def test_the_same_words_twice_are_a_form_sent_twice(client: Client, db: Database, pond: Proposal, minh: Account, outsider: Account) -> None:  # fmt: skip
    body = {"text": MARKDOWN}
    first = client.as_(minh).post(under(pond), json=body).json()
    assert_problem(client.as_(minh).post(under(pond), json=body), 409, "comment.repeated")
    assert client.as_(outsider).post(under(pond), json=body).status_code == 201
    age(db, first["id"], 11)
    assert client.as_(minh).post(under(pond), json=body).status_code == 201


def test_a_flood_is_stopped_and_told_until_when(client: Client, pond: Proposal, minh: Account, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(client.app.state.settings, "comments_per_hour", 2)
    own = client.as_(minh)
    statuses = [own.post(under(pond), json={"text": f"Số {n}"}).status_code for n in range(3)]
    assert statuses == [201, 201, 429]
    refused = own.post(under(pond), json={"text": "Nữa"})
    assert_problem(refused, 429, "limit.comments")
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert client.as_(ha).post(under(pond), json={"text": "Tôi thì chưa"}).status_code == 201


@pytest.mark.parametrize("status", ["withdrawn", "merged", "hidden", "draft", "submitted"])
def test_where_nobody_talks(client: Client, make: Make, ha: Account, minh: Account, lan: Account, status: str) -> None:  # fmt: skip
    made = make.proposal(ha, status)
    key = "comment.closed" if status in {"withdrawn", "merged"} else "not_found"
    code = 409 if key == "comment.closed" else 404
    assert_problem(client.as_(minh).post(under(made), json={"text": "x"}), code, key)
    assert_problem(client.as_(ha).post(under(made), json={"text": "x"}), 409, "comment.closed")


# Replies


def test_a_reply_to_a_reply_joins_the_thread(client: Client, db: Database, make: Make, pond: Proposal, ha: Account, minh: Account) -> None:  # fmt: skip
    top = make.comment(minh, pond)
    reply = client.as_(ha).post(under(pond), json={"text": "Cảm ơn.", "parent_id": top.id}).json()
    deeper = client.as_(minh).post(under(pond), json={"text": "Không có gì.", "parent_id": reply["id"]}).json()  # fmt: skip
    assert reply["parent_id"] == deeper["parent_id"] == top.id
    assert db.get(Comment, top.id).reply_count == 2
    assert db.get(Proposal, pond.id).comment_count == 3
    listed = client.get(under(pond), params={"parent": top.id}).json()["items"]
    assert [item["id"] for item in listed] == [reply["id"], deeper["id"]]
    assert [item["id"] for item in client.get(under(pond)).json()["items"]] == [top.id]
    stance = {"text": "x", "parent_id": top.id, "stance": "for"}
    assert fields_of(client.as_(ha).post(under(pond), json=stance)) == {"stance"}


def test_a_parent_must_be_here_and_public(client: Client, db: Database, make: Make, pond: Proposal, ha: Account, minh: Account, outsider: Account) -> None:  # fmt: skip
    elsewhere = make.comment(minh, make.proposal(ha, "published"))
    assert fields_of(client.as_(ha).post(under(pond), json={"text": "x", "parent_id": elsewhere.id})) == {"parent_id"}  # fmt: skip
    hidden = make.rule_on(make.comment(minh, pond), "hide")
    for person in (outsider, minh):
        answer = client.as_(person).post(under(pond), json={"text": "x", "parent_id": hidden.id})
        assert_problem(answer, 409, "comment.not_public")


def test_official_words(client: Client, pond: Proposal, ha: Account, lan: Account, quan: Account, officer: Account, db: Database) -> None:  # fmt: skip
    for person, voice in ((ha, "author"), (officer, "city"), (lan, "city"), (quan, "city")):
        made = client.as_(person).post(under(pond), json={"text": f"{voice} {person.id}", "voice": voice}).json()  # fmt: skip
        assert (made["voice"], made["state"]) == (voice, "visible")
        assert made["author"]["is_proposal_author"] is (person is ha)
        # What the city itself says needs no moderator.
        assert waits(db, made["id"]) == (1 if person is ha else 0)
    answer = client.as_(officer).post(under(pond), json={"text": "x", "voice": "author"})
    assert_problem(answer, 403, "permission.denied")


# Editing and deleting


def test_an_edit_in_time_keeps_the_text_before_for_moderators(client: Client, db: Database, make: Make, pond: Proposal, minh: Account, lan: Account) -> None:  # fmt: skip
    made = make.comment(minh, pond, text="Tôi ủng hộ.", stance="for")
    make.rule_on(made, "keep")
    answer = client.as_(minh).patch(one(made), json={"text": "Tôi phản đối.", "stance": "against"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["text"], body["stance"], body["revision"]) == ("Tôi phản đối.", "against", 2)
    assert body["edited_at"] is not None
    assert body["state"] == "visible"
    # A text that nobody has looked at is there again.
    assert waits(db, made.id) == 1
    history = client.as_(lan).get(one(made, "/history")).json()["items"]
    assert [step["event"] for step in history] == ["written", "kept", "edited"]
    assert history[-1]["text"] == "Tôi ủng hộ."
    client.as_(minh).patch(one(made), json={"stance": "against"})
    assert len(steps(db, made.id)) == 3  # Nothing changed.


def test_who_may_not_edit_and_when(client: Client, db: Database, make: Make, pond: Proposal, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    made = make.comment(minh, pond)
    change = {"text": "Khác."}
    assert_problem(client.patch(one(made), json=change), 401)
    for person in (ha, lan):
        assert_problem(client.as_(person).patch(one(made), json=change), 403, "permission.denied")
    assert fields_of(client.as_(minh).patch(one(made), json={"text": None})) == {"text"}
    reply = make.comment(minh, pond, parent_id=made.id)
    assert fields_of(client.as_(minh).patch(one(reply), json={"stance": "for"})) == {"stance"}
    age(db, made, 15)
    assert_problem(client.as_(minh).patch(one(made), json=change), 409, "comment.too_late")
    assert client.as_(minh).get(one(made)).json()["editable_until"] is None
    make.rule_on(reply, "hide")
    assert_problem(client.as_(minh).patch(one(reply), json=change), 409, "comment.too_late")
    make.move(pond, "withdrawn")
    other = one(make_withdrawn(make, ha, minh))
    assert_problem(client.as_(minh).patch(other, json=change), 409, "comment.closed")


def make_withdrawn(make: Make, author: Account, writer: Account) -> Comment:
    """A comment on a proposal that has been withdrawn since."""
    proposal = make.proposal(author, "published")
    made = make.comment(writer, proposal)
    make.move(proposal, "withdrawn")
    return made


def test_deleting_erases_the_words_for_everybody(client: Client, db: Database, make: Make, pond: Proposal, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    made = make.comment(minh, pond, text="Lời nói dại.", stance="against")
    client.as_(minh).patch(one(made), json={"text": "Lời nói dại hơn."})
    reply = make.comment(ha, pond, parent_id=made.id)
    make.find_helpful(ha, made)
    for person, status in ((None, 401), (ha, 403), (lan, 403)):
        assert_problem(client.as_(person).delete(one(made)), status)
    assert client.as_(minh).delete(one(made)).status_code == 204
    for reader in (None, ha, minh, lan):
        stub = client.as_(reader).get(one(made)).json()
        nothing = ("author", "text", "html", "stance", "voice", "edited_at", "editable_until")
        assert [stub[name] for name in nothing] == [None] * 7
        assert (stub["state"], stub["helpful_count"], stub["reply_count"]) == ("deleted", 0, 1)
    assert "nói dại" not in db.dump()
    assert db.count(HelpfulMark) == 0
    assert db.get(Proposal, pond.id).comment_count == 1
    assert [item["id"] for item in client.get(under(pond)).json()["items"]] == [made.id]
    assert [item["id"] for item in client.get(under(pond), params={"parent": made.id}).json()["items"]] == [reply.id]  # fmt: skip
    assert steps(db, made.id) == ["written", "edited", "marked", "deleted"]
    assert waits(db, made.id) == 0
    assert_problem(client.as_(minh).delete(one(made)), 409, "comment.deleted")
    assert_problem(client.as_(minh).patch(one(made), json={"text": "x"}), 409, "comment.deleted")
    answer = client.as_(ha).post(under(pond), json={"text": "x", "parent_id": made.id})
    assert_problem(answer, 409, "comment.not_public")


# Helpful


def test_helpful_marks(client: Client, db: Database, make: Make, pond: Proposal, ha: Account, minh: Account, outsider: Account) -> None:  # fmt: skip
    made = make.comment(minh, pond)
    path = one(made, "/helpful")
    assert_problem(client.put(path), 401)
    assert_problem(client.as_(minh).put(path), 403, "permission.denied")
    assert_problem(client.as_(minh).delete(path), 403, "permission.denied")
    for _ in range(2):
        assert client.as_(ha).put(path).json() == {"helpful_count": 1, "marked_helpful": True}
    assert client.as_(outsider).put(path).json() == {"helpful_count": 2, "marked_helpful": True}
    assert client.as_(ha).get(one(made)).json()["marked_helpful"] is True
    assert client.as_(minh).get(one(made)).json()["marked_helpful"] is False
    for _ in range(2):
        assert client.as_(ha).delete(path).status_code == 204
    assert db.get(Comment, made.id).helpful_count == db.count(HelpfulMark) == 1
    assert steps(db, made.id) == ["written", "marked", "marked", "unmarked"]
    # Again and again leaves no more than one of each in an hour.
    for method in ("PUT", "DELETE") * 3:
        client.as_(ha).request(method, path)
    assert steps(db, made.id) == ["written", "marked", "marked", "unmarked"]
    # Of marks it is kept that there are, not whose they were once they are taken back.
    assert [event.actor_id for event in db.all(CommentEvent)] == [minh.id, None, None, None]
    make.rule_on(made, "hide")
    assert_problem(client.as_(ha).put(path), 409, "comment.not_public")
    assert client.as_(outsider).delete(path).status_code == 204
    closed = make_withdrawn(make, ha, minh)
    assert_problem(client.as_(outsider).put(one(closed, "/helpful")), 409, "comment.closed")


# Moderation


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_hiding_and_showing_again(client: Client, db: Database, make: Make, pond: Proposal, minh: Account, ha: Account, role: Role) -> None:  # fmt: skip
    staff = make.account("Bàn", role)
    made = make.comment(minh, pond, text="Đồ **ngốc**.")
    decision = {"decision": "hide", "reason_code": "off-topic", "note": "Xin giữ lời.", "revision": 1}  # fmt: skip
    answer = client.as_(staff).post(one(made, "/decision"), json=decision)
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["reason_code"]) == ("hidden", "off-topic")
    assert answer.json()["text"] == "Đồ **ngốc**."
    assert client.as_(minh).get(one(made)).json()["text"] == "Đồ **ngốc**."
    for reader in (None, ha):
        stub = client.as_(reader).get(one(made)).json()
        assert (stub["text"], stub["author"], stub["reason_code"]) == (None, None, "off-topic")
    assert db.get(Proposal, pond.id).comment_count == 0
    (email,) = mails(db)
    assert (email.recipient, email.name) == ("minh@example.org", "comment_hidden")
    assert "Xin giữ lời." in email.text
    assert "Lạc đề" in email.text
    (ruling,) = db.all(Ruling, Ruling.kind == QueueKind.COMMENT)
    assert (ruling.subject_id, ruling.outcome, ruling.reason_code, ruling.actor_id, ruling.account_id, ruling.proposal_id) == (made.id, "hide", "off-topic", staff.id, minh.id, pond.id)  # fmt: skip
    assert ruling.waited_since is not None
    assert waits(db, made.id) == 0
    for again in ("hide", "keep", "publish", "reject"):
        answer = client.as_(staff).post(one(made, "/decision"), json=decision | {"decision": again})
        assert_problem(answer, 409, "decision.taken")
    answer = client.as_(staff).post(one(made, "/decision"), json={"decision": "restore"})
    assert answer.json()["state"] == "visible"
    assert client.get(one(made)).json()["text"] == "Đồ **ngốc**."
    assert db.get(Proposal, pond.id).comment_count == 1
    assert [email.name for email in mails(db)] == ["comment_hidden", "comment_restored"]
    assert steps(db, made.id) == ["written", "hidden", "restored"]


def test_who_may_not_decide_and_how(client: Client, db: Database, make: Make, pond: Proposal, ha: Account, minh: Account, lan: Account, officer: Account) -> None:  # fmt: skip
    made = make.comment(minh, pond)
    path, hiding = one(made, "/decision"), {"decision": "hide", "reason_code": "off-topic"}
    assert_problem(client.post(path, json=hiding), 401)
    for member in (ha, minh, officer):
        assert_problem(client.as_(member).post(path, json=hiding), 403, "permission.denied")
    staff = client.as_(lan)
    assert fields_of(staff.post(path, json={"decision": "hide"})) == {"reason_code"}
    assert fields_of(staff.post(path, json=hiding | {"reason_code": "nonsense"})) == {"reason_code"}
    assert fields_of(staff.post(path, json=hiding | {"decision": "ban"})) == {"decision"}
    assert_problem(staff.post(path, json=hiding | {"revision": 2}), 409, "content.changed")
    assert_problem(staff.post(path, json={"decision": "publish"}), 409, "comment.decided")
    own = make.comment(lan, pond)
    assert_problem(staff.post(one(own, "/decision"), json=hiding), 403, "permission.denied")
    assert db.count(Ruling, Ruling.kind == QueueKind.COMMENT) == 0
    assert staff.post(path, json={"decision": "keep"}).status_code == 200
    assert_problem(staff.post(path, json={"decision": "keep"}), 409, "decision.taken")
    assert mails(db) == []


def test_where_moderators_look_first(client: Client, db: Database, make: Make, careful: Proposal, ha: Account, minh: Account, lan: Account, officer: Account) -> None:  # fmt: skip
    made = client.as_(minh).post(under(careful), json={"text": "Đợi đã.", "stance": "for"}).json()
    assert (made["state"], made["published_at"]) == ("waiting", None)
    for reader in (None, ha):
        assert_problem(client.as_(reader).get(one(made["id"])), 404)
        page = client.as_(reader).get(under(careful)).json()
        assert (page["items"], page["stances"]["for"]) == ([], 0)
        assert fields_of(client.as_(reader).get(under(careful), params={"parent": made["id"]})) == {"parent"}  # fmt: skip
    for action, method in (("/helpful", "PUT"), ("", "PATCH"), ("", "DELETE"), ("/history", "GET")):
        body = {"text": "x"} if method == "PATCH" else None
        assert_problem(client.as_(ha).request(method, one(made["id"], action), json=body), 404)
    answer = client.as_(ha).post(under(careful), json={"text": "x", "parent_id": made["id"]})
    assert fields_of(answer) == {"parent_id"}
    for reader in (minh, lan):
        assert client.as_(reader).get(under(careful)).json()["items"][0]["text"] == "Đợi đã."
    assert db.get(Proposal, careful.id).comment_count == 0
    assert client.as_(officer).post(under(careful), json={"text": "Của sở.", "voice": "city"}).json()["state"] == "visible"  # fmt: skip

    assert client.as_(lan).post(one(made["id"], "/decision"), json={"decision": "publish"}).json()["state"] == "visible"  # fmt: skip
    assert client.get(one(made["id"])).json()["text"] == "Đợi đã."
    assert db.get(Proposal, careful.id).comment_count == 2
    # An edit goes back to the moderators; what was public leaves its place, and no words.
    assert client.as_(minh).patch(one(made["id"]), json={"text": "Mua ngay!"}).json()["state"] == "waiting"  # fmt: skip
    stub = client.get(one(made["id"])).json()
    assert (stub["state"], stub["text"], stub["author"]) == ("waiting", None, None)
    assert db.get(Proposal, careful.id).comment_count == 1
    rejection = {"decision": "reject", "reason_code": "off-topic"}
    assert client.as_(lan).post(one(made["id"], "/decision"), json=rejection).json()["state"] == "hidden"  # fmt: skip
    assert [email.name for email in mails(db)] == ["comment_rejected"]
    assert steps(db, made["id"]) == ["written", "published", "edited", "rejected"]


def test_a_rejected_comment_was_never_there(client: Client, db: Database, make: Make, careful: Proposal, minh: Account, ha: Account) -> None:  # fmt: skip
    rejected = make.rule_on(make.comment(minh, careful), "reject")
    erased = make.comment(minh, careful)
    client.as_(minh).delete(one(erased))
    for reader in (None, ha):
        for comment in (rejected, erased):
            assert_problem(client.as_(reader).get(one(comment)), 404)
        assert client.as_(reader).get(under(careful)).json()["items"] == []
    assert client.as_(minh).get(one(rejected)).json()["reason_code"] == "off-topic"
    assert waits(db, erased.id) == 0
    make.rule_on(rejected, "restore")
    assert client.get(one(rejected)).json()["state"] == "visible"
    assert db.get(Proposal, careful.id).comment_count == 1


def test_nothing_leaks_from_a_proposal_that_is_hidden(client: Client, make: Make, pond: Proposal, ha: Account, minh: Account, outsider: Account, lan: Account) -> None:  # fmt: skip
    made = make.comment(minh, pond)
    make.move(pond, "hidden")
    for reader in (None, outsider, minh):
        assert_problem(client.as_(reader).get(one(made)), 404)
        assert_problem(client.as_(reader).get(under(pond)), 404)
    assert client.as_(lan).get(one(made)).status_code == 200
    assert client.as_(ha).get(under(pond)).json()["items"][0]["id"] == made.id
    assert_problem(client.as_(outsider).put(one(made, "/helpful")), 404)


def test_the_history_is_for_the_writer_and_moderators(client: Client, make: Make, pond: Proposal, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    made = make.rule_on(make.comment(minh, pond), "hide", note="Lý do đây.")
    path = one(made, "/history")
    assert_problem(client.get(path), 401)
    assert_problem(client.as_(ha).get(path), 403)
    for reader in (minh, lan):
        items = client.as_(reader).get(path).json()["items"]
        assert [(step["event"], step["reason_code"], step["note"]) for step in items] == [("written", None, ""), ("hidden", "off-topic", "Lý do đây.")]  # fmt: skip


def test_the_queue_shows_and_decides_comments(client: Client, make: Make, pond: Proposal, careful: Proposal, minh: Account, lan: Account, db: Database) -> None:  # fmt: skip
    shown = [make.comment(minh, pond) for _ in range(2)]
    waiting = make.comment(minh, careful)
    staff = client.as_(lan)
    items = staff.get("/api/v1/moderation/queue", params={"kind": "comment"}).json()["items"]
    assert [item["subject_id"] for item in items] == [*(one.id for one in shown), waiting.id]
    assert items[0]["excerpt"] == shown[0].text
    assert items[0]["url"].endswith(f"/moderation/comments/{shown[0].id}")
    numbers = [item["id"] for item in items]
    answer = staff.post("/api/v1/moderation/decisions", json={"items": numbers, "outcome": "keep"})
    assert [result["decided"] for result in answer.json()["items"]] == [True, True, False]
    answer = staff.post(f"/api/v1/moderation/queue/{numbers[2]}/decision", json={"outcome": "publish"})  # fmt: skip
    assert answer.status_code == 200
    assert db.count(QueueItem) == 0
    assert db.get(Comment, waiting.id).state == "visible"


# Reading


def crawl(client: Client, path: str, **params: Any) -> list[int]:
    """The numbers on all pages, one after another."""
    seen: list[int] = []
    cursor = None
    while True:
        answer = client.get(path, params=params | ({"cursor": cursor} if cursor else {}))
        page = answer.json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        assert ('rel="next"' in answer.headers.get("link", "")) is (cursor is not None)
        if cursor is None:
            return seen


def test_lists_are_read_page_by_page(client: Client, db: Database, make: Make, pond: Proposal, ha: Account, minh: Account, outsider: Account) -> None:  # fmt: skip
    stances = ["for", "against", "question", "neutral", "for"]
    made = [make.comment(minh, pond, stance=stance) for stance in stances]
    ids = [comment.id for comment in made]
    replies = [make.comment(ha, pond, parent_id=ids[0]).id for _ in range(3)]
    for comment, readers in ((made[1], [ha, outsider]), (made[3], [ha])):
        for reader in readers:
            make.find_helpful(reader, comment)
    age(db, ids[4], 60)  # Older than all others, though its number is the highest.
    newest = [ids[3], ids[2], ids[1], ids[0], ids[4]]
    assert crawl(client, under(pond), limit=2) == newest
    assert crawl(client, under(pond), limit=2, sort="oldest") == newest[::-1]
    assert crawl(client, under(pond), limit=2, sort="helpful") == [ids[1], ids[3], ids[4], ids[2], ids[0]]  # fmt: skip
    assert crawl(client, under(pond), limit=1, stance="for") == [ids[0], ids[4]]
    assert crawl(client, under(pond), limit=2, parent=ids[0]) == replies
    assert client.get(under(pond)).json()["stances"] == {"for": 2, "against": 1, "question": 1, "neutral": 1}  # fmt: skip
    client.as_(minh).delete(one(ids[0]))
    assert crawl(client, under(pond), limit=2) == newest
    assert crawl(client, under(pond), stance="for") == [ids[4]]
    first = client.get(under(pond), params={"limit": 1}).json()["next_cursor"]
    for params in ({"sort": "helpful"}, {"stance": "for"}, {"parent": ids[1]}):
        assert fields_of(client.get(under(pond), params={"cursor": first, **params})) == {"cursor"}
    for name, value in (("sort", "x"), ("limit", 0), ("y", 1), ("stance", "")):
        assert fields_of(client.get(under(pond), params={name: value})) == {name}


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999", "x", "1.0", "%00"])
def test_a_comment_that_is_not_there(client: Client, minh: Account, number: str) -> None:
    for method, action in (("GET", ""), ("DELETE", ""), ("PUT", "/helpful"), ("GET", "/history")):
        answer = client.as_(minh).request(method, f"/api/v1/comments/{number}{action}")
        assert_problem(answer, answer.status_code)
        assert answer.status_code in {404, 422}


def test_an_expert_is_named_with_the_field(client: Client, make: Make, pond: Proposal) -> None:
    made = make.comment(make.expert("Thảo", field="mills"), pond)
    assert client.get(one(made)).json()["author"]["field"] == "mills"


def test_a_closed_account_is_told_nothing(client: Client, db: Database, make: Make, pond: Proposal, lan: Account) -> None:  # fmt: skip
    gone = make.account("Kẻ phá")
    made = make.comment(gone, pond)
    with db.session() as session:
        session.get_one(Account, gone.id).banned_at = now()
    make.rule_on(made, "hide")
    assert mails(db) == []


def test_edits_and_marks_are_limited(client: Client, db: Database, make: Make, pond: Proposal, ha: Account, minh: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(db.settings, "comment_edits_per_hour", 2)
    monkeypatch.setattr(db.settings, "helpful_marks_per_hour", 2)
    made = make.comment(minh, pond, text="Trước.")
    edits = [client.as_(minh).patch(one(made), json={"text": f"Lần {n}."}) for n in range(3)]
    assert [answer.status_code for answer in edits] == [200, 200, 429]
    assert_problem(edits[2], 429, "limit.edits")
    assert int(edits[2].headers["retry-after"]) > 0
    assert db.get(Comment, made.id).text == "Lần 1."
    path = one(made, "/helpful")
    assert client.as_(ha).put(path).status_code == 200
    assert client.as_(ha).delete(path).status_code == 204
    for answer in (client.as_(ha).put(path), client.as_(ha).delete(path)):
        assert_problem(answer, 429, "limit.marks")
        assert int(answer.headers["retry-after"]) > 0
    assert db.count(HelpfulMark) == 0


def test_a_history_comes_page_by_page(client: Client, make: Make, pond: Proposal, minh: Account, outsider: Account) -> None:  # fmt: skip
    made = make.comment(minh, pond, text="Lần 0.")
    for n in range(1, 5):
        client.as_(minh).patch(one(made), json={"text": f"Lần {n}."})
    path = one(made, "/history")
    address: str | None = f"{path}?limit=2"
    found = []
    while address:
        answer = client.as_(minh).get(address)
        assert len(answer.json()["items"]) <= 2
        found += answer.json()["items"]
        address = answer.links["next"]["url"] if answer.json()["next_cursor"] else None
    assert [step["text"] for step in found] == [None, *(f"Lần {n}." for n in range(4))]
    assert_problem(client.as_(minh).get(f"{path}?cursor=x"), 422)
    assert_problem(client.as_(outsider).get(f"{path}?limit=2"), 403)
