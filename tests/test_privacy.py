"""The list of personal data is whole, the page says it, and the sweep does it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from sqlmodel import SQLModel

from app import jobs, privacy
from app.database import now, table_of
from app.i18n import format_date, language, translate
from app.models import (
    Account,
    Attempts,
    CoAuthorInvitation,
    DataExport,
    Email,
    Invitation,
    LoginSession,
    PhoneCode,
    Proposal,
    SignInCode,
)
from app.privacy import ENTRIES, WITHOUT_PERSONAL_DATA, Rule
from app.security import hash_token
from app.services import exports, sign_in
from app.services.limits import Limit
from app.services.sign_in import Visitor
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database, settings_for

SECOND = timedelta(seconds=1)


def forgotten(metadata: MetaData) -> set[str]:
    """The tables of which nobody has said whether they hold personal data."""
    listed = {model for entry in ENTRIES for model in entry.models} | set(WITHOUT_PERSONAL_DATA)
    return set(metadata.tables) - {table_of(model).name for model in listed}


def test_every_table_is_on_the_list() -> None:
    """A new table fails here: give it an entry in app/privacy.py, or say there that it holds nothing personal."""
    assert forgotten(SQLModel.metadata) == set()


def test_no_table_is_on_the_list_twice() -> None:
    models = [model for entry in ENTRIES for model in entry.models] + [*WITHOUT_PERSONAL_DATA]
    assert len(models) == len(set(models))
    assert len({entry.code for entry in ENTRIES}) == len(ENTRIES)


def test_a_forgotten_table_would_be_found() -> None:
    metadata = MetaData()
    Table("diary", metadata, Column("id", Integer))
    assert forgotten(metadata) == {"diary"}


def test_whatever_expires_has_a_rule() -> None:
    """A table with a moment of its end is swept by it."""
    ending = {
        table.name
        for table in SQLModel.metadata.sorted_tables
        if {"expires_at", "ends_at"} & {column.name for column in table.columns}
    }
    assert ending <= {table_of(rule.model).name for rule in privacy.rules()}


def session_row(at: datetime, account: Account, _: Proposal) -> SQLModel:
    return LoginSession(token_hash="a" * 64, account_id=account.id, expires_at=at)


ROWS: dict[type[SQLModel], Callable[[datetime, Account, Proposal], Any]] = {
    SignInCode: lambda at, *_: SignInCode(email_key="x@example.org", email="x@example.org", code_hash="c", link_hash="l", expires_at=at),
    LoginSession: session_row,
    Attempts: lambda at, *_: Attempts(key="k", ends_at=at),
    Email: lambda at, *_: Email(recipient="x@example.org", name="n", subject="s", text="t", html="h", created_at=at),
    PhoneCode: lambda at, account, _: PhoneCode(account_id=account.id, number_hash="n", code_hash="c", expires_at=at),
    Invitation: lambda at, *_: Invitation(email_key="x@example.org", email="x@example.org", token_hash="t", expires_at=at),
    CoAuthorInvitation: lambda at, account, draft: CoAuthorInvitation(proposal_id=draft.id, email_key="x@example.org", email="x@example.org", token_hash="t", invited_by=account.id, expires_at=at),
    DataExport: lambda at, account, _: DataExport(account_id=account.id, session_hash="b" * 64, expires_at=at),
}  # fmt: skip


@pytest.mark.parametrize("rule", list(privacy.rules()), ids=lambda rule: table_of(rule.model).name)
def test_a_rule_is_carried_out_to_the_second(db: Database, make: Make, ha: Account, rule: Rule) -> None:  # fmt: skip
    with db.session() as session:
        session.add(LoginSession(token_hash="b" * 64, account_id=ha.id, expires_at=now() + 60 * SECOND))  # fmt: skip
    draft, edge = make.proposal(ha), now() - rule.kept
    for moment, left in ((edge + 60 * SECOND, 1), (edge - SECOND, 0)):
        with db.session() as session:
            session.add(ROWS[rule.model](moment, ha, draft))
        before = db.count(rule.model)
        jobs.sweep(db.engine, db.settings)
        assert db.count(rule.model) == before - (1 - left)
        with db.session() as session:
            for row in db.all(rule.model, table_of(rule.model).c[rule.moment] == moment):
                session.delete(row)


def test_what_is_said_is_what_is_done(db: Database, ha: Account) -> None:
    """The page's number is the rule's, or the one by which the rows are given their end."""
    settings = settings_for("sqlite:///unused", session_days=9, sign_in_code_minutes=7)
    said = {entry.code: entry.period(settings) for entry in ENTRIES if entry.period}
    by_rule = {entry.code: rule.kept for entry in ENTRIES for rule in entry.rules if rule.kept}
    assert by_rule == {"emails": said["emails"]}
    with db.session() as session:
        token = sign_in.open_session(session, settings, ha)
        sign_in.request_code(session, settings, Visitor("127.0.0.1"), "ha@example.org")
    with db.session() as session:
        exports.ask(session, settings, ha, db.get(LoginSession, hash_token(token)))
    for code, model in (("sessions", LoginSession), ("sign_in", SignInCode), ("exports", DataExport)):  # fmt: skip
        (row,) = db.all(model)
        assert abs(row.expires_at - now() - said[code]) < 60 * SECOND
    assert {row.ends_at - now() <= said["attempts"] for row in db.all(Attempts)} == {True}


def test_the_sweep_leaves_what_has_no_end(db: Database, make: Make, ha: Account) -> None:
    make.vote(ha, make.proposal(ha, "published"))
    before = db.counts()
    jobs.sweep(db.engine, db.settings)
    assert db.counts() == before


def test_no_limit_counts_longer_than_the_page_says() -> None:
    with pytest.raises(ValueError, match="privacy"):
        Limit("x", 1, int(privacy.ATTEMPTS_KEPT.total_seconds()) + 1, "limit.requests")


def plain(html: str) -> str:
    """A page's words, as a reader has them."""
    text = re.sub(r"<[^>]+>", " ", html)
    for name, character in (("&#39;", "'"), ("&#34;", '"'), ("&amp;", "&")):
        text = text.replace(name, character)
    return " ".join(text.split())


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_is_the_list(browser: Browser, lang: str) -> None:
    page = browser.get(f"/privacy?lang={lang}")
    assert page.status_code == 200
    words = plain(page.text)
    language.set(lang)
    settings = settings_for("sqlite:///unused")
    for entry in ENTRIES:
        for said in (translate(entry.name), translate(entry.what), translate(entry.why), entry.how_long_in_words(settings)):  # fmt: skip
            assert said in words, entry.code
        assert f'id="{entry.code}"' in page.text


