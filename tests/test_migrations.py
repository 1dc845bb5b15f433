"""Migrations: from nothing, down and up again with rows in the tables, and a guard that no row is ever lost."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Column, Integer, inspect, text
from sqlmodel import SQLModel

from app import migrations
from app.forms import JudgementForm
from app.models import (
    Account,
    Email,
    Event,
    Proposal,
    QueueItem,
    QueueKind,
    RecordMonth,
    Revision,
    Role,
    Ruling,
    Vote,
)
from app.services import appeals
from app.settings import ROOT
from tests.builders import Make
from tests.databases import Database

# PostgreSQL alters tables in place and checks references itself.
on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
NewDatabase = Callable[[], AbstractContextManager[Database]]


@pytest.fixture
def empty(another_database: NewDatabase) -> Iterator[Database]:
    with another_database() as database:
        yield database


@pytest.fixture
def filled(migrated: Database) -> Database:
    """A database with rows in every important table."""
    migrated.load_tinytown()
    make = Make(migrated)
    people = [make.account(f"Người {number}") for number in range(5)]
    for proposal in [make.proposal(people[0], "published") for _ in range(3)]:
        for person in people:
            make.vote(person, proposal)
    make.approval(people[1])
    return migrated


def tables(database: Database) -> set[str]:
    names = set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    return {name for name in names if not name.startswith(migrations.TEXT_INDEX)}


def revisions() -> list[str]:
    """All revisions, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][
        ::-1
    ]


def test_from_zero_and_again(empty: Database) -> None:
    migrations.upgrade(empty.engine)
    assert tables(empty) == set(SQLModel.metadata.tables)
    migrations.upgrade(empty.engine)
    with empty.engine.connect() as connection:
        assert migrations.is_current(connection)


def test_an_empty_database_is_not_current(empty: Database) -> None:
    with empty.engine.connect() as connection:
        assert not migrations.is_current(connection)


def test_models_and_migrations_agree(migrated: Database) -> None:
    migrations.check(migrated.engine)


