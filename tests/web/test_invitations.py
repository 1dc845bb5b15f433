"""Invitations: one person, one use, two weeks. The link alone is worth nothing, and tells nobody whom it is for."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.database import now
from app.models import Account, ApplicationStatus, Email, ExpertApplication, Invitation, Role
from app.services import accounts, retention
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database
from tests.web.test_welcome import agree

INVITE = "/moderation/experts/invite"
PATH = "/experts/invitation"
FIELDS: dict[str, Any] = {"field": "mills", "affiliation": "Viện Vịt", "country": "FR", "biography": "Tôi hiểu vịt."}  # fmt: skip


def invite(browser: Browser, db: Database, moderator: Account, email: str = "ha@example.org", **fields: str) -> str:  # fmt: skip
    """The token that was mailed."""
    values = {"email": email, "language": "vi", **fields}
    answer = browser.as_(moderator).submit(INVITE, **values)
    assert (answer.status_code, answer.headers["location"]) == (303, INVITE)
    text = db.all(Email, Email.name == "expert_invitation")[-1].text
    return re.findall(r"http://testserver/experts/invitation\?token=(\S+)", text)[0]


def sign_in(browser: Browser, db: Database, email: str, **fields: str) -> httpx.Response:
    browser.submit("/sign-in", email=email, **fields)
    code = re.findall(r"\b\d{6}\b", db.all(Email)[-1].text)[0]
    return browser.submit("/sign-in/code", email=email, code=code, **fields)


def link(token: str) -> str:
    return f"{PATH}?token={token}"


def test_the_way_from_the_mail_to_the_profile(browser: Browser, db: Database, ha: Account, lan: Account) -> None:  # fmt: skip
    token = invite(browser, db, lan, field="ducks")
    guest = browser.get(link(token))
    assert guest.status_code == 200
    assert f"/sign-in?next=%2Fexperts%2Finvitation%3Ftoken%3D{token}" in guest.text
    assert "ha@example.org" not in guest.text
    assert guest.headers["cache-control"] == "no-store"
    page = browser.as_(ha).get(link(token))
    assert '<option value="ducks" selected>' in page.text
    assert f'name="token" value="{token}"' in page.text
    answer = browser.as_(ha).submit(PATH, token=token, **FIELDS)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/experts/{ha.id}")
    (made,) = db.all(ExpertApplication)
    assert (made.status, made.decided_by, made.field_code) == ("approved", lan.id, "mills")
    assert made.approved_until is not None
    assert db.get(Account, ha.id).role is Role.EXPERT
    assert db.count(Invitation) == 0
    assert browser.get(f"/experts/{ha.id}").status_code == 200
    assert db.all(Email)[-1].name == "expert_approved"


def test_the_new_expert_stays_signed_in_here_and_nowhere_else(browser: Browser, db: Database, ha: Account, lan: Account) -> None:  # fmt: skip
    token, elsewhere = invite(browser, db, lan), browser.as_(ha)
    assert elsewhere.get("/mine").status_code == 200
    sign_in(browser, db, "ha@example.org")
    before = browser.http.cookies["session"]
    assert browser.submit(PATH, token=token, **FIELDS).status_code == 303
    assert browser.http.cookies["session"] != before
    assert browser.get("/mine").status_code == 200
    assert elsewhere.get("/mine").status_code == 303


def test_it_works_once(browser: Browser, db: Database, ha: Account, lan: Account) -> None:
    token = invite(browser, db, lan)
    assert browser.as_(ha).submit(PATH, token=token, **FIELDS).status_code == 303
    for answer in (browser.as_(ha).submit(PATH, token=token, **FIELDS), browser.as_(ha).get(link(token))):  # fmt: skip
        assert answer.status_code == 400
        assert "Lời mời này đã được dùng" in answer.text
    assert db.count(ExpertApplication) == 1


def test_looking_uses_nothing_up(browser: Browser, db: Database, ha: Account, outsider: Account, lan: Account) -> None:  # fmt: skip
    token = invite(browser, db, lan)
    for reader in (None, ha, outsider, lan, ha):
        browser.as_(reader).get(link(token))
    assert db.count(Invitation) == 1
    assert db.count(ExpertApplication) == 0


def test_another_account_is_refused_and_learns_nothing(browser: Browser, db: Database, outsider: Account, lan: Account) -> None:  # fmt: skip
    token = invite(browser, db, lan)
    for answer in (browser.as_(outsider).get(link(token)), browser.as_(outsider).submit(PATH, token=token, **FIELDS)):  # fmt: skip
        assert answer.status_code == 403
        assert "ha@example.org" not in answer.text
        assert "gửi đến một địa chỉ khác" in answer.text
    assert db.count(Invitation) == 1
    assert db.get(Account, outsider.id).role is Role.CITIZEN


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MODERATOR, Role.ADMIN])
def test_staff_cannot_take_one_up(browser: Browser, db: Database, make: Make, lan: Account, role: Role) -> None:  # fmt: skip
    someone = make.account("Ai đó", role, email="ai.do@example.org")
    token = invite(browser, db, lan, "ai.do@example.org")
    assert browser.as_(someone).get(link(token)).status_code == 403
    assert browser.as_(someone).submit(PATH, token=token, **FIELDS).status_code == 403
    assert (db.count(Invitation), db.get(Account, someone.id).role) == (1, role)


def test_another_spelling_of_the_same_address_is_the_same_person(browser: Browser, db: Database, ha: Account, lan: Account) -> None:  # fmt: skip
    token = invite(browser, db, lan, "HA+chuyen-gia@example.org")
    assert browser.as_(ha).submit(PATH, token=token, **FIELDS).status_code == 303


def test_a_newcomer_signs_in_and_comes_back(browser: Browser, db: Database, lan: Account) -> None:
    token = invite(browser, db, lan, "moi@example.org")
    answer = agree(browser, sign_in(browser, db, "moi@example.org", next=link(token)), next=link(token), name="Lý Mới")  # fmt: skip
    assert answer.headers["location"] == link(token)
    assert browser.get(link(token)).status_code == 200
    assert browser.submit(PATH, token=token, **FIELDS).status_code == 303
    assert db.all(Account, Account.email == "moi@example.org")[0].role is Role.EXPERT


def test_who_gave_no_name_is_asked_for_one(browser: Browser, db: Database, make: Make, lan: Account) -> None:  # fmt: skip
    nameless = make.account("", email="moi@example.org")
    token = invite(browser, db, lan, "moi@example.org")
    own = browser.as_(nameless)
    page = own.submit(PATH, token=token, **FIELDS)
    assert page.status_code == 409
    assert "khai tên" in page.text
    assert "Tôi hiểu vịt." in page.text
    assert db.count(Invitation) == 1
    assert own.submit("/experts/apply", **FIELDS).status_code == 409
    own.submit("/account", name="Lý Mới", language="vi")
    assert own.submit(PATH, token=token, **FIELDS).status_code == 303


def test_all_that_is_wrong_is_said_at_once(browser: Browser, db: Database, ha: Account, lan: Account) -> None:  # fmt: skip
    page = browser.as_(ha).submit("/experts/apply", **(FIELDS | {"field": "", "orcid": "1234"}))
    assert page.text.count('class="error"') == 2


@pytest.mark.parametrize("change", ["banned", "demoted"])
def test_an_invitation_is_worth_what_its_sender_is(browser: Browser, db: Database, ha: Account, lan: Account, change: str) -> None:  # fmt: skip
    token = invite(browser, db, lan)
    with db.session() as session:
        sender = session.merge(db.get(Account, lan.id))
        accounts.ban(session, sender) if change == "banned" else accounts.set_role(session, sender, Role.CITIZEN)  # fmt: skip
    assert browser.as_(ha).get(link(token)).status_code == 400
    assert browser.as_(ha).submit(PATH, token=token, **FIELDS).status_code == 400
    assert db.get(Account, ha.id).role is Role.CITIZEN


@pytest.mark.parametrize("handle", ["\x00" * 16, "x" * 16, "a" * 16])
def test_what_names_no_invitation(browser: Browser, db: Database, lan: Account, handle: str) -> None:  # fmt: skip
    invite(browser, db, lan)
    assert browser.as_(lan).submit(f"{INVITE}/revoke", invitation=handle).status_code == 404
    assert db.count(Invitation) == 1


def test_an_error_keeps_the_words_and_the_invitation(browser: Browser, db: Database, ha: Account, lan: Account) -> None:  # fmt: skip
    token = invite(browser, db, lan)
    for change in ({"country": ""}, {"field": "x"}, {"field": ""}):
        page = browser.as_(ha).submit(PATH, token=token, **(FIELDS | change))
        assert page.status_code == 422
        assert "Tôi hiểu vịt." in page.text
        assert f'name="token" value="{token}"' in page.text
    assert db.count(Invitation) == 1
    assert db.get(Account, ha.id).role is Role.CITIZEN


def test_a_waiting_application_is_withdrawn_by_it(browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    waiting = make.application(ha)
    browser.as_(ha).submit(PATH, token=invite(browser, db, lan), **FIELDS)
    assert db.get(ExpertApplication, waiting.id).status is ApplicationStatus.WITHDRAWN
    assert db.count(ExpertApplication, ExpertApplication.status == "approved") == 1


def test_for_an_expert_it_is_a_renewal(browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    former = make.approval(ha)
    assert browser.as_(ha).submit(PATH, token=invite(browser, db, lan), **FIELDS).status_code == 303
    assert db.get(ExpertApplication, former.id).ended_at is not None
    assert browser.as_(ha).get("/mine").status_code == 200


def test_a_new_one_voids_the_former(browser: Browser, db: Database, ha: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    old, new = invite(browser, db, lan), invite(browser, db, quan, "Ha@example.org")
    assert db.count(Invitation) == 1
    assert browser.as_(ha).get(link(old)).status_code == 400
    assert browser.as_(ha).get(link(new)).status_code == 200


def test_it_expires_and_is_swept(browser: Browser, db: Database, ha: Account, lan: Account) -> None:
    token = invite(browser, db, lan)
    (row,) = db.all(Invitation)
    assert timedelta(days=13, hours=23) < row.expires_at - now() <= timedelta(days=14)
    with db.session() as session:
        session.merge(row).expires_at = now()
    assert browser.get(link(token)).status_code == 400
    assert browser.as_(ha).submit(PATH, token=token, **FIELDS).status_code == 400
    assert "ha@example.org" not in browser.as_(lan).get(INVITE).text
    with db.session() as session:
        retention.sweep(session)
    assert db.count(Invitation) == 0


def test_a_closed_account_cannot_take_one_up(browser: Browser, db: Database, ha: Account, lan: Account) -> None:  # fmt: skip
    token = invite(browser, db, lan)
    signed_in = browser.as_(ha)
    with db.session() as session:
        accounts.ban(session, session.get_one(Account, ha.id))
    assert signed_in.submit(PATH, token=token, **FIELDS).status_code == 401
    assert db.count(Invitation) == 1


def test_only_a_hash_is_kept_and_the_words_only_in_the_mail(browser: Browser, db: Database, lan: Account) -> None:  # fmt: skip
    token = invite(browser, db, lan, words="Mời <anh> tham gia.\nThân mến")
    (row,) = db.all(Invitation)
    assert token not in str(row)
    assert "tham gia" not in str(row)
    (email,) = db.all(Email)
    assert "Mời <anh> tham gia.\nThân mến" in email.text
    assert "Mời &lt;anh&gt; tham gia." in email.html
    assert token not in browser.as_(lan).get(INVITE).text
    assert row.token_hash not in browser.as_(lan).get(INVITE).text


def test_the_mail_is_in_the_language_chosen(browser: Browser, db: Database, lan: Account) -> None:
    invite(browser, db, lan, language="en")
    assert db.all(Email)[0].subject == "Invitation to join Tinytown Ideas as an expert"


def test_open_ones_are_listed_and_revoked(browser: Browser, db: Database, ha: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    token = invite(browser, db, lan)
    (row,) = db.all(Invitation)
    assert "ha@example.org" in browser.as_(quan).get(INVITE).text
    assert browser.as_(ha).submit(f"{INVITE}/revoke", invitation=row.handle).status_code == 403
    for handle in ("", "x", "%" * 16, row.token_hash):
        assert browser.as_(quan).submit(f"{INVITE}/revoke", invitation=handle).status_code == 404
    assert browser.as_(quan).submit(f"{INVITE}/revoke", invitation=row.handle).status_code == 303
    assert browser.as_(quan).submit(f"{INVITE}/revoke", invitation=row.handle).status_code == 404
    assert browser.as_(ha).get(link(token)).status_code == 400


@pytest.mark.parametrize("fields", [{}, {"email": "x"}, {"email": "a@b.org", "language": "xx"}, {"email": "a@b.org", "language": "vi", "field": "x"}, {"email": "a@b.org", "language": "vi", "words": "x" * 2001}, {"email": "a@b.org\r\nBcc: c@d.org", "language": "vi"}])  # fmt: skip
def test_a_bad_invitation_sends_nothing(browser: Browser, db: Database, lan: Account, fields: dict[str, str]) -> None:  # fmt: skip
    page = browser.as_(lan).submit(INVITE, **fields)
    assert (page.status_code, 'role="alert"' in page.text) == (422, True)
    assert db.count(Email) == db.count(Invitation) == 0


def test_nobody_invites_themselves(browser: Browser, db: Database, lan: Account) -> None:
    page = browser.as_(lan).submit(INVITE, email="LAN+x@example.org", language="vi", words="Lời")
    assert page.status_code == 409
    assert "Không ai được tự mời chính mình." in page.text
    assert "Lời" in page.text
    assert db.count(Email) == db.count(Invitation) == 0


def test_what_was_typed_outlives_the_session(browser: Browser, db: Database, ha: Account, lan: Account) -> None:  # fmt: skip
    token = invite(browser, db, lan)
    page = browser.submit(PATH, token=token, **FIELDS)
    assert page.status_code == 401
    kept = f"token={token}&biography=T%C3%B4i"
    page = sign_in(browser, db, "ha@example.org", next=PATH, kept=kept)
    assert (page.status_code, "Tôi" in page.text) == (200, True)
    welcome = sign_in(browser, db, "moi@example.org", next=PATH, kept=kept)
    other = agree(browser, welcome, next=PATH, kept=kept)
    assert (other.status_code, "Tôi" in other.text) == (
        303,
        False,
    )  # It was meant for somebody else.
    assert db.count(Invitation) == 1