def test_the_page_says_who_is_responsible_and_which_version(browser: Browser) -> None:
    words = plain(browser.get("/privacy?lang=en").text)
    assert "Tinytown is responsible for your personal data" in words
    language.set("en")
    version = datetime.fromisoformat(f"{privacy.PRIVACY_VERSION}T12:00Z")
    assert f"Version of {format_date(version)}" in words
    assert "Who voted for what is visible to the voter alone." in words
    assert "No. 91/2025/QH15" in words


def test_the_page_follows_the_settings(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = browser.app.state.settings
    monkeypatch.setattr(settings, "session_days", 7)
    monkeypatch.setattr(settings, "sign_in_code_minutes", 3)
    monkeypatch.setattr(settings, "privacy_contact", "dulieu@example.org")
    page = browser.get("/privacy?lang=en").text
    assert "no longer than 7 days" in page
    assert "3 minutes, or until you have used it" in page
    assert 'href="mailto:dulieu@example.org"' in page


def test_every_cookie_is_named_on_the_page(browser: Browser, db: Database, ha: Account) -> None:
    page = browser.get("/privacy?lang=en").text
    own = browser.as_(ha)
    own.get("/?lang=en")
    own.submit("/account", name="Hà", language="en")
    browser.submit("/sign-in", email="ha@example.org")
    link = db.all(Email)[-1].text.split("token=")[1].split()[0]
    browser.submit("/sign-in/link", token=link)
    named = {cookie.name for one in (own, browser) for cookie in one.http.cookies.jar}
    assert len(named) == 3
    for name in named:
        assert f"<code>{name}</code>" in page


def test_the_page_is_linked_everywhere(browser: Browser, ha: Account) -> None:
    assert 'href="/privacy"' in browser.get("/").text
    assert browser.as_(ha).get("/account").text.count('href="/privacy"') == 2


@pytest.mark.parametrize("contact", ["nobody", "Portal <a@example.org>", "a@example.org\r\nBcc: b@example.org"])  # fmt: skip
def test_a_contact_that_is_no_address_is_refused(contact: str) -> None:
    with pytest.raises(ValueError, match="privacy_contact"):
        settings_for("sqlite:///x", privacy_contact=contact)
