"""Deliberately bad builds of the portal, one for each harness that must catch its fault."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from fastapi import FastAPI
from sqlalchemy import Engine, Select, Table, insert, select
from sqlmodel import Session

from app import dependencies, main
from app.services import accounts, queue, votes

LATE = 0.5


def check_then_insert(session: Session, table: Table, row: dict[str, Any]) -> bool:
    """What UNIQUE constraints are there to replace."""
    same = [column == row[column.name] for column in table.columns if column.name in {"proposal_id", "voter_id", "account_id"} and column.name in row]  # fmt: skip
    if session.execute(select(table).where(*same)).first() is not None:
        return False
    session.execute(insert(table).values(row))
    return True


def looks_before_it_inserts() -> FastAPI:
    votes.insert_if_absent = check_then_insert
    return main.create_app()


@contextmanager
def commit_later(engine: Engine, *, writes: bool) -> Iterator[Session]:
    """A session that is committed half a second after its answer has been sent."""
    session = Session(engine.execution_options(writes=writes), expire_on_commit=False)
    yield session

    def finish() -> None:
        session.commit()
        session.close()

    threading.Timer(LATE if writes else 0, finish).start()


def answers_before_it_commits() -> FastAPI:
    dependencies.session_scope = commit_later
    return main.create_app()


def lets_go_of_accounts() -> FastAPI:
    """Whoever writes does not hold the account, which may be deleted meanwhile."""
    find = accounts.find_by_api_token
    accounts.find_by_api_token = lambda session, token, hold=False: find(session, token)
    return main.create_app()


def takes_up_without_a_lock() -> FastAPI:
    """Two moderators who ask for the next at once are given the same."""
    claim_next = queue.claim_next

    def unlocked(*arguments: Any) -> Any:
        with mock.patch.object(Select, "with_for_update", lambda query, **_options: query):
            return claim_next(*arguments)

    queue.claim_next = unlocked
    return main.create_app()
