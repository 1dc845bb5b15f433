"""Phone numbers: a code by text message, once, for minutes, five tries; a number belongs to one account."""

import re
from datetime import datetime, timedelta

import httpx
import pytest

from app.database import now
from app.models import Account, Channel, Email, Identity, Level, PhoneCode
from app.services import identities
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database
from tests.web.test_sign_in import another, still

NUMBER, TYPED = "+819012345678", "090-1234-5678"
PAGE = "/account/identity"
_ = still  # The fixture that stops the clock of the limits.


def ask(browser: Browser, number: str = TYPED) -> httpx.Response:
    return browser.submit(f"{PAGE}/phone", phone=number)


def redeem(browser: Browser, code: str) -> httpx.Response:
    return browser.submit(f"{PAGE}/phone/code", code=code, phone=NUMBER)


def texted_code(db: Database) -> str:
    found = re.search(r"\b\d{6}\b", db.all(Email, Email.channel == Channel.SMS)[-1].text)
    assert found
    return found[0]


def level(db: Database, account: Account) -> Level:
    with db.session(writes=False) as session:
        return identities.level_of(session, account)


def test_a_code_by_text_message_verifies(browser: Browser, db: Database, ha: Account) -> None:
    own = browser.as_(ha)
    assert ask(own).status_code == 200
    (message,) = db.all(Email)
    assert (message.channel, message.recipient, message.html) == ("sms", NUMBER, "")
    code = texted_code(db)
    assert code not in str(db.all(PhoneCode))
    assert level(db, ha) is Level.EMAIL
    assert redeem(own, code).headers["location"] == PAGE
    assert level(db, ha) is Level.VERIFIED
    assert NUMBER not in str(db.all(Identity)) + str(db.all(PhoneCode))
    assert redeem(own, code).status_code == 400  # Once.


@pytest.mark.parametrize("number", ["", "x", "12", "03-1234-5678", "+1 202 555", "0" * 5000, "\x00", "<b>", "+84 90 123"])  # fmt: skip
def test_what_is_no_mobile_number(browser: Browser, db: Database, ha: Account, number: str) -> None:
    refused = ask(browser.as_(ha), number)
    assert refused.status_code == 422
    assert "số điện thoại di động" in refused.text
    assert db.count(Email) == db.count(PhoneCode) == 0


@pytest.mark.parametrize(("served", "status"), [("", 422), ("VN", 200), ("JP,VN", 200), ("*", 200)])  # fmt: skip
def test_a_number_of_another_country(browser: Browser, db: Database, ha: Account, monkeypatch: pytest.MonkeyPatch, served: str, status: int) -> None:  # fmt: skip
    monkeypatch.setattr(db.settings, "sms_countries", served)
    assert ask(browser.as_(ha), "+84 912 345 678").status_code == status
    assert [text.recipient for text in db.all(Email)] == ["+84912345678"] * (status == 200)


def test_five_wrong_tries_lock_and_a_code_expires(browser: Browser, db: Database, ha: Account) -> None:  # fmt: skip
    own = browser.as_(ha)
    ask(own)
    for _try in range(5):
        refused = redeem(own, another(texted_code(db)))
        assert refused.status_code == 400
        assert NUMBER in refused.text
    assert redeem(own, texted_code(db)).status_code == 400
    ask(own)
    with db.session() as session:
        row = session.merge(db.all(PhoneCode)[0])
        assert row.expires_at - now() <= timedelta(minutes=10)
        row.expires_at = now()
    assert redeem(own, texted_code(db)).status_code == 400
    assert db.count(Identity) == 0


def test_a_code_is_of_its_account(browser: Browser, db: Database, ha: Account, outsider: Account) -> None:  # fmt: skip
    ask(browser.as_(ha))
    code = texted_code(db)
    ask(browser.as_(outsider), "080-1234-5678")
    assert redeem(browser.as_(outsider), code).status_code == 400


def test_a_number_belongs_to_one_account_and_its_holder_learns_which(browser: Browser, db: Database, ha: Account, outsider: Account) -> None:  # fmt: skip
    ask(browser.as_(ha))
    redeem(browser.as_(ha), texted_code(db))
    other = browser.as_(outsider)
    assert "h•••@" not in ask(other).text  # Not before the code has shown whose phone it is.
    refused = redeem(other, texted_code(db))
    assert refused.status_code == 409
    assert "h•••@e•••.org" in refused.text
    assert "ha@example.org" not in refused.text
    assert level(db, outsider) is Level.EMAIL


def test_text_messages_are_limited(browser: Browser, db: Database, ha: Account, outsider: Account, still: datetime) -> None:  # fmt: skip
    own = browser.as_(ha)
    assert [ask(own).status_code for _try in range(4)] == [200] * 3 + [429]
    refused = ask(browser.as_(outsider))
    assert refused.status_code == 429  # The number's limit, whoever asks from here.
    assert 0 < int(refused.headers["retry-after"]) <= 24 * 3600
    assert db.count(Email) == 3


def test_nobody_elses_number_can_be_blocked_from_one_place(browser: Browser, db: Database, ha: Account, outsider: Account, still: datetime, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    where = ["203.0.113.0/24"]
    monkeypatch.setattr("app.services.phones.network_of", lambda _address: where[-1])
    monkeypatch.setattr("app.services.phones.host_of", lambda _address: where[-1])
    assert [ask(browser.as_(outsider)).status_code for _try in range(4)][-1] == 429
    where.append("198.51.100.0/24")
    assert ask(browser.as_(ha)).status_code == 200


def test_one_place_cannot_send_to_everybody(browser: Browser, db: Database, make: Make, still: datetime) -> None:  # fmt: skip
    answers = [
        ask(browser.as_(make.account(f"Người {number}")), f"090-1234-{number:04d}").status_code
        for number in range(12)
    ]
    assert answers == [200] * 10 + [429] * 2
    assert db.count(Email) == 10


def test_without_a_sender_production_offers_no_phone(browser: Browser, db: Database, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("app.services.phones.are_possible", lambda _settings: False)
    own = browser.as_(ha)
    assert "phone" not in own.get(PAGE).text
    assert ask(own).status_code == 404
    assert redeem(own, "000000").status_code == 404
