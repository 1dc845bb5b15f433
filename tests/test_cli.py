"""The `portal` command, run as a program on a database of its own; what it refuses, mostly without a new process."""

import contextvars
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app import cli
from app.database import make_engine
from app.models import (
    Account,
    ApiToken,
    Campaign,
    City,
    Email,
    ExpertApplication,
    Role,
    Ruling,
    WardBoundary,
)
from app.settings import Settings, get_settings
from tests.builders import Make
from tests.clients import Client
from tests.databases import SECRET, TINYTOWN, Database

ROOT = Path(__file__).parents[1]


def portal(
    database: Database, *arguments: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    url = database.engine.url.render_as_string(hide_password=False)
    environment = {"PORTAL_DATABASE_URL": url, "PORTAL_SECRET_KEY": SECRET, **settings}
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@dataclass(frozen=True)
class Ran:
    """How a command ended, named as a process names it."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs the command in this process, where nothing but its own code is in question: a process takes seconds."""
    engines: list[Engine] = []

    def made(settings: Settings) -> Engine:
        engines.append(make_engine(settings))
        return engines[-1]

    def run(database: Database, *arguments: str, **settings: str) -> Ran:
        url = database.engine.url.render_as_string(hide_password=False)
        own = {"PORTAL_DATABASE_URL": url, "PORTAL_SECRET_KEY": SECRET, **settings}
        with monkeypatch.context() as patch:
            for name, value in own.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["portal", *arguments])
            patch.setattr(cli, "make_engine", made)
            get_settings.cache_clear()
            capsys.readouterr()
            with pytest.raises(SystemExit) as end:
                contextvars.copy_context().run(cli.main)
        get_settings.cache_clear()
        while engines:
            engines.pop().dispose()
        return Ran(int(end.value.code or 0), *capsys.readouterr())

    return run


def test_create_account_prints_a_token_that_works(db: Database, client: Client) -> None:
    done = portal(db, "create-account", "Lan@Example.org", "--role", "moderator", "--name", "Lan", "--token")  # fmt: skip
    assert done.returncode == 0, done.stderr
    account = db.all(Account)[0]
    assert (account.email, account.role) == ("lan@example.org", Role.MODERATOR)
    headers = {"Authorization": f"Bearer {done.stdout.strip()}"}
    assert client.get("/api/v1/moderation/queue", headers=headers).status_code == 200
    assert done.stdout.strip() not in str(db.all(ApiToken))


def test_create_account_without_a_token_prints_none(db: Database) -> None:
    done = portal(db, "create-account", "ha@example.org", "--name", "Hà")
    assert (done.returncode, done.stdout) == (0, "")
    assert db.count(ApiToken) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("create-account", "ha@example.org", "--name", "Hà"),
        ("create-account", "not an address", "--name", "Hà"),
        ("create-account", "b@example.org", "--name", ""),
        ("create-account", "b@example.org", "--name", "B", "--role", "king"),
        ("load-city", str(ROOT / "docs")),
        ("demo",),
        ("import-pabulib", str(ROOT / "README.md")),
        ("export-pabulib", "999", "/dev/null"),
        ("export-pabulib", "99999999999999999999", "/dev/null"),
        ("export-pabulib", "1", "/nowhere/x.pb"),
        ("create-account", "c@example.org", "--name", "\u200b\u200b"),
    ],
    ids=str,
)
def test_a_refusal_is_one_line_and_changes_nothing(
    db: Database, run: Callable[..., Ran], arguments: tuple[str, ...]
) -> None:
    assert run(db, "create-account", "ha@example.org", "--name", "Hà").returncode == 0
    before = db.counts()
    done = run(db, *arguments)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
    assert db.counts() == before


def test_a_refused_process_ends_with_one_line(db: Database, make: Make) -> None:
    make.account("Hà", email="ha@example.org")
    before = db.counts()
    done = portal(db, "create-account", "ha@example.org", "--name", "Hà")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Refused:")
    assert "Traceback" not in done.stderr
    assert db.counts() == before


def test_load_city_again_raises_the_revision(db: Database) -> None:
    done = portal(db, "load-city", str(TINYTOWN))
    assert "revision 2" in done.stdout, done.stderr


def test_production_refuses_the_development_secret(db: Database) -> None:
    settings = {"PORTAL_ENVIRONMENT": "production", "PORTAL_BASE_URL": "https://example.org"}
    done = portal(db, "migrate", **settings, PORTAL_SECRET_KEY="development-only-secret")
    assert done.returncode != 0
    assert "PORTAL_SECRET_KEY" in done.stderr


