"""Copies of what is stored of a person, made when that person asks for one."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from app.database import now
from app.models.columns import child_of, moment, moment_now

_BEING_PREPARED = text("ready_at IS NULL")


class DataExport(SQLModel, table=True):
    """A person's data in one file. It belongs to the browser session that asked for it, and goes with it.

    `due_at` is when to prepare it next; it is empty once the file is ready.
    """

    __tablename__ = "data_export"
    __table_args__ = (
        # One at a time for each person.
        Index(
            "uq_data_export_being_prepared",
            "account_id",
            unique=True,
            sqlite_where=_BEING_PREPARED,
            postgresql_where=_BEING_PREPARED,
        ),
    )

    id: int = Field(default=None, primary_key=True)
    account_id: int = child_of("account.id", index=True)
    session_hash: str = child_of("login_session.token_hash", index=True)
    created_at: datetime = moment_now()
    due_at: datetime | None = moment(index=True, default_factory=now)
    ready_at: datetime | None = moment()
    expires_at: datetime = moment(nullable=False, index=True)
    content: bytes | None = Field(default=None, sa_type=LargeBinary)
