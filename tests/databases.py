"""Databases for the tests: made from the migrations, with Tinytown loaded, as clean for each test as for the first."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, event, func, inspect, text
from sqlmodel import Session, SQLModel, col, select

from app import migrations
from app.database import make_engine, session_scope
from app.models import Campaign, City, Department, Expertise, Goal, Pillar, Reason, Tag, Ward
from app.services import cities
from app.settings import Settings
from tests import postgresql

TINYTOWN = Path(__file__).parent / "data" / "tinytown"
SECRET = "a secret that only the tests know, and long enough"
BASE_URL = "http://testserver"
_CATALOGUE = {table.__table__.name for table in (City, Department, Expertise, Goal, Pillar, Reason, Tag, Ward)}  # fmt: skip
_numbers = count(1)
RowT = TypeVar("RowT", bound=SQLModel)


def settings_for(url: str, **changes: Any) -> Settings:
    """Settings as in development, whatever the machine's environment says."""
    values = {"database_url": url, "secret_key": SECRET, "base_url": BASE_URL}
    return Settings(_env_file=None, **(values | changes))


class Database:
    """A database under test, and short ways to look into it."""

    def __init__(self, url: str) -> None:
        self.settings = settings_for(url)
        self.engine = make_engine(self.settings)
        self.name = self.engine.dialect.name
        if self.name == "sqlite":
            event.listen(self.engine, "connect", _without_waiting)

    def session(self, *, writes: bool = True) -> AbstractContextManager[Session]:
        return session_scope(self.engine, writes=writes)

    def count(self, table: type[SQLModel], *conditions: Any) -> int:
        with self.session(writes=False) as session:
            return session.exec(select(func.count()).select_from(table).where(*conditions)).one()

    def all(self, table: type[RowT], *conditions: Any) -> list[RowT]:
        """The rows of a table, in the order of their keys."""
        order = table.__table__.primary_key.columns
        with self.session(writes=False) as session:
            return list(session.exec(select(table).where(*conditions).order_by(*order)).all())

    def get(self, table: type[RowT], key: Any) -> RowT:
        with self.session(writes=False) as session:
            found = session.get(table, key)
            assert found is not None
            return found

    def counts(self) -> dict[str, int]:
        """How many rows each table has: two equal ones mean that nothing was added or taken away."""
        with self.engine.connect() as connection:
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in SQLModel.metadata.sorted_tables
            }

    def dump(self) -> str:
        """Every value of every row that the database holds, in tables known to the models or not."""
        with self.engine.connect() as connection:
            rows = [
                value.decode("latin-1") if isinstance(value, bytes) else str(value)
                for name in inspect(self.engine).get_table_names()
                for row in connection.execute(text(f'SELECT * FROM "{name}"'))
                for value in row
            ]
        return "\n".join(rows)

    @contextmanager
    def queries(self) -> Iterator[list[str]]:
        """Collects the statements that run inside the block, apart from the beginnings of transactions."""
        statements: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.startswith("BEGIN"):
                statements.append(statement)

        event.listen(self.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(self.engine, "before_cursor_execute", note)

    def load_tinytown(self) -> None:
        with self.session() as session:
            cities.load(session, TINYTOWN)


def _without_waiting(connection: Any, _record: Any) -> None:
    """This process's data are worth nothing after the run, so nothing waits for the disk; a served portal's do."""
    connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def new_database(
    engine_name: str, folder: Path, like: Database | None = None
) -> Iterator[Database]:
    """A database of its own, without tables or as another one is to which nobody is connected; removed at the end."""
    name = f"{folder.name}_{next(_numbers)}"
    with _new_url(engine_name, folder, name, like.engine.url.database if like else None) as url:
        database = Database(url)
        try:
            yield database
        finally:
            database.engine.dispose()


@contextmanager
def _new_url(engine_name: str, folder: Path, name: str, template: str | None) -> Iterator[str]:
    if engine_name == "sqlite":
        path = folder / f"{name}.sqlite3"
        if template:
            shutil.copy(template, path)
        yield f"sqlite:///{path}"
        return
    with postgresql.new_database(name[-40:], template or "template1") as url:
        yield url


class Kept:
    """A migrated database with Tinytown in it that is kept for many tests; restore() makes it as it was."""

    def __init__(self, database: Database) -> None:
        migrations.upgrade(database.engine)
        database.load_tinytown()
        self.database = database
        if database.name == "sqlite":
            self._file = Path(database.engine.url.database or "")
            self._template = self._file.with_suffix(".template")
            database.engine.dispose()
            shutil.copy(self._file, self._template)
        else:
            with database.engine.connect() as connection:
                self._setting = _setting(connection)

    def restore(self) -> Database:
        if self.database.name == "sqlite":
            self.database.engine.dispose()
            for suffix in ("-wal", "-shm"):
                Path(f"{self._file}{suffix}").unlink(missing_ok=True)
            shutil.copy(self._template, self._file)
        else:
            self._clean()
        return self.database

    def _clean(self) -> None:
        """Delete what a test has left, and load the city anew if it, or how its standing campaign is run, was changed."""
        with self.database.engine.begin() as connection:
            changed = _setting(connection) != self._setting
            connection.execute(text(_emptying() if changed else _cleaning()))
        if changed:
            self.database.load_tinytown()
            with self.database.engine.connect() as connection:
                self._setting = _setting(connection)


def _setting(connection: Connection) -> list[Any]:
    """What tests find and seldom change: the city's revision and its standing campaign."""
    revision = connection.execute(select(City.revision)).all()
    return [*revision, *connection.execute(select(Campaign.__table__).where(col(Campaign.is_standing)))]  # type: ignore[attr-defined]  # fmt: skip


def _emptying() -> str:
    names = ", ".join(f'"{table.name}"' for table in SQLModel.metadata.sorted_tables)
    return f"TRUNCATE {names}, {migrations.TEXT_INDEX}"


def _cleaning() -> str:
    """Deletes what tests may have added. For a few rows this is much faster than TRUNCATE."""
    tables = reversed(SQLModel.metadata.sorted_tables)
    kept = {"campaign": " WHERE NOT is_standing"}
    return "; ".join(
        f"DELETE FROM {table.name}{kept.get(table.name, '')}"
        for table in tables
        if table.name not in _CATALOGUE
    )
