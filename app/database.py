"""The database: one engine for a process, SQLite or PostgreSQL, and sessions that begin as their work needs."""

import sqlite3 as standard_sqlite
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Float,
    Row,
    Table,
    create_engine,
    event,
    literal,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from app.settings import ROOT, Settings

# Alembic can only change a constraint that has a name, so every one gets a predictable one from the first table on.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite before 3.51.3 can corrupt a database in WAL mode when it resets the log (fixed in 3.51.3).
OLDEST_SAFE_SQLITE = (3, 51, 3)


def now() -> datetime:
    """The current moment, in UTC."""
    return datetime.now(UTC)


class seconds_between(FunctionElement[float]):  # noqa: N801 - stands in statements like func.count
    """How many seconds lie between two moments of a row, as a number to compare and to sort by."""

    inherit_cache = True
    type = Float()


@compiles(seconds_between, "sqlite")
def _seconds_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    earlier, later = (compiler.process(one, **options) for one in element.clauses)
    return f"((julianday({later}) - julianday({earlier})) * 86400.0)"


@compiles(seconds_between, "postgresql")
def _seconds_on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    earlier, later = (compiler.process(one, **options) for one in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM {later} - {earlier}) AS DOUBLE PRECISION)"


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC and read back with its zone on both engines (SQLite alone would drop it)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def sqlite_module() -> ModuleType:
    """The SQLite driver to use: pysqlite3's bundled library, or the standard one where it is new enough.

    Raises RuntimeError where neither is safe for WAL mode.
    """
    try:
        import pysqlite3

        module: ModuleType = pysqlite3
    except ImportError:
        module = standard_sqlite
    if module.sqlite_version_info < OLDEST_SAFE_SQLITE:
        raise RuntimeError(f"SQLite {module.sqlite_version} is too old; install pysqlite3")
    return module


def make_engine(settings: Settings) -> Engine:
    """An engine for the configured database, with a pool as large as the number of threads."""
    if settings.database_url.startswith("sqlite"):
        return _make_sqlite_engine(settings)
    return create_engine(
        settings.database_url,
        pool_size=settings.threads,
        max_overflow=2,
        pool_pre_ping=True,
        connect_args={
            "options": f"-c timezone=UTC -c lock_timeout={int(settings.busy_timeout * 1000)}"
        },
    )


def _make_sqlite_engine(settings: Settings) -> Engine:
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    if not path.is_absolute():
        path = ROOT / path
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        f"sqlite:///{path}",
        module=sqlite_module(),
        pool_size=settings.threads,
        max_overflow=2,
        connect_args={
            "timeout": settings.busy_timeout,
            "check_same_thread": False,
            "isolation_level": None,
        },
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # What is deleted is overwritten, not only taken off the list: it may be somebody's address.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another wrote meanwhile; writers therefore take the lock at the start.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def session_scope(engine: Engine, *, writes: bool) -> Iterator[Session]:
    """A session that commits when its block ends and rolls back when it raises.

    `writes` says that the work may write: SQLite then takes its lock before the first statement.
    """
    with Session(engine.execution_options(writes=writes), expire_on_commit=False) as session:
        yield session
        session.commit()


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a model, for statements on hot paths that need no objects."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def _insert(session: Session, table: Table) -> Any:
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite_insert(table) if on_sqlite else postgresql_insert(table)


def insert_or_update(
    session: Session, table: Table, row: dict[str, Any], changes: dict[str, Any]
) -> Row[Any]:
    """Insert a row or, where its primary key is taken, make these changes to the one there; returns what is there now.

    One statement: two that insert the same key at once end with one row and both changes.
    """
    adding = _insert(session, table).values(row)
    keys = list(table.primary_key.columns)
    adding = adding.on_conflict_do_update(index_elements=keys, set_=changes).returning(table)
    return session.connection().execute(adding).one()


def insert_or_add(session: Session, table: Table, rows: list[dict[str, Any]], name: str) -> None:
    """Insert rows, or add their column `name` to that of the row whose primary key they share; no key comes twice."""
    if rows:
        adding = _insert(session, table)
        changes = {name: table.c[name] + adding.excluded[name]}
        keys = list(table.primary_key.columns)
        adding = adding.on_conflict_do_update(index_elements=keys, set_=changes)
        session.connection().execute(adding, rows)


def insert_if_absent(session: Session, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row unless a UNIQUE constraint holds one like it; says whether it was inserted.

    The constraint decides, not a look beforehand: of two inserts at once, one waits and then finds the other's row.
    """
    # RETURNING tells on both engines; the driver's row count does not.
    adding = _insert(session, table).values(row).on_conflict_do_nothing().returning(literal(1))
    return session.connection().execute(adding).first() is not None


def insert_those_absent(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert many rows, apart from those that a UNIQUE constraint holds one like already."""
    if rows:
        session.connection().execute(_insert(session, table).on_conflict_do_nothing(), rows)
