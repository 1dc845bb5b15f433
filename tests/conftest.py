"""Fixtures: a clean database on each engine, the application, its two clients, the cast and the builders."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from app import migrations
from app.i18n import DEFAULT_LANGUAGE, language
from app.main import create_app
from app.models import Account, Campaign, Proposal
from app.services import campaigns
from tests import cast
from tests.assessing import Assess
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database, Kept, new_database

for _name in [name for name in os.environ if name.startswith("PORTAL_") and "_TEST_" not in name]:
    del os.environ[_name]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def kept(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """The worker's own database on this engine."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with new_database(engine_name, tmp_path_factory.mktemp(f"{worker}_kept")) as database:
        yield Kept(database)


@pytest.fixture(scope="session")
def kept_app(kept: Kept) -> FastAPI:
    app = create_app(kept.database.settings)
    app.state.engine.dispose()
    app.state.engine = kept.database.engine
    return app


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """The event loop in which the application answers."""
    with start_blocking_portal() as running:
        yield running


@pytest.fixture(autouse=True)
def _default_language() -> None:
    language.set(DEFAULT_LANGUAGE)


@pytest.fixture
def db(kept: Kept) -> Database:
    """A migrated database that holds Tinytown and its standing campaign, and nothing else."""
    return kept.restore()


@pytest.fixture
def app(kept_app: FastAPI, db: Database) -> FastAPI:
    assert kept_app.state.engine is db.engine
    return kept_app


@pytest.fixture
def another_database(
    engine_name: str, tmp_path: Path
) -> Callable[[], AbstractContextManager[Database]]:
    """Makes a database of its own, empty and without tables, for tests that change more than rows."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = tmp_path / f"{worker}_{os.getpid()}"
    folder.mkdir()
    return lambda: new_database(engine_name, folder)


@pytest.fixture
def migrated(
    another_database: Callable[[], AbstractContextManager[Database]],
) -> Iterator[Database]:
    """A database of its own with all tables and nothing in them: no city yet."""
    with another_database() as database:
        migrations.upgrade(database.engine)
        yield database


@pytest.fixture
def client(portal: BlockingPortal, app: FastAPI, db: Database) -> Client:
    return Client(portal, app, db)


@pytest.fixture
def browser(portal: BlockingPortal, app: FastAPI, db: Database) -> Browser:
    return Browser(portal, app, db)


@pytest.fixture
def make(db: Database) -> Make:
    return Make(db)


@pytest.fixture
def assess(make: Make) -> Assess:
    return Assess(make)


@pytest.fixture
def a_proposal(make: Make) -> Callable[..., Proposal]:
    return make.proposal


@pytest.fixture
def standing(db: Database) -> Campaign:
    with db.session(writes=False) as session:
        return campaigns.standing(session)


@pytest.fixture
def ha(make: Make) -> Account:
    """Hà, a citizen."""
    return cast.ha(make)


@pytest.fixture
def minh(make: Make) -> Account:
    """Minh, an expert."""
    return cast.minh(make)


@pytest.fixture
def lan(make: Make) -> Account:
    """Lan, a moderator."""
    return cast.lan(make)


@pytest.fixture
def quan(make: Make) -> Account:
    """Quân, an administrator."""
    return cast.quan(make)


@pytest.fixture
def outsider(make: Make) -> Account:
    """Someone signed in who has nothing to do with it."""
    return cast.outsider(make)
