"""Migrations: run so that no row is lost.

Alembic changes a table on SQLite by copying it and dropping the old one. With foreign keys enforced, that drop would
delete the rows of its children too (ON DELETE CASCADE), so enforcement is off while migrations run, every reference is
checked before the commit, and no table that stays may have lost a row.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from app.settings import ROOT

# Any 63-bit number, the same in every process: of two that migrate at once, one waits and finds nothing left to do.
_POSTGRESQL_LOCK = 4_721_530_118
# What the background loop makes anew from other rows; a migration may empty it.
_DERIVED = frozenset({"record_month", "search_entry", "search_word"})
# The engines' own text indexes, with the tables that SQLite keeps behind its one: no models, and derived as well.
TEXT_INDEX = "search_text"


class MigrationError(RuntimeError):
    """A migration that would have lost data; it has been rolled back."""


def _config() -> Config:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision, the newest unless named. Raises MigrationError; nothing is changed then."""
    _run(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to an older revision."""
    _run(engine, command.downgrade, revision)


def check(engine: Engine) -> None:
    """Raise alembic.util.CommandError where the models and the migrations differ."""
    config = _config()
    with migrating(engine) as connection:
        config.attributes["connection"] = connection
        command.check(config)


def is_current(connection: Connection) -> bool:
    """Whether the database stands at the newest revision."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def _run(engine: Engine, run: object, revision: str) -> None:
    config = _config()
    with migrating(engine) as connection:
        config.attributes["connection"] = connection
        run(config, revision)  # type: ignore[operator]


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A connection in one transaction, in which tables can be remade without losing rows."""
    if engine.dialect.name == "sqlite":
        with engine.execution_options(writes=True).connect() as connection:
            # The pragma has no effect inside a transaction.
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA foreign_keys=OFF")
            try:
                yield from _guarded(connection)
            finally:
                connection.rollback()
                raw.execute("PRAGMA foreign_keys=ON")
    else:
        with engine.connect() as connection:
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRESQL_LOCK}
            )
            yield from _guarded(connection)


def _guarded(connection: Connection) -> Iterator[Connection]:
    before = _row_counts(connection)
    yield connection
    after = _row_counts(connection)
    shrunk = [
        name
        for name, rows in before.items()
        if name in after and after[name] < rows and name not in _DERIVED
    ]
    if shrunk:
        raise MigrationError(f"rows would be lost in: {', '.join(shrunk)}")
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        if broken is not None:
            raise MigrationError(f"a row of {broken[0]} would refer to nothing")
    connection.commit()


def _row_counts(connection: Connection) -> dict[str, int]:
    quote = connection.dialect.identifier_preparer.quote
    return {
        name: connection.execute(text(f"SELECT count(*) FROM {quote(name)}")).scalar_one()  # noqa: S608
        for name in inspect(connection).get_table_names()
        if name != "alembic_version" and not name.startswith(TEXT_INDEX)
    }
