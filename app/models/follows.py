"""Follows: who wants to hear what becomes of a proposal, and the news that wait for the next mail."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.models.columns import child_of, moment, moment_now


class Follow(SQLModel, table=True):
    """Somebody wants to hear what becomes of a proposal. Only they can see it."""

    account_id: int = child_of("account.id", primary_key=True)
    proposal_id: int = child_of("proposal.id", primary_key=True, index=True)
    created_at: datetime = moment_now()


class News(SQLModel, table=True):
    """A step of a proposal that is to be told, written with it. `spread_at` is set once everybody's notices are made."""

    id: int = Field(default=None, primary_key=True)
    proposal_id: int = child_of("proposal.id", index=True)
    event_id: int = child_of("event.id", index=True)
    created_at: datetime = moment_now()
    spread_at: datetime | None = moment(index=True)


class Notice(SQLModel, table=True):
    """News that a person has not been told yet; the row goes when they are.

    It refers to no proposal: whoever makes notices must not wait for proposals while holding accounts (see services/news.py).
    """

    __table_args__ = (Index("ix_notice_created_at", "created_at"),)

    account_id: int = child_of("account.id", primary_key=True)
    news_id: int = child_of("news.id", primary_key=True, index=True)
    created_at: datetime = moment_now()


class NewsMail(SQLModel, table=True):
    """Whether a person wants news by mail, and when the last was written; without a row: yes, and never."""

    __tablename__ = "news_mail"

    account_id: int = child_of("account.id", primary_key=True)
    is_wanted: bool = True
    written_at: datetime | None = moment()
