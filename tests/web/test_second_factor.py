"""The second factor: set up by proving that it works, asked for at signing in, needed by staff before they act."""

import re
from datetime import timedelta

import httpx
import pyotp
import pytest

from app.database import now
from app.models import Account, Authenticator, Email, LoginSession, RecoveryCode
from app.services import second_factors
from app.services import sign_in as sign_in_service
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database

SETUP = "/account/second-factor"
ASK = "/sign-in/second-factor"


def hidden(page: httpx.Response, name: str) -> str:
    return re.findall(rf'name="{name}" value="([^"]*)"', page.text)[-1]


def secret_in(page: httpx.Response) -> str:
    found = re.search(r"<code>([A-Z2-7]{32})</code>", page.text)
    assert found
    return found[1]


def code(secret: str, seconds: int = 0) -> str:
    return pyotp.TOTP(secret).at(second_factors.now() + timedelta(seconds=seconds))


def enrol(browser: Browser) -> tuple[str, list[str]]:
    """Set up an app; its secret and the recovery codes."""
    page = browser.get(SETUP)
    secret = secret_in(page)
    sealed = hidden(page, "sealed")
    done = browser.submit(f"{SETUP}/authenticator", sealed=sealed, code=code(secret, -30))
    assert done.status_code == 200
    return secret, re.findall(r"<li><code>([a-z0-9-]{11})</code>", done.text)


def sign_in(browser: Browser, db: Database, account: Account, **fields: str) -> httpx.Response:
    """Give the first factor."""
    browser.submit("/sign-in", email=account.email, **fields)
    mails = [mail for mail in db.all(Email) if mail.name == "sign_in_code"]
    found = re.search(r"\b\d{6}\b", mails[-1].text)
    assert found
    return browser.submit("/sign-in/code", email=account.email, code=found[0], **fields)


def test_setting_up_and_signing_in(browser: Browser, db: Database, ha: Account) -> None:
    secret, codes = enrol(browser.as_(ha))
    assert len(codes) == second_factors.RECOVERY_CODES
    assert secret not in str(db.all(Authenticator))
    assert not any(one in str(db.all(RecoveryCode)) for one in codes)
    assert db.all(Email)[-1].name == "second_factor_changed"

    first = sign_in(browser, db, ha, next="/mine")
    assert first.headers["location"] == f"{ASK}?next=%2Fmine"
    assert browser.get("/mine").status_code == 303  # Half signed in is not signed in.
    assert browser.get("/sign-in?next=/mine").headers["location"] == f"{ASK}?next=%2Fmine"
    assert browser.get(ASK).status_code == 200
    done = browser.submit(ASK, code=code(secret), next="/mine")
    assert done.headers["location"] == "/mine"
    assert browser.get("/mine").status_code == 200
    assert db.count(LoginSession, LoginSession.is_pending) == 0


def test_half_a_session_opens_nothing(browser: Browser, client: Client, db: Database, ha: Account) -> None:  # fmt: skip
    enrol(browser.as_(ha))
    sign_in(browser, db, ha)
    before = db.counts()
    for path in ("/account", "/mine", "/proposals/new", SETUP):
        assert browser.get(path).headers["location"].startswith("/sign-in?next=")
    assert browser.submit("/proposals/new", title="Một cái ao", action="save").status_code == 401
    assert browser.submit("/account/sessions/end").status_code == 401
    assert browser.submit(f"{SETUP}/remove", what="authenticator").status_code == 401
    assert db.counts() == before
    assert "Một cái ao" not in browser.as_(ha).get("/account").text


@pytest.mark.parametrize("wrong", ["", "000000", "abcdef", "１２３４５６", "x" * 5000, "\x00"])
def test_a_wrong_code(browser: Browser, db: Database, ha: Account, wrong: str) -> None:
    enrol(browser.as_(ha))
    sign_in(browser, db, ha)
    page = browser.submit(ASK, code=wrong)
    assert page.status_code == 400
    assert browser.get("/mine").status_code == 303


def test_a_code_works_once(browser: Browser, db: Database, ha: Account) -> None:
    secret, _ = enrol(browser.as_(ha))
    used = code(secret)
    for expected in (303, 400):
        sign_in(browser, db, ha)
        assert browser.submit(ASK, code=used).status_code == expected
        browser.submit("/sign-out")


