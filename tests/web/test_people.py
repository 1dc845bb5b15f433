"""Staff and people's accounts: verified at a desk, closed, opened, given a role; always with a reason, a record, a mail."""

import pytest

from app.models import Account, AccountEvent, Email, Identity, LoginSession, Role
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database

CARD = {"document": "001 098 000 001", "note": "Thẻ căn cước, đã đối chiếu"}
WHY = {"note": "Gửi quảng cáo nhiều lần"}
BAN = WHY | {"reason_code": "off-topic"}


def test_a_person_is_found_by_the_address_they_tell(browser: Browser, lan: Account, ha: Account) -> None:  # fmt: skip
    desk = browser.as_(lan)
    for typed in ("ha@example.org", " HA@Example.org ", "ha+phieu@example.org"):
        assert desk.submit("/people", email=typed).headers["location"] == f"/people/{ha.id}"  # fmt: skip
    page = desk.get(f"/people/{ha.id}").text
    assert "Hà" in page
    assert "ha@example.org" not in page  # Who looks through the numbers learns no address.
    assert "h•••@e•••.org" in page


def test_nobody_and_nothing(browser: Browser, lan: Account) -> None:
    desk = browser.as_(lan)
    assert "Không có tài khoản nào" in desk.submit("/people", email="nobody@example.org").text
    bad = desk.submit("/people", email="<b>x")
    assert bad.status_code == 422
    assert "&lt;b&gt;x" in bad.text
    for number in (0, 999_999, 2**31):
        assert desk.get(f"/people/{number}").status_code == 404


def test_a_document_at_the_desk_verifies(browser: Browser, db: Database, lan: Account, ha: Account) -> None:  # fmt: skip
    answer = browser.as_(lan).submit(f"/people/{ha.id}/verify", **CARD)
    assert answer.status_code == 303
    (identity,) = db.all(Identity)
    assert (identity.account_id, identity.provider, identity.vouches) == (ha.id, "desk", True)
    (event,) = db.all(AccountEvent)
    assert (event.account_id, event.actor_id, event.kind, event.note) == (ha.id, lan.id, "verified", CARD["note"])  # fmt: skip
    assert "001098000001" not in str(db.all(Identity)) + str(db.all(AccountEvent)) + str(
        db.all(Email)
    )
    (mail,) = db.all(Email)
    assert (mail.recipient, mail.name) == ("ha@example.org", "account_changed")
    assert CARD["note"] in browser.as_(lan).get(f"/people/{ha.id}").text


@pytest.mark.parametrize("document", ["001098000001", "001-098-000-001", "001.098.000.001"])
def test_one_document_verifies_one_account(browser: Browser, db: Database, lan: Account, ha: Account, outsider: Account, document: str) -> None:  # fmt: skip
    desk = browser.as_(lan)
    desk.submit(f"/people/{ha.id}/verify", **CARD)
    refused = desk.submit(f"/people/{outsider.id}/verify", **(CARD | {"document": document}))
    assert refused.status_code == 409
    assert f"số {ha.id}" in refused.text
    assert f'value="{document}"' in refused.text
    assert (db.count(Identity), db.count(AccountEvent), db.count(Email)) == (1, 1, 1)


@pytest.mark.parametrize("given", [{"document": "12"}, {"document": ""}, {"document": "<script>"}, {"note": ""}, {"note": " "}, {"note": "x" * 1001}])  # fmt: skip
def test_the_desk_needs_a_number_and_words(browser: Browser, db: Database, lan: Account, ha: Account, given: dict[str, str]) -> None:  # fmt: skip
    refused = browser.as_(lan).submit(f"/people/{ha.id}/verify", **(CARD | given))
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    assert db.count(Identity) == db.count(AccountEvent) == 0


@pytest.mark.parametrize("action", ["verify", "ban", "role"])
def test_nobody_does_it_to_themselves(browser: Browser, db: Database, quan: Account, action: str) -> None:  # fmt: skip
    refused = browser.as_(quan).submit(f"/people/{quan.id}/{action}", **CARD, role="citizen")
    assert refused.status_code == 403
    assert db.get(Account, quan.id) == quan
    assert db.count(AccountEvent) == 0


def test_closing_and_opening_an_account(browser: Browser, db: Database, lan: Account, ha: Account) -> None:  # fmt: skip
    own, desk = browser.as_(ha), browser.as_(lan)
    assert desk.submit(f"/people/{ha.id}/ban", **BAN).status_code == 303
    assert own.get("/mine").status_code == 303
    assert db.count(LoginSession, LoginSession.account_id == ha.id) == 0
    assert WHY["note"] in db.all(Email)[-1].text
    assert desk.submit(f"/people/{ha.id}/ban", **BAN).status_code == 409
    assert desk.submit(f"/people/{ha.id}/unban", **WHY).status_code == 303
    assert db.get(Account, ha.id).banned_at is None
    assert desk.submit(f"/people/{ha.id}/unban", **WHY).status_code == 409
    assert [event.kind for event in db.all(AccountEvent)] == ["banned", "unbanned"]


def test_only_an_administrator_closes_the_account_of_staff(browser: Browser, db: Database, make: Make, lan: Account, quan: Account) -> None:  # fmt: skip
    other = make.account("Kiểm duyệt khác", Role.MODERATOR)
    assert browser.as_(lan).submit(f"/people/{other.id}/ban", **BAN).status_code == 403
    assert browser.as_(lan).submit(f"/people/{quan.id}/ban", **BAN).status_code == 403
    assert browser.as_(quan).submit(f"/people/{other.id}/ban", **BAN).status_code == 303


def test_an_administrator_gives_a_role(browser: Browser, db: Database, quan: Account, lan: Account, ha: Account) -> None:  # fmt: skip
    own, desk = browser.as_(ha), browser.as_(quan)
    assert browser.as_(lan).submit(f"/people/{ha.id}/role", role="officer", **WHY).status_code == 403  # fmt: skip
    assert desk.submit(f"/people/{ha.id}/role", role="king", **WHY).status_code == 422
    assert desk.submit(f"/people/{ha.id}/role", role="officer", **WHY).status_code == 303
    assert db.get(Account, ha.id).role is Role.OFFICER
    assert own.get("/mine").status_code == 303  # A new role ends the sessions.
    assert "cán bộ" in db.all(Email)[-1].text.lower()
    assert desk.submit(f"/people/{ha.id}/role", role="officer", **WHY).status_code == 409


def test_what_is_typed_is_shown_as_text(browser: Browser, db: Database, lan: Account, ha: Account) -> None:  # fmt: skip
    note = "<script>alert(1)</script>\r\nBcc: x@evil.example"
    browser.as_(lan).submit(f"/people/{ha.id}/ban", reason_code="off-topic", note=note)
    assert "<script>alert" not in browser.as_(lan).get(f"/people/{ha.id}").text
    mail = db.all(Email)[-1]
    assert "<script>alert" not in mail.html
    assert "\n" not in mail.subject