def test_the_check_finds_a_difference(migrated: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with migrated.engine.begin() as connection:
        connection.execute(text("ALTER TABLE email ADD COLUMN forgotten INTEGER"))
    with pytest.raises(CommandError):
        migrations.check(migrated.engine)


def test_down_to_nothing_and_up_again(filled: Database) -> None:
    migrations.downgrade(filled.engine, "base")
    assert tables(filled) == set()
    migrations.upgrade(filled.engine)
    assert tables(filled) == set(SQLModel.metadata.tables)
    filled.load_tinytown()
    assert Make(filled).proposal(Make(filled).account("Hà"), "published").is_public


def test_down_to_each_revision_and_up_keeps_the_first_tables_rows(filled: Database) -> None:
    before = {model: filled.count(model) for model in (Account, Proposal, Vote, Event, Revision, Email)}  # fmt: skip
    for older in revisions()[-2::-1]:
        migrations.downgrade(filled.engine, older)
        migrations.upgrade(filled.engine)
        assert {model: filled.count(model) for model in before} == before


def test_what_followed_from_older_decisions_is_found(filled: Database) -> None:
    """And the months that are over, which counted it, are counted anew."""
    make = Make(filled)
    made = make.proposal(make.account("Hà"), "hidden")
    appeal = make.appeal(filled.get(Account, made.author_id))
    with filled.session() as session:
        appeals.decide(session, filled.settings, session.merge(make.account("Lan", Role.MODERATOR)), appeal.id, JudgementForm(outcome="uphold"))  # fmt: skip
        session.add(RecordMonth(month=date(2026, 1, 1), decisions=9, timed=0, appeals=0, upheld=0))
    marked = [ruling.id for ruling in filled.all(Ruling) if ruling.is_consequence]
    assert len(marked) == 1
    migrations.downgrade(filled.engine, "0013")
    migrations.upgrade(filled.engine)
    assert [ruling.id for ruling in filled.all(Ruling) if ruling.is_consequence] == marked
    assert filled.count(RecordMonth) == 0


def remake(connection: Any, table: str) -> None:
    """Recreate a table, as batch mode does on SQLite for every change that ALTER TABLE cannot make."""
    operations = Operations(MigrationContext.configure(connection))
    with operations.batch_alter_table(table, recreate="always") as batch:
        batch.add_column(Column("added", Integer(), nullable=True))


@pytest.mark.parametrize("table", ["proposal", "account", "voter", "campaign"])
def test_remaking_a_parent_table_keeps_its_childrens_rows(filled: Database, table: str) -> None:
    before = filled.counts()
    with migrations.migrating(filled.engine) as connection:
        if filled.name == "sqlite":
            remake(connection, table)
        else:
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN added INTEGER"))
    assert filled.counts() == before
    assert before["vote"] == 15
    with filled.engine.connect() as connection:
        if filled.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


@on_sqlite
def test_without_the_guard_the_votes_would_be_gone(filled: Database) -> None:
    """Why the guard is there; when this fails, SQLite or Alembic has changed and the guard may go."""
    with filled.engine.execution_options(writes=True).connect() as connection:
        remake(connection, "proposal")
        connection.commit()
    assert filled.counts()["vote"] == 0


@pytest.mark.parametrize("statement", ["DELETE FROM vote", "DELETE FROM email WHERE id = (SELECT min(id) FROM email)"])  # fmt: skip
def test_a_migration_that_loses_rows_is_rolled_back(filled: Database, statement: str) -> None:
    before = filled.counts()
    with pytest.raises(migrations.MigrationError, match="rows would be lost"), migrations.migrating(filled.engine) as connection:  # fmt: skip
        connection.execute(text(statement))
    assert filled.counts() == before


@on_sqlite
def test_a_reference_to_nothing_is_found(filled: Database) -> None:
    with pytest.raises(migrations.MigrationError, match="refer to nothing"), migrations.migrating(filled.engine) as connection:  # fmt: skip
        connection.execute(text("UPDATE proposal SET author_id = 999999"))
    assert filled.count(Proposal, Proposal.author_id == 999999) == 0


def test_an_error_rolls_everything_back(migrated: Database) -> None:
    def half_way() -> None:
        with migrations.migrating(migrated.engine) as connection:
            connection.execute(text("CREATE TABLE half (id INTEGER)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    assert "half" not in tables(migrated)


def test_migrations_are_numbered_in_order() -> None:
    files = sorted(path.name for path in Path(ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    assert [name.split("_")[0] for name in files] == [f"{n:04d}" for n in range(1, len(files) + 1)]


def test_the_queues_numbers_are_not_used_again_after_the_table_was_made_anew(filled: Database) -> None:  # fmt: skip
    make = Make(filled)
    author = make.account("Hà")
    make.proposal(author, "published")  # Its number in the queue is the highest, and gone.
    (used,) = filled.all(Ruling)[-1:]
    migrations.downgrade(filled.engine, "0008")
    migrations.upgrade(filled.engine)
    make.proposal(author, "submitted")
    assert filled.all(QueueItem)[-1].id > (used.item_id or 0)


def test_accounts_closed_before_rulings_were_kept_have_one_afterwards(filled: Database) -> None:
    make = Make(filled)
    ha = make.ban(make.account("Hà"))
    closed = Ruling.kind == QueueKind.ACCOUNT
    (before,) = filled.all(Ruling, closed)
    for _ in range(2):
        migrations.downgrade(filled.engine, "0008")
        with filled.session() as session:
            session.execute(text("DELETE FROM ruling WHERE kind = 'account'"))
        migrations.upgrade(filled.engine)
        (ruling,) = filled.all(Ruling, closed)
        assert (ruling.outcome, ruling.account_id, ruling.actor_id, ruling.note) == ("ban", ha.id, make.desk().id, before.note)  # fmt: skip
    migrations.downgrade(filled.engine, "0008")
    migrations.upgrade(filled.engine)
    assert filled.count(Ruling, closed) == 1
