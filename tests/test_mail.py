"""The outbox is emptied over SMTP: each email once, again after a failure, and never with a header somebody smuggled in."""

import smtplib
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from app import emails, jobs, smtp
from app.database import now
from app.forms import DecisionForm
from app.models import Account, Email, Ruling
from app.services import outbox
from app.settings import Settings
from tests.builders import Make
from tests.databases import Database, settings_for
from tests.mail_server import LATER, REFUSED, MailServer, mail_server
from tests.servers import free_port


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mail_server(tmp_path_factory.mktemp("mail") / "taken") as server:
        yield server


@pytest.fixture
def server(_server: MailServer) -> MailServer:
    for file in _server.folder.iterdir():
        file.unlink()
    return _server


@pytest.fixture
def settings(db: Database, server: MailServer) -> Settings:
    url = db.engine.url.render_as_string(hide_password=False)
    return settings_for(url, smtp_url=server.url, mail_from="Cổng sáng kiến <no-reply@example.org>")


def write(db: Database, recipient: str = "ha@example.org") -> Email:
    with db.session() as session:
        emails.sign_in_code(session, db.settings, recipient, "012345", "link", "/")
    return db.all(Email)[-1]


def make_due(db: Database) -> None:
    with db.session() as session:
        for email in db.all(Email, Email.sent_at.is_(None), Email.gave_up_at.is_(None)):
            session.merge(email).due_at = now() - timedelta(seconds=1)


def test_an_email_arrives_as_written(db: Database, server: MailServer, settings: Settings) -> None:
    written = write(db)
    jobs.send_mail(db.engine, settings)
    (taken,) = server.messages()
    assert taken["To"] == "ha@example.org"
    assert taken["From"] == "Cổng sáng kiến <no-reply@example.org>"
    assert taken["Subject"] == written.subject
    assert taken["Auto-Submitted"] == "auto-generated"
    text, html = taken.get_body(("plain",)), taken.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "012345" in text.get_content()
    assert "012345" in html.get_content()
    sent = db.get(Email, written.id)
    assert sent.sent_at is not None
    assert (sent.due_at, sent.recipient, sent.subject, sent.text, sent.html) == (
        None,
        "",
        "",
        "",
        "",
    )


def test_nothing_is_sent_twice(db: Database, server: MailServer, settings: Settings) -> None:
    write(db)
    for _ in range(3):
        jobs.send_mail(db.engine, settings)
    assert len(server.messages()) == 1


def test_two_workers_share_the_work(db: Database, server: MailServer, settings: Settings) -> None:
    for number in range(20):
        write(db, f"person{number}@example.org")
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        jobs.send_mail(db.engine, settings)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    taken = [message["To"] for message in server.messages()]
    assert sorted(taken) == sorted(f"person{number}@example.org" for number in range(20))


def test_an_email_can_be_claimed_once(db: Database) -> None:
    email = write(db)
    with db.session() as session:
        assert outbox.claim(session, email)
    with db.session() as session:
        assert not outbox.claim(session, email)


def test_an_email_whose_worker_died_is_sent_after_its_lease(
    db: Database, server: MailServer, settings: Settings
) -> None:
    email = write(db)
    with db.session() as session:
        assert outbox.claim(session, email)  # And the worker dies here.
    jobs.send_mail(db.engine, settings)
    assert server.messages() == []
    make_due(db)
    jobs.send_mail(db.engine, settings)
    assert len(server.messages()) == 1


def test_a_recipient_who_does_not_exist_is_given_up(
    db: Database, server: MailServer, settings: Settings
) -> None:
    bad = write(db, f"{REFUSED}@example.org")
    write(db)
    jobs.send_mail(db.engine, settings)
    given_up = db.get(Email, bad.id)
    assert (given_up.due_at, given_up.recipient, given_up.text) == (None, "", "")
    assert given_up.gave_up_at is not None
    assert [message["To"] for message in server.messages()] == ["ha@example.org"]


def test_a_refusal_for_now_is_tried_again_later_and_holds_up_nobody(
    db: Database, server: MailServer, settings: Settings
) -> None:
    slow = write(db, f"{LATER}@example.org")
    write(db)
    before = now()
    jobs.send_mail(db.engine, settings)
    assert [message["To"] for message in server.messages()] == ["ha@example.org"]
    for minutes in outbox.BACKOFF:
        waiting = db.get(Email, slow.id)
        assert waiting.due_at is not None
        assert waiting.due_at >= before + timedelta(minutes=minutes)
        assert waiting.text
        make_due(db)
        jobs.send_mail(db.engine, settings)
    assert db.get(Email, slow.id).gave_up_at is not None


