"""In production the logs hold nothing personal: no address, no name, no code, no token, no IP address, whatever happens."""

import logging
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app import migrations
from app.logs import Discreet
from app.models import Account, DataExport, Email
from tests.builders import Make
from tests.databases import SECRET, Database
from tests.mail_server import REFUSED, MailServer, mail_server
from tests.servers import HOST, PORTAL, serving

NAME, OTHER_NAME = "Zoë Quỳnh-Như", "Tên Khác Hẳn"
EMAIL, BAD_EMAIL = "zoe.quynh@example.org", f"{REFUSED}.zoe@example.org"
FAILING = [sys.executable, "-m", "tests.failing_portal", "serve"]
# What every line may say of where it comes from; the portal listens on the address that its visitors come from.
LISTENS = re.compile(r"Uvicorn running on http://127\.0\.0\.1:\d+")
Another = Callable[[], AbstractContextManager[Database]]


def await_that(condition: Callable[[], bool]) -> None:
    """Wait until something has happened in the server."""
    deadline, pause = time.monotonic() + 30, threading.Event()
    while not condition():
        assert time.monotonic() < deadline
        pause.wait(0.05)


@dataclass
class Visit:
    """A browser at a portal in production, and what must not be found in its logs."""

    url: str
    db: Database
    mail: MailServer
    cookies: dict[str, str] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> httpx.Response:  # fmt: skip
        """One request. The cookies are for https; here they are sent by hand."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        own = {"Cookie": cookie, "X-Forwarded-For": "203.0.113.77"} | (headers or {})
        answer = httpx.request(method, self.url + path, headers=own, trust_env=False, **options)
        for found in answer.headers.get_list("set-cookie"):
            name, _, value = found.split(";")[0].partition("=")
            self.cookies[name] = value
            self.secrets += [value] if len(value) > 20 else []
        return answer

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.ask("POST", path, data=fields)

    def mailed(self) -> str:
        """The newest email's text, once it has arrived."""
        await_that(lambda: self.mail.folder.exists() and bool(self.mail.messages()))
        body = self.mail.messages()[-1].get_body(("plain",))
        assert body is not None
        content: str = body.get_content()
        return content

    def sign_in(self) -> None:
        assert self.post("/sign-in", email=EMAIL).status_code == 200
        mailed = self.mailed()
        (code,) = re.findall(r"\b\d{6}\b", mailed)
        (link,) = re.findall(r"token=(\S+)", mailed)
        self.secrets += [code, link]
        assert self.post("/sign-in/code", email=EMAIL, code="000000").status_code == 400
        welcome = self.post("/sign-in/code", email=EMAIL, code=code)
        sealed = re.findall(r'name="sealed" value="([^"]+)"', welcome.text)
        self.secrets += sealed
        answer = self.post("/welcome", sealed=sealed[0] if sealed else "", name=NAME, consent="yes")
        assert answer.status_code == 303
        assert "__Host-session" in answer.headers["set-cookie"]

    def export(self) -> None:
        assert self.post("/account/export").status_code == 303
        await_that(lambda: self.db.all(DataExport)[0].ready_at is not None)
        assert (
            self.ask("GET", f"/account/export/{self.db.all(DataExport)[0].id}").status_code == 200
        )

    def leave(self) -> None:
        answer = self.post("/account/delete", confirmation=EMAIL, proposals="keep")
        assert answer.status_code == 200
        assert self.db.count(Account, Account.email == EMAIL) == 0


Visiting = Callable[..., AbstractContextManager[Visit]]


@pytest.fixture
def visiting(another_database: Another, tmp_path: Path) -> Visiting:  # fmt: skip
    @contextmanager
    def visit(log: Path, command: list[str] = PORTAL, workers: int = 1) -> Iterator[Visit]:
        with another_database() as db, mail_server(tmp_path / "mail") as mail:
            migrations.upgrade(db.engine)
            db.load_tinytown()
            settings = {
                "PORTAL_ENVIRONMENT": "production",
                "PORTAL_SECRET_KEY": SECRET,
                "PORTAL_BASE_URL": "https://testserver",
                "PORTAL_SMTP_URL": mail.url,
                "PORTAL_TRUSTED_PROXIES": HOST,
            }
            with serving(db, log, command=command, workers=workers, settings=settings) as port:
                yield Visit(f"http://{HOST}:{port}", db, mail)

    return visit


