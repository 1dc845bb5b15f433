"""One's own account: the name, the language, the open sessions, the tokens. Nobody else's can be touched."""

import pytest

from app.models import Account, ApiToken, Email, LoginSession
from app.services import accounts, sign_in
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"


def another_session(db: Database, account: Account) -> LoginSession:
    with db.session() as session:
        sign_in.open_session(session, db.settings, account, "Firefox · Linux")
    return db.all(LoginSession, LoginSession.device == "Firefox · Linux")[-1]


def test_name_and_language(browser: Browser, db: Database, ha: Account) -> None:
    answer = browser.as_(ha).submit("/account", name="  Hà   Nguyễn ", language="en")
    assert answer.headers["location"] == "/account"
    found = db.get(Account, ha.id)
    assert (found.name, found.language) == ("Hà Nguyễn", "en")
    browser.as_(ha).submit("/sign-in", email="ha@example.org")


@pytest.mark.parametrize(("name", "language"), [("", "vi"), ("x", "vi"), ("\u200b\u200b", "vi"), ("x" * 121, "vi"), ("Hà", "xx"), ("Hà", "")])  # fmt: skip
def test_a_bad_name_or_language_changes_nothing(browser: Browser, db: Database, ha: Account, name: str, language: str) -> None:  # fmt: skip
    page = browser.as_(ha).submit("/account", name=name, language=language)
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert db.get(Account, ha.id) == ha


def test_sessions_are_listed_and_ended_one_by_one(
    browser: Browser, db: Database, ha: Account
) -> None:
    own = browser.as_(ha)
    other = another_session(db, ha)
    page = own.get("/account")
    assert "Firefox · Linux" in page.text
    assert other.token_hash not in page.text
    assert own.submit("/account/sessions/end", session=other.handle).status_code == 303
    assert db.count(LoginSession) == 1
    assert own.get("/mine").status_code == 200


def test_all_other_sessions_end_at_once(browser: Browser, db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    own, outsider = browser.as_(ha), browser.as_(make.account("Khác"))
    for _ in range(3):
        another_session(db, ha)
    own.submit("/account/sessions/end")
    assert own.get("/mine").status_code == outsider.get("/mine").status_code == 200
    assert db.count(LoginSession) == 2


def test_the_browser_is_named(browser: Browser, db: Database, ha: Account) -> None:
    browser.submit("/sign-in", email="ha@example.org")
    link = db.all(Email)[-1].text.split("token=")[1].split()[0]
    browser.http.headers["User-Agent"] = CHROME
    browser.submit("/sign-in/link", token=link)
    assert db.all(LoginSession)[0].device == "Chrome · Windows"


@pytest.mark.parametrize("agent", ["", "x", "<script>alert(1)</script>", "Mozilla/5.0 (" * 500])
def test_a_strange_browser_is_no_failure(browser: Browser, db: Database, ha: Account, agent: str) -> None:  # fmt: skip
    browser.http.headers["User-Agent"] = agent
    browser.submit("/sign-in", email="ha@example.org")
    link = db.all(Email)[-1].text.split("token=")[1].split()[0]
    assert browser.submit("/sign-in/link", token=link).status_code == 303
    page = browser.get("/account")
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_tokens_are_listed_and_revoked(browser: Browser, db: Database, ha: Account) -> None:
    with db.session() as session:
        token = accounts.new_api_token(session, ha)
    (row,) = db.all(ApiToken)
    page = browser.as_(ha).get("/account")
    assert token not in page.text
    assert row.token_hash not in page.text
    assert browser.as_(ha).submit("/account/tokens/revoke", token=row.handle).status_code == 303
    assert db.count(ApiToken) == 0


@pytest.mark.parametrize("handle", ["", "x", "%" * 16, "_" * 16, "0" * 64])
def test_what_names_nothing_is_not_there(browser: Browser, db: Database, ha: Account, handle: str) -> None:  # fmt: skip
    own = browser.as_(ha)
    assert own.submit("/account/tokens/revoke", token=handle).status_code == 404
    if handle:
        assert own.submit("/account/sessions/end", session=handle).status_code == 404
    assert db.count(LoginSession) == 1


def test_nobody_elses_session_or_token_can_be_ended(browser: Browser, db: Database, ha: Account, outsider: Account) -> None:  # fmt: skip
    theirs = another_session(db, ha)
    with db.session() as session:
        accounts.new_api_token(session, ha)
    (token,) = db.all(ApiToken)
    attacker = browser.as_(outsider)
    assert attacker.submit("/account/sessions/end", session=theirs.handle).status_code == 404
    assert attacker.submit("/account/tokens/revoke", token=token.handle).status_code == 404
    assert db.count(ApiToken) == 1
    assert db.count(LoginSession) == 2


@pytest.mark.parametrize("handle", ["\x00" * 16, "x" * 16, "", "a" * 15, "%" * 16, "ế" * 16])
@pytest.mark.parametrize(("path", "field"), [("/account/sessions/end", "session"), ("/account/tokens/revoke", "token")])  # fmt: skip
def test_what_names_no_session_and_no_token(browser: Browser, db: Database, ha: Account, handle: str, path: str, field: str) -> None:  # fmt: skip
    another_session(db, ha)
    answer = browser.as_(ha).submit(path, **{field: handle or "-"})
    assert answer.status_code == 404
    assert db.count(LoginSession) == 2


def test_an_identity_beyond_all_numbers(browser: Browser, ha: Account) -> None:
    assert browser.as_(ha).submit("/account/identity/remove", identity="9" * 18).status_code == 404
