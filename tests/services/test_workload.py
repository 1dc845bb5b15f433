"""The moderators' dashboard: what waits, and what each of them decides; through both doors the same."""

import re
from datetime import timedelta

import pytest

from app.database import now
from app.models import Account, Outcome, QueueItem, QueueKind, Role, Ruling
from app.services import accounts, queue
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database

DASHBOARD = "/api/v1/moderation/dashboard"
NOBODY = {"decided_last_7_days": 0, "decided_last_30_days": 0, "median_hours": None, "claimed": 0}


def rule(db: Database, actor: Account | None, days: float, *waits: float | None) -> None:
    at = now() - timedelta(days=days)
    with db.session() as session:
        for hours in waits:
            since = None if hours is None else at - timedelta(hours=hours)
            session.add(Ruling(kind=QueueKind.COMMENT, subject_id=0, actor_id=actor.id if actor else None, outcome=Outcome.HIDE, waited_since=since, decided_at=at))  # fmt: skip


def test_nothing_yet(client: Client, lan: Account) -> None:
    assert client.as_(lan).get(DASHBOARD).json() == {
        "waiting": [],
        "moderators": [{"moderator": {"id": lan.id, "name": "Lan"}, **NOBODY}],
        "all": {"moderator": None, **NOBODY},
    }


def test_what_waits_by_kind(client: Client, db: Database, make: Make, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    for _ in range(3):
        make.proposal(ha, "submitted")
    make.application(minh)
    banned = make.account("Bị đóng")
    make.proposal(banned, "submitted")
    with db.session() as session:
        queue.set_aside(session, banned, aside=True)
        first, second = db.all(QueueItem)[:2]
        session.get_one(QueueItem, first.id).since = oldest = now() - timedelta(days=9)
        session.get_one(QueueItem, second.id).since = now() - timedelta(hours=71)
    proposals, applications = client.as_(lan).get(DASHBOARD).json()["waiting"]
    assert proposals == {"kind": "proposal", "count": 3, "overdue": 1, "oldest_since": oldest.isoformat().replace("+00:00", "Z")}  # fmt: skip
    assert (applications["kind"], applications["count"], applications["overdue"]) == ("application", 1, 0)  # fmt: skip


def test_who_decides_how_much_and_how_fast(client: Client, db: Database, make: Make, lan: Account, quan: Account) -> None:  # fmt: skip
    gone = make.account("Đã thôi", Role.MODERATOR)
    rule(db, lan, 1, 2, 4, None)
    rule(db, lan, 20, 9)
    rule(db, lan, 31, 500)
    rule(db, quan, 2, None)
    rule(db, gone, 3, 6)
    rule(db, None, 3, 100)
    with db.session() as session:
        accounts.set_role(session, session.get_one(Account, gone.id), Role.CITIZEN)
    found = client.as_(lan).get(DASHBOARD).json()
    rows = [(one["moderator"] and one["moderator"]["name"], one["decided_last_7_days"], one["decided_last_30_days"], one["median_hours"]) for one in found["moderators"]]  # fmt: skip
    assert rows == [("Lan", 3, 4, 4.0), ("Quân", 1, 1, None), ("Đã thôi", 1, 1, 6.0), (None, 1, 1, 100.0)]  # fmt: skip
    whole = found["all"]
    assert (whole["decided_last_7_days"], whole["decided_last_30_days"], whole["median_hours"]) == (6, 7, 6.0)  # fmt: skip


@pytest.mark.parametrize(("minutes", "claimed"), [(5, 1), (-5, 0)])
def test_what_is_claimed_now(client: Client, db: Database, make: Make, ha: Account, lan: Account, minutes: int, claimed: int) -> None:  # fmt: skip
    make.proposal(ha, "submitted")
    (item,) = db.all(QueueItem)
    assert client.as_(lan).put(f"/api/v1/moderation/queue/{item.id}/claim").status_code == 200
    with db.session() as session:
        session.get_one(QueueItem, item.id).claimed_until = now() + timedelta(minutes=minutes)
    found = client.as_(lan).get(DASHBOARD).json()
    mine = next(one for one in found["moderators"] if one["moderator"]["id"] == lan.id)
    assert (mine["claimed"], found["all"]["claimed"]) == (claimed, claimed)


def test_the_page_says_the_same(browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    make.proposal(ha, "submitted")
    rule(db, lan, 1, 1.5, 3.5, 2)
    page = browser.as_(lan).get("/moderation/dashboard?lang=en").text
    rows = [re.findall(r">\s*([^<>\s][^<>]*?)\s*<", row) for row in re.findall(r"<tr>.*?</tr>", page, re.S)]  # fmt: skip
    assert ["Lan", "3", "3", "2", "0"] in rows
    assert ["All together", "3", "3", "2", "0"] in rows
    (waiting,) = [row for row in rows if row[0] == "New proposal"]
    assert waiting[2:] == ["1", "0", "72"]
    assert 'href="/moderation/dashboard" aria-current="page"' in page


def test_members_do_not_see_it(browser: Browser, client: Client, ha: Account, minh: Account) -> None:  # fmt: skip
    for member in (ha, minh):
        assert client.as_(member).get(DASHBOARD).status_code == 403
        assert browser.as_(member).get("/moderation/dashboard").status_code == 403
