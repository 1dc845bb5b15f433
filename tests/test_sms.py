"""Text messages: handed to a gateway by the background loop, tried again where that helps, forgotten once sent."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from app import emails, jobs
from app.models import Account, Channel, Email
from tests.databases import Database
from tests.servers import HOST

REFUSED, LATER = "+84900000400", "+84900000503"


class Gateway(BaseHTTPRequestHandler):
    """Takes messages, apart from those to two numbers."""

    taken: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        status = {REFUSED: 400, LATER: 503}.get(body["to"], 200)
        if status == 200:
            self.taken.append(body | {"authorization": self.headers["authorization"]})
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def gateway() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    handler = type("Own", (Gateway,), {"taken": []})
    server = ThreadingHTTPServer((HOST, 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}/send", handler.taken
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def taken(db: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    with gateway() as (url, messages):
        for name, value in {"sms_sender": "app.sms:webhook", "sms_url": url, "sms_token": "geheim"}.items():  # fmt: skip
            monkeypatch.setattr(db.settings, name, value)
        yield messages


def write(db: Database, account: Account, number: str) -> None:
    with db.session() as session:
        emails.phone_code(session, db.settings, account, number, "123456")


def test_a_message_is_sent_once(db: Database, ha: Account, taken: list[dict[str, Any]]) -> None:
    write(db, ha, "+84912345678")
    for _round in range(2):
        assert jobs.run_round(db.engine, db.settings)
    (message,) = taken
    assert message["to"] == "+84912345678"
    assert "123456" in message["text"]
    assert message["authorization"] == "Bearer geheim"
    (row,) = db.all(Email)
    assert row.sent_at is not None
    assert (row.text, row.subject) == ("", "")


def test_a_refused_number_is_given_up(db: Database, ha: Account, taken: list[dict[str, Any]]) -> None:  # fmt: skip
    write(db, ha, REFUSED)
    write(db, ha, "+84912345678")
    assert jobs.run_round(db.engine, db.settings)
    assert len(taken) == 1
    assert db.all(Email)[0].gave_up_at is not None


def test_a_gateway_that_is_away_is_tried_again(db: Database, ha: Account, taken: list[dict[str, Any]]) -> None:  # fmt: skip
    write(db, ha, LATER)
    assert not jobs.run_round(db.engine, db.settings)
    (row,) = db.all(Email)
    assert (row.attempts, row.sent_at, row.gave_up_at) == (1, None, None)
    assert "123456" in row.text


def test_without_a_sender_nothing_is_sent(db: Database, ha: Account) -> None:
    write(db, ha, "+84912345678")
    assert jobs.run_round(db.engine, db.settings)
    assert db.all(Email, Email.channel == Channel.SMS)[0].attempts == 0


def test_a_gateway_that_is_away_holds_up_no_mail(db: Database, ha: Account, taken: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Each job that fails waits for itself, longer from time to time; the others go on."""
    rounds: list[str] = []

    def send_mail(*_: Any) -> None:
        rounds.append("mail")

    monkeypatch.setattr(jobs, "JOBS", ((send_mail, 0.0), (jobs.send_texts, 0.0)))
    write(db, ha, LATER)
    schedule = jobs.Schedule()
    assert not jobs.run_round(db.engine, db.settings, schedule)
    assert jobs.run_round(db.engine, db.settings, schedule)  # The texts wait, and nothing fails.
    assert rounds == ["mail", "mail"]
    assert not schedule.is_due(jobs.send_texts)
    first = schedule.waits[jobs.send_texts]
    for _ in range(9):
        schedule.failed(jobs.send_texts)
    assert first < schedule.waits[jobs.send_texts] == jobs.LONGEST_WAIT
    schedule.done(jobs.send_texts, 0.0)
    assert schedule.is_due(jobs.send_texts)
