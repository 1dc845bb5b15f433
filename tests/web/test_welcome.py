"""Welcome: nobody has an account before they agree to the privacy notice, and everybody is asked anew when it changes."""

import re
from datetime import timedelta

import httpx
import pytest

from app.database import now
from app.models import Account, Attempts, LoginSession, SignInCode
from app.privacy import PRIVACY_VERSION
from app.services import accounts
from tests.clients import Browser, Client
from tests.databases import Database
from tests.web.test_sign_in import HA, ask, is_signed_in, kept_in, mailed_code, redeem

MOI = "moi@example.org"


def arrive(browser: Browser, db: Database, email: str = MOI, **fields: str) -> httpx.Response:
    """Come to the welcome page by a code."""
    ask(browser, email, **fields)
    return redeem(browser, mailed_code(db, email), email, **fields)


def sealed_in(page: httpx.Response) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', page.text)
    assert found
    return found[1]


def agree(browser: Browser, page: httpx.Response, **fields: str) -> httpx.Response:
    return browser.submit("/welcome", sealed=sealed_in(page), **({"consent": "yes"} | fields))


def test_a_newcomer_is_asked_and_nothing_is_kept_before(browser: Browser, db: Database) -> None:
    page = arrive(browser, db, "  Moi@Example.ORG ".strip().lower())
    assert page.status_code == 200
    assert MOI in page.text
    assert "checked" not in page.text  # Nothing is ticked beforehand.
    assert page.headers["cache-control"] == "no-store"
    assert (db.count(Account), db.count(LoginSession), db.count(SignInCode)) == (0, 0, 0)


@pytest.mark.parametrize(("given", "stored", "shown"), [("  Lý  Thu ", "Lý Thu", ("Lý Thu", "Lý Thu")), ("", "", ("Một người dân", "A resident"))])  # fmt: skip
def test_agreeing_makes_a_citizen(browser: Browser, db: Database, given: str, stored: str, shown: tuple[str, str]) -> None:  # fmt: skip
    answer = agree(browser, arrive(browser, db, next="/mine"), name=given, next="/mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/mine")
    (account,) = db.all(Account)
    assert (account.email, account.name, account.role) == (MOI, stored, "citizen")
    assert account.consent_version == PRIVACY_VERSION
    assert now() - account.consented_at < timedelta(minutes=1)
    assert is_signed_in(browser)
    for language, name in zip(("vi", "en"), shown, strict=True):
        assert name in browser.get(f"/account?lang={language}").text


@pytest.mark.parametrize("consent", ["", "no", "on"])
def test_without_consent_there_is_no_account(browser: Browser, db: Database, consent: str) -> None:
    page = agree(browser, arrive(browser, db), name="Lý Thu", consent=consent)
    assert page.status_code == 422
    assert 'value="Lý Thu"' in page.text
    assert "không thể lưu tài khoản" in page.text
    assert (db.count(Account), db.count(LoginSession)) == (0, 0)
    assert agree(browser, page, name="Lý Thu").status_code == 303


def test_a_name_too_long_is_given_back(browser: Browser, db: Database) -> None:
    page = agree(browser, arrive(browser, db), name="x" * 121)
    assert page.status_code == 422
    assert "x" * 121 in page.text
    assert db.count(Account) == 0


def test_what_was_proved_counts_once_and_for_minutes(browser: Browser, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    page = arrive(browser, db)
    assert agree(browser, page).status_code == 303
    browser.submit("/sign-out")
    assert agree(browser, page).status_code == 400
    assert not is_signed_in(browser)
    page = arrive(browser, db, "khac@example.org")
    monkeypatch.setattr("app.services.admission.PROOF_SECONDS", -1)
    assert agree(browser, page).status_code == 400
    assert db.count(Account) == 1


@pytest.mark.parametrize("sealed", ["", "x", "a.b.c", "\x00", "x" * 100_000])
def test_a_forged_proof(browser: Browser, db: Database, sealed: str) -> None:
    answer = browser.submit("/welcome", sealed=sealed, consent="yes")
    assert answer.status_code == 400
    assert db.count(Account) == db.count(Attempts) == 0


def test_a_seal_made_for_something_else_is_no_proof(browser: Browser, db: Database, ha: Account) -> None:  # fmt: skip
    page = browser.as_(ha).get("/account/second-factor")
    assert agree(browser, page).status_code == 400


def test_a_changed_notice_is_shown_at_the_next_sign_in(
    browser: Browser, client: Client, db: Database, ha: Account
) -> None:
    inside = browser.as_(ha)
    with db.session() as session:
        session.merge(ha).consent_version = "2020-01-01"
    assert not is_signed_in(inside)
    assert client.as_(ha).get("/api/v1/proposals").status_code == 200  # Programs are not asked.
    page = arrive(browser, db, HA)
    assert "field-name" not in page.text
    assert not is_signed_in(browser)
    assert agree(browser, page, name="Someone else").status_code == 303
    assert is_signed_in(browser)
    found = db.get(Account, ha.id)
    assert (found.name, found.consent_version) == ("Hà", PRIVACY_VERSION)


def test_a_banned_person_cannot_agree(browser: Browser, db: Database, ha: Account) -> None:
    with db.session() as session:
        session.merge(ha).consent_version = None
    page = arrive(browser, db, HA)
    with db.session() as session:
        accounts.ban(session, session.merge(db.get(Account, ha.id)))
    assert agree(browser, page).status_code == 403
    assert db.count(LoginSession) == 0


def test_the_text_of_a_newcomer_comes_along(browser: Browser, db: Database) -> None:
    refused = browser.submit("/proposals/new", title="Ao & <b>cá</b>", action="submit")
    page = arrive(browser, db, next="/proposals/new", kept=kept_in(refused))
    answer = agree(browser, page, next="/proposals/new", kept=kept_in(page))
    assert "Ao &amp; &lt;b&gt;cá&lt;/b&gt;" in answer.text
    assert is_signed_in(browser)


def test_the_welcome_leads_to_no_other_site(browser: Browser, db: Database) -> None:
    page = arrive(browser, db)
    assert agree(browser, page, next="//evil.example").headers["location"] == "/"
