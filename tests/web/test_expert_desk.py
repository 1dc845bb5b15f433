"""The desk for experts: one application, its decision, the end of an approval."""

import pytest

from app.models import Account, ApplicationStatus, Email, ExpertApplication, Role
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database

DESK = "/moderation/experts"


def test_one_application_is_read_whole(browser: Browser, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.application(ha, field="mills")
    page = browser.as_(lan).get(f"{DESK}/{made.id}").text
    for text in ("Hà", "Viện Vịt", "Cối xay", "Việt Nam", "<strong>vịt</strong>", "0000-0002-1825-0097", "vit.example.org"):  # fmt: skip
        assert text in page
    assert "ha@example.org" not in page


@pytest.mark.parametrize(("verdict", "status", "role"), [("approve", "approved", Role.EXPERT), ("refuse", "refused", Role.CITIZEN)])  # fmt: skip
def test_a_decision(browser: Browser, db: Database, make: Make, ha: Account, lan: Account, verdict: str, status: str, role: Role) -> None:  # fmt: skip
    made = make.application(ha)
    path = f"{DESK}/{made.id}/decision"
    answer = browser.as_(lan).submit(path, verdict=verdict, note="Vì thế.")
    assert (answer.status_code, answer.headers["location"]) == (303, "/moderation")
    found = db.get(ExpertApplication, made.id)
    assert (found.status, found.decided_by, found.note) == (status, lan.id, "Vì thế.")
    assert found.decided_at is not None
    assert db.get(Account, ha.id).role is role
    for again in ("approve", "refuse"):
        assert browser.as_(lan).submit(path, verdict=again, note="x").status_code == 409
    assert (db.count(Email), db.get(ExpertApplication, made.id)) == (1, found)


def test_refusing_needs_words(browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.application(ha)
    for fields in ({"verdict": "refuse"}, {"verdict": "refuse", "note": "\u200b"}, {"verdict": "x", "note": "<lời>"}, {}):  # fmt: skip
        page = browser.as_(lan).submit(f"{DESK}/{made.id}/decision", **fields)
        assert page.status_code == 422
        assert 'role="alert"' in page.text
    assert db.get(ExpertApplication, made.id).is_pending
    assert db.count(Email) == 0


def test_a_withdrawn_application_cannot_be_decided(browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.application(ha)
    browser.as_(ha).submit("/experts/apply/withdraw")
    answer = browser.as_(lan).submit(f"{DESK}/{made.id}/decision", verdict="approve")
    assert answer.status_code == 409
    assert db.get(ExpertApplication, made.id).status is ApplicationStatus.WITHDRAWN


def test_ones_own_application_is_anothers_to_decide(browser: Browser, db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    made = make.application(ha)
    with db.session() as session:
        session.get_one(Account, ha.id).role = Role.MODERATOR
    own = browser.as_(ha)
    page = own.get(f"{DESK}/{made.id}")
    assert "người kiểm duyệt khác" in page.text
    assert "/decision" not in page.text
    assert own.submit(f"{DESK}/{made.id}/decision", verdict="approve").status_code == 403
    assert db.get(ExpertApplication, made.id).is_pending


@pytest.mark.parametrize("number", ["0", "999999", "2147483648", "9" * 18])
def test_nothing_there(browser: Browser, lan: Account, ha: Account, number: str) -> None:
    assert browser.as_(lan).get(f"{DESK}/{number}").status_code == 404
    assert browser.as_(lan).submit(f"{DESK}/{number}/decision", verdict="approve").status_code == 404  # fmt: skip
    if number != "0":
        assert browser.as_(ha).get(f"{DESK}/{number}").status_code in {403, 404}


def test_ending_an_approval(browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.approval(ha)
    path = f"{DESK}/{made.id}/end"
    page = browser.as_(lan).submit(path, note=" ")
    assert (page.status_code, 'id="error-note"' in page.text) == (422, True)
    assert browser.get(f"/experts/{ha.id}").status_code == 200
    answer = browser.as_(lan).submit(path, note="Đã xin thôi.")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{DESK}/{made.id}")
    assert db.get(Account, ha.id).role is Role.CITIZEN
    assert browser.get(f"/experts/{ha.id}").status_code == 404
    assert browser.as_(lan).submit(path, note="Lại.").status_code == 409
    assert "Đã xin thôi." in browser.as_(lan).get(f"{DESK}/{made.id}").text


def test_what_is_not_in_force_cannot_be_ended(browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.application(ha)
    assert browser.as_(lan).submit(f"{DESK}/{made.id}/end", note="x").status_code == 409
    assert db.get(ExpertApplication, made.id).is_pending


def test_the_profile_leads_moderators_to_the_desk(browser: Browser, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.approval(ha)
    link = f'href="{DESK}/{made.id}"'
    assert link in browser.as_(lan).get(f"/experts/{ha.id}").text
    assert link not in browser.get(f"/experts/{ha.id}").text
