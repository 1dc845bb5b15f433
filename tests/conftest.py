"""Fixtures: a clean database on each engine, the application, its two clients, the cast and the builders."""

import gc
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from xdist.remote import Producer

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
from tests.scheduling import Groups

for _name in [name for name in os.environ if name.startswith("PORTAL_") and "_TEST_" not in name]:
    del os.environ[_name]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Groups:
    return Groups(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collects without the garbage collector, and spares it what stays to the end: hundreds of thousands of objects."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        gc.enable()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def kept_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Kept]]:
    """The worker's own database on each engine, and its application, made when the first test asks.

    Both stay until the worker ends: a fixture that depended on the engine would be taken down at each change of it.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = tmp_path_factory.mktemp(f"{worker}_kept")
    with ExitStack() as databases:
        yield cache(lambda name: Kept(databases.enter_context(new_database(name, folder))))


@pytest.fixture(scope="session")
def app_on(kept_on: Callable[[str], Kept]) -> Callable[[str], FastAPI]:
    return cache(lambda name: _app(kept_on(name).database))


def _app(database: Database) -> FastAPI:
    app = create_app(database.settings)
    app.state.engine.dispose()
    app.state.engine = database.engine
    gc.freeze()
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
def db(kept_on: Callable[[str], Kept], engine_name: str) -> Database:
    """A migrated database that holds Tinytown and its standing campaign, and nothing else."""
    return kept_on(engine_name).restore()


@pytest.fixture
def app(app_on: Callable[[str], FastAPI], engine_name: str, db: Database) -> FastAPI:
    app = app_on(engine_name)
    assert app.state.engine is db.engine
    return app


@pytest.fixture
def another_database(
    engine_name: str, tmp_path: Path
) -> Callable[[], AbstractContextManager[Database]]:
    """Makes a database of its own, empty and without tables, for tests that change more than rows."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = tmp_path / f"{worker}_{os.getpid()}"
    folder.mkdir()
    return lambda: new_database(engine_name, folder)


@pytest.fixture(scope="session")
def migrated_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Database]]:
    """A database on each engine that is migrated once, to be copied: all migrations take longer than most tests."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = tmp_path_factory.mktemp(f"{worker}_migrated")
    with ExitStack() as databases:

        def make(name: str) -> Database:
            database = databases.enter_context(new_database(name, folder))
            migrations.upgrade(database.engine)
            database.engine.dispose()
            return database

        yield cache(make)


@pytest.fixture
def migrated(
    engine_name: str, migrated_on: Callable[[str], Database], tmp_path: Path
) -> Iterator[Database]:
    """A database of its own with all tables and nothing in them: no city yet."""
    folder = tmp_path / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}_m"
    folder.mkdir()
    with new_database(engine_name, folder, migrated_on(engine_name)) as database:
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