def test_serving_an_unmigrated_database_is_refused(another_database) -> None:
    with another_database() as empty:
        done = portal(empty, "serve", "--port", "0")
        assert done.returncode != 0
        assert "portal migrate" in done.stderr


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere/x.sqlite3", f"sqlite:///{ROOT}/README.md", "postgresql+psycopg://nobody@127.0.0.1:1/x"])  # fmt: skip
@pytest.mark.parametrize("command", ["migrate", "demo"])
def test_a_database_that_cannot_be_used_is_one_line(
    db: Database, run: Callable[..., Ran], url: str, command: str
) -> None:
    done = run(db, command, PORTAL_DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stderr.startswith("Refused:")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("sender", ["nowhere.at:all", "app.sms:nothing"])
def test_a_sender_of_texts_that_is_none_is_said_at_the_start(db: Database, sender: str) -> None:
    done = portal(db, "serve", "--port", "0", PORTAL_SMS_SENDER=sender)
    assert done.returncode == 1
    assert done.stderr.startswith("Refused: PORTAL_SMS_SENDER")


def test_a_first_start_finds_its_city(migrated: Database, tmp_path: Path) -> None:
    """Nobody has to know a command before an import or a first start; what is loaded is what the settings name."""
    file = ROOT / "tests" / "data" / "small.pb"
    done = portal(migrated, "import-pabulib", str(file), PORTAL_CITY_PACK=str(TINYTOWN))
    assert done.returncode == 0, done.stderr
    assert migrated.all(City)[0].code == "tinytown"
    again = portal(migrated, "import-pabulib", str(file))
    assert again.returncode == 0
    assert [city.code for city in migrated.all(City)] == ["tinytown"]


@pytest.mark.parametrize("title", ["a\x01b", "   ", "x" * 201])
def test_a_campaign_needs_a_title_that_can_be_read(
    db: Database, run: Callable[..., Ran], title: str
) -> None:
    file = ROOT / "tests" / "data" / "small.pb"
    done = run(db, "import-pabulib", str(file), "--campaign", title)
    assert (done.returncode, done.stderr[:8]) == (1, "Refused:")
    assert db.count(Campaign) == 1


def test_an_expert_by_order_stays_one_without_end(
    db: Database, run: Callable[..., Ran], make: Make
) -> None:
    made = make.approval(make.account("Hà", email="ha@example.org"))
    assert made.approved_until is not None
    assert run(db, "set-role", "ha@example.org", "expert").returncode == 0
    found = db.get(ExpertApplication, made.id)
    assert (found.is_current, found.approved_until) == (True, None)
    assert run(db, "set-role", "ha@example.org", "citizen").returncode == 0
    assert not db.get(ExpertApplication, made.id).is_current


def test_closing_an_account_is_a_ruling_that_one_can_appeal_against(db: Database, run: Callable[..., Ran], make: Make) -> None:  # fmt: skip
    ha = make.account("Hà", email="ha@example.org")
    assert [run(db, "ban", "ha@example.org").returncode for _ in range(2)] == [0, 1]
    (ruling,) = db.all(Ruling)
    assert (ruling.kind, ruling.outcome, ruling.account_id, ruling.actor_id) == ("account", "ban", ha.id, None)  # fmt: skip
    assert "/appeal?token=" in db.all(Email)[-1].text
    assert run(db, "unban", "ha@example.org").returncode == 0
    assert [one.outcome for one in db.all(Ruling)] == ["ban", "unban"]


def test_outlines_of_wards_are_loaded_or_refused_in_one_line(db: Database, run: Callable[..., Ran], tmp_path: Path) -> None:  # fmt: skip
    file = tmp_path / "wards.geojson"
    shape = {"type": "Polygon", "coordinates": [[[139, 35], [139.1, 35], [139.1, 35.1], [139, 35]]]}
    for code, status, said in (("east", 0, "1 outlines loaded; 2 wards have none."), ("north", 1, "Refused: the city has no ward north")):  # fmt: skip
        feature = {"type": "Feature", "properties": {"ma": code}, "geometry": shape}
        file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
        done = run(db, "load-boundaries", str(file), "--code", "ma")
        assert (done.returncode, said in done.stdout + done.stderr) == (status, True)
    assert [row.code for row in db.all(WardBoundary)] == ["east"]
