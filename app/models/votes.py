"""Votes: one row for each voter and proposal, held by the primary key."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index
from sqlmodel import JSON, Field, SQLModel, UniqueConstraint

from app.models.columns import child_of, enum_type, moment_now


class VoteValue(StrEnum):
    SUPPORT = "support"
    OPPOSE = "oppose"


class Voter(SQLModel, table=True):
    """The one who votes: an account's, or the pseudonym of an imported ballot. Nothing else refers to who voted."""

    __table_args__ = (UniqueConstraint("campaign_id", "pseudonym"),)

    id: int = Field(default=None, primary_key=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", unique=True)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    pseudonym: str | None = Field(default=None, max_length=100)
    # The ballot's columns as they stood in the imported file, but for the pseudonym.
    source_row: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class Vote(SQLModel, table=True):
    # What has been cast since a moment is counted from it alone, for figures that move.
    __table_args__ = (Index("ix_vote_cast_at", "cast_at", "proposal_id"),)

    proposal_id: int = child_of("proposal.id", primary_key=True)
    voter_id: int = Field(foreign_key="voter.id", primary_key=True, index=True)
    value: VoteValue = Field(sa_type=enum_type(VoteValue, "value"))
    cast_at: datetime = moment_now()


class SupportDay(SQLModel, table=True):
    """By how much the support of a proposal changed on a day of the city's calendar.

    It says what whoever reads the public count every evening can see, and nothing of a single vote. The days of a
    proposal add up to its support_count.
    """

    __tablename__ = "support_day"
    __table_args__ = ({"sqlite_with_rowid": False},)

    proposal_id: int = child_of("proposal.id", primary_key=True)
    day: date = Field(primary_key=True)
    change: int