def test_a_recovery_code_works_once(browser: Browser, db: Database, ha: Account) -> None:
    _, codes = enrol(browser.as_(ha))
    for expected in (303, 400):
        sign_in(browser, db, ha)
        assert browser.submit(ASK, code=f" {codes[0].upper()} ").status_code == expected
        browser.submit("/sign-out")
    assert db.count(RecoveryCode) == second_factors.RECOVERY_CODES - 1


def test_new_recovery_codes_void_the_old(browser: Browser, db: Database, ha: Account) -> None:
    inside = browser.as_(ha)
    _, old = enrol(inside)
    page = inside.submit(f"{SETUP}/recovery")
    new = re.findall(r"<li><code>([a-z0-9-]{11})</code>", page.text)
    assert not set(old) & set(new)
    sign_in(browser, db, ha)
    assert browser.submit(ASK, code=old[0]).status_code == 400
    assert browser.submit(ASK, code=new[0]).status_code == 303


def test_guesses_are_limited(browser: Browser, db: Database, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    moment = now()
    monkeypatch.setattr("app.services.limits.now", lambda: moment)
    secret, _ = enrol(browser.as_(ha))
    sign_in(browser, db, ha)
    answers = [browser.submit(ASK, code="000000") for _ in range(12)]
    assert [answer.status_code for answer in answers] == [400] * 9 + [429] * 3
    assert int(answers[-1].headers["retry-after"]) > 0
    assert browser.submit(ASK, code=code(secret)).status_code == 429


def test_another_ones_seal_is_no_seal(browser: Browser, db: Database, ha: Account, outsider: Account) -> None:  # fmt: skip
    page = browser.as_(outsider).get(SETUP)
    sealed, secret = hidden(page, "sealed"), secret_in(page)
    for seal in (sealed, "x", ""):
        answer = browser.as_(ha).submit(f"{SETUP}/authenticator", sealed=seal, code=code(secret))
        assert answer.status_code == 400
    assert db.count(Authenticator) == 0


def test_a_wrong_first_code_keeps_the_picture(browser: Browser, db: Database, ha: Account) -> None:
    page = browser.as_(ha).get(SETUP)
    again = browser.as_(ha).submit(f"{SETUP}/authenticator", sealed=hidden(page, "sealed"), code="000000")  # fmt: skip
    assert again.status_code == 400
    assert secret_in(again) == secret_in(page)
    assert again.headers["cache-control"] == "no-store"
    assert db.count(Authenticator) == 0


def test_only_a_session_that_gave_the_factor_may_change_it(browser: Browser, db: Database, ha: Account) -> None:  # fmt: skip
    enrol(browser.as_(ha))
    older = browser.as_(ha)
    with db.session() as session:
        for row in db.all(LoginSession):
            session.merge(row).second_factor_at = None
    assert older.submit(f"{SETUP}/remove", what="authenticator").status_code == 400
    assert older.submit(f"{SETUP}/recovery").status_code == 400
    assert db.count(Authenticator) == 1


def test_removing(browser: Browser, db: Database, ha: Account) -> None:
    inside = browser.as_(ha)
    enrol(inside)
    assert inside.submit(f"{SETUP}/remove", what="nothing").status_code == 404
    assert inside.submit(f"{SETUP}/remove", what="authenticator").status_code == 303
    assert db.count(Authenticator) == db.count(RecoveryCode) == 0
    assert sign_in(browser, db, ha).headers["location"] == "/"


def test_what_was_being_written_comes_through_both_factors(browser: Browser, db: Database, ha: Account) -> None:  # fmt: skip
    secret, _ = enrol(browser.as_(ha))
    kept = "title=M%E1%BB%99t+c%C3%A1i+ao&action=save"
    page = sign_in(browser, db, ha, next="/proposals/new", kept=kept)
    assert page.status_code == 200
    assert hidden(page, "kept").replace("&amp;", "&") == kept
    form = browser.submit(ASK, code=code(secret), next="/proposals/new", kept=kept)
    assert 'value="Một cái ao"' in form.text


class TestStaff:
    """Where the setting asks for it, as production always does, staff need a second factor to act."""

    @pytest.fixture(autouse=True)
    def _needed(self, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(db.settings, "staff_needs_second_factor", True)

    def test_without_it_the_desk_is_closed(self, browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
        made = make.proposal(ha, "submitted")
        moderator = browser.as_(lan)
        assert moderator.get("/moderation").headers["location"] == ASK
        assert moderator.get(ASK).headers["location"] == SETUP
        assert 'href="/moderation"' not in moderator.get("/").text
        assert moderator.get(made.path).status_code == 404
        answer = moderator.submit(f"/proposals/{made.id}/decision", decision="publish")
        assert answer.status_code == 404
        assert moderator.submit("/proposals/new", title="Một cái ao", action="save").status_code == 303  # fmt: skip
        assert db.get(Account, lan.id).role == "moderator"

    def test_signing_in_leads_to_setting_up(self, browser: Browser, db: Database, lan: Account) -> None:  # fmt: skip
        assert sign_in(browser, db, lan, next="/moderation").headers["location"] == SETUP
        assert "Vai trò của bạn cần xác thực hai lớp" in browser.get(SETUP).text

    def test_with_it_the_desk_is_open(self, browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
        made = make.proposal(ha, "submitted")
        secret, _ = enrol(browser.as_(lan))
        assert browser.as_(lan).get("/moderation").status_code == 200
        sign_in(browser, db, lan)
        browser.submit(ASK, code=code(secret))
        answer = browser.submit(f"/proposals/{made.id}/decision", decision="publish")
        assert answer.status_code == 303

    def test_an_officer_needs_it_too(self, browser: Browser, make: Make, ha: Account) -> None:
        officer = make.officer("Cán bộ")
        assert browser.as_(officer).get("/answers/desk").headers["location"] == ASK
        spoken = browser.as_(officer).submit(f"/proposals/{make.proposal(ha, 'published').id}/comments", text="Thành phố nghe.", voice="city")  # fmt: skip
        assert spoken.status_code == 403
        enrol(browser.as_(officer))
        assert browser.as_(officer).get("/answers/desk").status_code == 200

    def test_the_last_one_stays(self, browser: Browser, db: Database, lan: Account) -> None:
        enrol(browser.as_(lan))
        answer = browser.as_(lan).submit(f"{SETUP}/remove", what="authenticator")
        assert answer.status_code == 409
        assert db.count(Authenticator) == 1

    def test_a_program_with_a_token_acts(self, client: Client, lan: Account) -> None:
        assert client.as_(lan).get("/api/v1/moderation/queue").status_code == 200


def test_a_reset_ends_every_session(browser: Browser, db: Database, ha: Account) -> None:
    """One of them may be a thief's, who has already given the factor."""
    own = browser.as_(ha)
    enrol(own)
    with db.session() as session:
        second_factors.reset(session, db.settings, session.merge(ha))
    assert own.get("/mine").status_code == 303
    assert db.count(LoginSession) == 0


def test_a_new_factor_ends_all_other_sessions(browser: Browser, db: Database, ha: Account) -> None:
    with db.session() as session:
        sign_in_service.open_session(session, db.settings, ha, "Trộm")
    own = browser.as_(ha)
    enrol(own)
    assert db.count(LoginSession) == 1
    assert own.get("/mine").status_code == 200


def test_the_owner_hears_of_a_used_recovery_code(browser: Browser, db: Database, ha: Account) -> None:  # fmt: skip
    _, codes = enrol(browser.as_(ha))
    sign_in(browser, db, ha)
    assert browser.submit(ASK, code=codes[0]).status_code == 303
    assert db.all(Email)[-1].name == "recovery_code_used"


CREDENTIALS = [
    "[" * 9_000, "1" * 5_000, '{"id": "\\ud800"}', '{"id": "a\\u0000b"}', '{"id": "a"}', '{"id": 7}', "null", "", "{}", '{"id": "' + "a" * 1_400 + '"}',
    '{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"YQ","attestationObject":"YQ"}}',
    '{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"YQ","authenticatorData":"YQ","signature":"YQ"}}',
    '{"id":"YQ","rawId":1,"type":[],"response":{}}', '{"id": "a", "id": "b"}', "x" * 30_000,
]  # fmt: skip


@pytest.mark.parametrize("credential", CREDENTIALS, ids=lambda text: text[:30])
def test_a_credential_that_is_none(browser: Browser, db: Database, ha: Account, credential: str, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(db.settings, "base_url", "http://localhost")
    own = browser.as_(ha)
    page = own.get(SETUP)
    sealed = re.findall(r'name="sealed" value="([^"]*)"', page.text)[0]
    answer = own.post(f"{SETUP}/passkey", data={"sealed": sealed, "credential": credential, "name": "Khóa"})  # fmt: skip
    assert answer.status_code == 400
    enrol(own)
    sign_in(browser, db, ha)
    assert browser.post(ASK, data={"sealed": sealed, "credential": credential or "x"}).status_code == 400  # fmt: skip
