"""Suggestions to merge a proposal into another, until the one who is asked has answered, and what became of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Text, text
from sqlmodel import CheckConstraint, Field, Relationship, SQLModel

from app.models.columns import child_of, enum_type, moment, moment_now
from app.models.proposals import Proposal


class MergeWay(StrEnum):
    """Who suggested it, and whose consent it takes."""

    # The author of the one that closes suggests it; the author of the other is asked.
    BY_AUTHOR = "by_author"
    # A moderator suggests it; the author of the one that closes is asked.
    BY_MODERATOR = "by_moderator"
    # One person is the author of both: nobody else is to be asked.
    OWN = "own"
    # A moderator suggests it, and the author of the one that closes has left: nobody can be asked.
    AUTHOR_LEFT = "author_left"


class MergeOutcome(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    # Nobody answered in time, or one of the two can no longer be merged.
    VOID = "void"


# For the partial index and the queries alike.
UNSETTLED = text("merge_suggestion.outcome IS NULL")
_UNSETTLED_IN_INDEX = text(UNSETTLED.text.removeprefix("merge_suggestion."))


def _person() -> Any:
    """Somebody who may leave while what was agreed stays."""
    return Field(
        default=None,
        sa_column=Column(ForeignKey("account.id", ondelete="SET NULL"), nullable=True, index=True),
    )


def _step() -> Any:
    return Field(
        default=None,
        sa_column=Column(ForeignKey("event.id", ondelete="SET NULL"), nullable=True, index=True),
    )


def _proposal(key: str) -> Any:
    return Relationship(sa_relationship_kwargs={"lazy": "raise", "foreign_keys": f"MergeSuggestion.{key}"})  # fmt: skip


class MergeSuggestion(SQLModel, table=True):
    """That `proposal` closes and points to `into`. Until it is answered there is no other about the same proposal.

    `note` are the words of whoever suggests it, `answer` those of whoever says no; only the authors and staff read them.
    """

    __tablename__ = "merge_suggestion"
    __table_args__ = (
        CheckConstraint("proposal_id != into_id", name="two_proposals"),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ending"),
        Index(
            "uq_merge_suggestion_open", "proposal_id", unique=True,
            sqlite_where=_UNSETTLED_IN_INDEX, postgresql_where=_UNSETTLED_IN_INDEX,
        ),
        Index("ix_merge_suggestion_proposal_id", "proposal_id"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    proposal_id: int = child_of("proposal.id")
    into_id: int = child_of("proposal.id", index=True)
    way: MergeWay = Field(sa_type=enum_type(MergeWay, "way"))
    suggested_by: int | None = _person()
    asked_id: int | None = _person()
    note: str = Field(default="", sa_type=Text)
    created_at: datetime = moment_now()
    open_until: datetime = moment(nullable=False, index=True)
    outcome: MergeOutcome | None = Field(default=None, sa_type=enum_type(MergeOutcome, "outcome"))
    answer: str = Field(default="", sa_type=Text)
    ended_at: datetime | None = moment()
    # The steps of the history of `proposal` that they are.
    event_id: int | None = _step()
    ended_event_id: int | None = _step()

    proposal: Proposal = _proposal("proposal_id")
    into: Proposal = _proposal("into_id")

    def is_open(self, at: datetime) -> bool:
        """Whether it waits for an answer that somebody can give."""
        people = self.suggested_by is not None and self.asked_id is not None
        return self.outcome is None and people and at < self.open_until
