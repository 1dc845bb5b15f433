"""Signals: what moderators are told about a text that has come in, through both doors, and what is not kept of it."""

from collections.abc import Callable
from typing import Any

import pytest

from app.models import Account, QueueItem, QueueSignal, Signal
from tests.builders import Make, content
from tests.clients import Browser, Client
from tests.databases import Database

QUEUE = "/api/v1/moderation/queue"
PHONE, CITIZEN, EMAIL = "03-3210-7000", "TT-4711", "vit@example.org"
TELLING = {
    "title": "ĐÀO MỘT CÁI AO THẬT TO",
    "summary": f"Gọi {PHONE} hay viết cho {EMAIL}.",
    "problem": f"Số của tôi: {CITIZEN} và {CITIZEN}.",
    "solution": "Xem https://ao.example/x, hxxp://ao.example/y và ho.example.com.",
}
Send = Callable[[dict[str, Any]], None]


def signals(client: Client, moderator: Account) -> dict[str, dict[str, Any]]:
    """The signals of the newest thing in the queue."""
    newest = client.as_(moderator).get(f"{QUEUE}?limit=100").json()["items"][-1]
    return {one["code"]: one["detail"] for one in newest["signals"]}


def test_what_stands_in_a_text_is_seen_by_field(client: Client, db: Database, ha: Account, lan: Account) -> None:  # fmt: skip
    client.as_(ha).post("/api/v1/proposals", json=content(**TELLING))
    found = signals(client, lan)
    assert found == {
        "capitals": {"fields": {"title": 1}},
        "phone": {"fields": {"summary": 1}},
        "email": {"fields": {"summary": 1}},
        "citizen_number": {"fields": {"problem": 2}},
        "links": {"fields": {"solution": 3}, "hosts": ["ao.example", "ho.example.com"]},
        "first": {},
    }
    for row in db.all(QueueSignal):
        assert not any(secret in str(row.detail) for secret in (PHONE, CITIZEN, EMAIL))


def test_an_ordinary_text_of_a_known_author_has_none(client: Client, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    make.proposal(ha, "published", title="Một việc khác hẳn", summary="Sửa mái đình.", problem="Mái đình dột.")  # fmt: skip
    client.as_(ha).post("/api/v1/proposals", json=content())
    assert signals(client, lan) == {}


def test_a_form_is_looked_at_like_json_and_again_when_it_changes(browser: Browser, client: Client, db: Database, ha: Account, lan: Account) -> None:  # fmt: skip
    texts = {key: value for key, value in content(**TELLING).items() if isinstance(value, str)}
    path = browser.as_(ha).submit("/proposals/new", **texts, action="submit").headers["location"]
    assert len(signals(client, lan)) == 6
    number = int(path.removeprefix("/proposals/").split("-")[0])
    client.as_(ha).patch(f"/api/v1/proposals/{number}", json={**TELLING, "title": "Cái ao", "problem": "Ao."})  # fmt: skip
    assert signals(client, lan).keys() == {"phone", "email", "links", "first"}
    client.as_(ha).post(f"/api/v1/proposals/{number}/withdraw")
    assert db.count(QueueSignal) == 0


def test_the_new_text_of_a_published_proposal_is_looked_at(client: Client, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    client.as_(ha).patch(f"/api/v1/proposals/{made.id}", json={"solution": "https://ao.example"})
    assert signals(client, lan) == {"links": {"fields": {"solution": 1}, "hosts": ["ao.example"]}, "first": {}}  # fmt: skip


def test_a_report_of_readers_stays_when_the_text_changes(client: Client, db: Database, ha: Account, lan: Account) -> None:  # fmt: skip
    number = client.as_(ha).post("/api/v1/proposals", json=content()).json()["id"]
    with db.session() as session:
        item_id = db.all(QueueItem)[0].id
        session.add(QueueSignal(item_id=item_id, code=Signal.REPORTED, detail={"count": 2}))
    client.as_(ha).patch(f"/api/v1/proposals/{number}", json={"solution": "https://ao.example"})
    assert signals(client, lan).keys() == {"first", "links", "reported"}


def test_many_from_one_account(client: Client, db: Database, ha: Account, minh: Account, lan: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(db.settings, "many_submissions", 2)
    monkeypatch.setattr(client.app.state.settings, "many_submissions", 2)
    seen = []
    for _ in range(3):
        client.as_(ha).post("/api/v1/proposals", json=content())
        seen.append(signals(client, lan).get("many"))
    assert seen == [None, None, {"count": 3}]
    client.as_(minh).post("/api/v1/proposals", json=content())
    assert "many" not in signals(client, lan)


def test_a_similar_one_is_named_by_its_number(client: Client, make: Make, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    made = make.proposal(minh, "published", title="Cái ao", summary="Một cái ao cho vịt", problem="Vịt không có ao để bơi")  # fmt: skip
    texts = {"title": "Cái ao", "summary": "mot cai ao cho vit", "problem": "VỊT KHÔNG CÓ AO"}
    client.as_(ha).post("/api/v1/proposals", json=content(**texts))
    (match,) = signals(client, lan)["similar"]["proposals"]
    assert match["id"] == made.id
    assert 0.6 <= match["likeness"] < 1
    (one,) = client.as_(lan).get(f"{QUEUE}?signal=similar").json()["items"]
    assert one["title"] == "Cái ao"


def test_a_comment_is_looked_at_and_its_author_known_by_what_they_wrote(client: Client, make: Make, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    path = f"/api/v1/proposals/{make.proposal(minh, 'published').id}/comments"
    client.as_(ha).post(path, json={"text": f"Gọi {PHONE}, {CITIZEN}."})
    assert signals(client, lan) == {"phone": {"fields": {"text": 1}}, "citizen_number": {"fields": {"text": 1}}, "first": {}}  # fmt: skip
    client.as_(ha).post(path, json={"text": "Xem ao.example.com"})
    assert signals(client, lan) == {"links": {"fields": {"text": 1}, "hosts": ["ao.example.com"]}}
    client.as_(minh).post(path, json={"text": "Cảm ơn."})
    assert signals(client, lan) == {}
    client.as_(ha).post("/api/v1/proposals", json=content())
    assert "first" not in signals(client, lan)