def personal(said: str, secrets: list[str]) -> list[str]:
    """What is in a log and should not be."""
    said = LISTENS.sub("", said)
    words = [NAME, OTHER_NAME, "Zoë", "Zo\\xeb", "Quỳnh", EMAIL, "zoe", BAD_EMAIL, "@example", HOST, "203.0.113", *secrets]  # fmt: skip
    return [word for word in words if word in said]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_ordinary_visit(visiting: Visiting, tmp_path: Path, workers: int) -> None:  # fmt: skip
    log = tmp_path / "log"
    with visiting(log, workers=workers) as visit:
        visit.post("/sign-in", email=BAD_EMAIL)
        visit.sign_in()
        visit.export()
        visit.ask("GET", f"/sign-in/link?token={visit.secrets[-1]}")
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
        visit.ask("GET", f"/?email={EMAIL}", headers=upgrade)
        visit.leave()
        await_that(
            lambda: all(one.due_at is None for one in visit.db.all(Email))
        )  # One was refused.
    said = log.read_text()
    assert "Application startup complete" in said
    assert len(visit.secrets) >= 3
    assert personal(said, visit.secrets) == []


def test_errors_of_ours(visiting: Visiting, tmp_path: Path) -> None:  # fmt: skip
    """An error whose words repeat what was typed: the log says where and of what kind, and no word of it."""
    log = tmp_path / "log"
    with visiting(log, FAILING) as visit:
        visit.sign_in()
        assert visit.post("/account", name=OTHER_NAME, language="vi").status_code == 500
    said = log.read_text()
    assert "RuntimeError" in said
    assert "KeyError" in said
    assert "failing_portal.py" in said
    assert personal(said, visit.secrets) == []


def refuse_names(db: Database) -> None:
    """Make the database refuse every change of a name with words that repeat it."""
    statements = {
        "sqlite": ["CREATE TRIGGER refuse BEFORE UPDATE ON account BEGIN SELECT RAISE(ABORT, NEW.name || ' of ' || NEW.email); END"],
        "postgresql": [
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused: % of %', NEW.name, NEW.email; END $$",
            "CREATE TRIGGER refuse BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION refuse()",
        ],
    }[db.name]  # fmt: skip
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_errors_of_the_database(visiting: Visiting, tmp_path: Path) -> None:  # fmt: skip
    log = tmp_path / "log"
    with visiting(log) as visit:
        visit.sign_in()
        refuse_names(visit.db)
        assert visit.post("/account", name=OTHER_NAME, language="vi").status_code == 500
    said = log.read_text()
    assert "Database error on POST /account: " in said
    assert personal(said, visit.secrets) == []


def test_the_search_would_find_it(another_database: Another, tmp_path: Path) -> None:
    """In development the same visit leaves its words on the console, where they are meant to be."""
    log = tmp_path / "log"
    with another_database() as db:
        migrations.upgrade(db.engine)
        db.load_tinytown()
        make = Make(db)
        make.account(NAME, email=EMAIL)
        with serving(db, log) as port:
            Visit(f"http://{HOST}:{port}", db, MailServer("", tmp_path)).post(
                "/sign-in", email=EMAIL
            )
    assert set(personal(log.read_text(), [])) >= {EMAIL, HOST}


def test_a_formatted_error_has_its_places_and_kinds_only() -> None:
    try:
        try:
            raise KeyError(EMAIL)
        except KeyError as error:
            raise ValueError(NAME) from error
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "It failed", (), sys.exc_info())
    said = Discreet("%(message)s").format(record)
    assert "It failed" in said
    assert "KeyError" in said
    assert "ValueError" in said
    assert "test_logs.py" in said
    assert personal(said, []) == []
