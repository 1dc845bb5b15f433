"""A deliberately bad build of the portal: it looks before it inserts. The race test must catch it."""

from typing import Any

from fastapi import FastAPI
from sqlalchemy import Table, insert, select
from sqlmodel import Session

from app import main
from app.services import votes


def check_then_insert(session: Session, table: Table, row: dict[str, Any]) -> bool:
    """What UNIQUE constraints are there to replace."""
    same = [column == row[column.name] for column in table.columns if column.name in {"proposal_id", "voter_id", "account_id"} and column.name in row]  # fmt: skip
    if session.execute(select(table).where(*same)).first() is not None:
        return False
    session.execute(insert(table).values(row))
    return True


def create_app() -> FastAPI:
    votes.insert_if_absent = check_then_insert
    return main.create_app()
