"""Assessments: experts who judge a proposal by a rubric, each alone, until all is published together."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Text, text
from sqlmodel import JSON, CheckConstraint, Field, Relationship, SQLModel, UniqueConstraint

from app.models.accounts import Account
from app.models.columns import child_of, enum_type, moment, moment_now
from app.models.proposals import Proposal

# Literal, for the partial indexes and for the queries alike; see LISTED in models/proposals.py.
ROUND_OPEN = text("assessment_round.closed_at IS NULL")
_OPEN_IN_INDEX = text("closed_at IS NULL")
LOWEST_SCORE, HIGHEST_SCORE = 1, 5


class Recommendation(StrEnum):
    RECOMMEND = "recommend"
    WITH_CHANGES = "with_changes"
    AGAINST = "against"


def _somebody(*, index: bool = False) -> Any:
    """A person who may be forgotten while what was done stays."""
    reference = ForeignKey("account.id", ondelete="SET NULL")
    return Field(default=None, sa_column=Column(reference, nullable=True, index=index))


class AssessmentRound(SQLModel, table=True):
    """One assessment of a proposal: by whom it was opened, until when, and by which criteria, as they were then."""

    __tablename__ = "assessment_round"
    __table_args__ = (
        CheckConstraint("closed_by IS NULL OR closed_at IS NOT NULL", name="closed"),
        Index(
            "uq_assessment_round_open",
            "proposal_id",
            unique=True,
            sqlite_where=_OPEN_IN_INDEX,
            postgresql_where=_OPEN_IN_INDEX,
        ),
        Index(
            "ix_assessment_round_due",
            "due_at",
            "id",
            sqlite_where=_OPEN_IN_INDEX,
            postgresql_where=_OPEN_IN_INDEX,
        ),
    )

    id: int = Field(default=None, primary_key=True)
    proposal_id: int = child_of("proposal.id", index=True)
    rubric: list[dict[str, Any]] = Field(sa_type=JSON)
    opened_by: int | None = _somebody()
    opened_at: datetime = moment_now()
    due_at: datetime = moment(nullable=False)
    closed_at: datetime | None = moment()
    # Empty where it closed by itself.
    closed_by: int | None = _somebody()

    proposal: Proposal = Relationship(sa_relationship_kwargs={"lazy": "raise"})
    evaluators: list["Evaluator"] = Relationship(
        back_populates="round",
        sa_relationship_kwargs={
            "lazy": "raise",
            "order_by": "Evaluator.id",
            "passive_deletes": "all",
        },
    )

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class Evaluator(SQLModel, table=True):
    """An expert who is asked for a verdict. Without an account: somebody who has left, whose verdict had been published.

    `has_conflict` is empty until they have declared; one who declares a conflict is out of the round. `field_code` is
    their field when they were asked, which is published with the verdict.
    """

    __table_args__ = (
        CheckConstraint("(declared_at IS NULL) = (has_conflict IS NULL)", name="declared"),
        UniqueConstraint("round_id", "account_id"),
    )

    id: int = Field(default=None, primary_key=True)
    round_id: int = child_of("assessment_round.id")
    account_id: int | None = _somebody(index=True)
    field_code: str | None = Field(default=None, foreign_key="expertise.code")
    assigned_by: int | None = _somebody()
    assigned_at: datetime = moment_now()
    declared_at: datetime | None = moment()
    has_conflict: bool | None = None
    conflict_words: str = Field(default="", sa_type=Text)
    reminded_at: datetime | None = moment()
    overdue_reminded_at: datetime | None = moment()

    round: AssessmentRound = Relationship(
        back_populates="evaluators", sa_relationship_kwargs={"lazy": "raise_on_sql"}
    )
    account: Account | None = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "foreign_keys": "Evaluator.account_id"}
    )
    verdicts: list["Assessment"] = Relationship(
        sa_relationship_kwargs={
            "lazy": "raise",
            "order_by": "Assessment.version",
            "passive_deletes": "all",
        }
    )

    @property
    def is_recused(self) -> bool:
        return self.has_conflict is True


class Assessment(SQLModel, table=True):
    """A verdict: a score and words for each criterion, and a recommendation, about one revision of the proposal.

    The first one stays; a second may follow once, when the text has changed.
    """

    __table_args__ = (CheckConstraint("version IN (1, 2)", name="version"),)

    evaluator_id: int = child_of("evaluator.id", primary_key=True)
    version: int = Field(primary_key=True)
    revision: int
    # By the criterion's code: {"score": 1 to 5, "words": "…"}.
    scores: dict[str, dict[str, Any]] = Field(sa_type=JSON)
    recommendation: Recommendation = Field(sa_type=enum_type(Recommendation, "recommendation"))
    words: str = Field(default="", sa_type=Text)
    submitted_at: datetime = moment_now()