def test_a_mail_server_that_is_away_costs_no_try(db: Database) -> None:
    email = write(db)
    away = settings_for("sqlite:///unused", smtp_url=f"smtp://127.0.0.1:{free_port()}")
    assert not jobs.run_round(db.engine, away)
    assert (db.get(Email, email.id).attempts, db.get(Email, email.id).due_at) == (0, email.due_at)


def test_without_a_mail_server_emails_stay(db: Database) -> None:
    email = write(db)
    assert jobs.run_round(db.engine, db.settings)
    assert db.get(Email, email.id).text == email.text


def test_what_a_person_typed_adds_no_header(
    db: Database, server: MailServer, settings: Settings, make: Make, ha: Account
) -> None:
    with db.session() as session:
        session.merge(ha).name = "Hà\r\nBcc: evil@example.org"
    proposal = make.proposal(ha, "published")
    with db.session() as session:
        own = session.merge(proposal)
        own.title = "Một cái ao\r\nBcc: evil@example.org\r\n\r\n<script>"
        reason = DecisionForm(decision="hide", reason_code="incomplete", note="x\n.\nMAIL FROM:<evil@example.org>")  # fmt: skip
        ruling = Ruling(id=1, kind="proposal", subject_id=own.id, outcome="hide", account_id=ha.id)
        emails.decision(session, settings, own, reason, ruling)
    jobs.send_mail(db.engine, settings)
    for taken in server.messages():
        assert taken["Bcc"] is None
        assert taken["To"] == "ha@example.org"
    assert len(server.messages()) == db.count(Email)


@pytest.mark.parametrize("recipient", ["=?x1?q??=@a.bb", "g1:=?x?q??=@a.bb", "=?utf-8?q?=0a?=@a.bb", "1:me@example.org", "", "no address"])  # fmt: skip
def test_an_address_that_cannot_be_written_down_holds_up_nobody(db: Database, server: MailServer, settings: Settings, recipient: str) -> None:  # fmt: skip
    """Forms refuse such addresses; one that got here all the same is given up, and nobody else gets its mail."""
    bad = write(db, recipient)
    write(db)
    assert jobs.run_round(db.engine, settings)
    assert [message["To"] for message in server.messages()] == ["ha@example.org"]
    assert db.get(Email, bad.id).gave_up_at is not None


def test_an_email_that_always_ends_its_worker_is_given_up(db: Database) -> None:
    email = write(db)
    for _ in range(len(outbox.BACKOFF) + 1):
        with db.session() as session:
            assert outbox.claim(session, db.get(Email, email.id))
        make_due(db)
    with db.session() as session:
        assert not outbox.claim(session, session.merge(db.get(Email, email.id)))
    assert db.get(Email, email.id).gave_up_at is not None


def test_a_failure_is_logged_without_an_address(
    db: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for recipient in (f"{REFUSED}@example.org", f"{LATER}@example.org", "ha@example.org"):
        write(db, recipient)
    caplog.clear()
    jobs.run_round(db.engine, settings)
    jobs.run_round(db.engine, settings_for("sqlite:///x", smtp_url=f"smtp://127.0.0.1:{free_port()}"))  # fmt: skip
    assert "@example.org" not in caplog.text


def test_the_loop_sends_by_itself(db: Database, server: MailServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    sent = threading.Event()
    deliver = smtp.deliver

    def noticed(client: smtplib.SMTP, settings: Settings, email: Email) -> None:
        deliver(client, settings, email)
        sent.set()

    monkeypatch.setattr(smtp, "deliver", noticed)
    monkeypatch.setattr(jobs, "INTERVAL", 0.01)
    write(db)
    with jobs.running(db.engine, settings):
        assert sent.wait(30)
    assert len(server.messages()) == 1


@pytest.mark.parametrize(
    "url", ["http://x", "smtp://", "mail.example.org", "smtp://h:99999", "smtp://h:x"]
)
def test_a_mail_server_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://"):
        settings_for("sqlite:///x", smtp_url=url)


def test_the_sender_is_the_portals_host_unless_set() -> None:
    assert settings_for("sqlite:///x").sender == "no-reply@testserver"
