"""Campaigns (“đợt kêu gọi sáng kiến”): a question with dated phases and rules of voting."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, Numeric, text
from sqlmodel import JSON, CheckConstraint, Field, SQLModel

from app.models.cities import Texts
from app.models.columns import enum_type, moment, moment_now
from app.models.identities import Level


class Campaign(SQLModel, table=True):
    """A call for proposals. A phase without dates is open without end; the standing campaign has none at all."""

    __table_args__ = (
        CheckConstraint("votes_per_person > 0", name="votes_per_person_positive"),
        CheckConstraint("budget >= 0", name="budget_not_negative"),
        CheckConstraint("answer_threshold > 0", name="answer_threshold_positive"),
        CheckConstraint("answer_days > 0", name="answer_days_positive"),
        # At most one standing campaign.
        Index(
            "uq_campaign_standing",
            "is_standing",
            unique=True,
            sqlite_where=text("is_standing"),
            postgresql_where=text("is_standing"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    slug: str = Field(max_length=80)
    title: Texts = Field(sa_type=JSON)
    question: Texts = Field(sa_type=JSON)
    is_standing: bool = False
    submission_opens_at: datetime | None = moment()
    submission_closes_at: datetime | None = moment()
    voting_opens_at: datetime | None = moment()
    voting_closes_at: datetime | None = moment()
    votes_per_person: int | None = None
    votes_need: Level = Field(default=Level.EMAIL, sa_type=enum_type(Level, "votes_need"))
    allows_opposition: bool = False
    # How it is run; see services/campaign_rules.py.
    comments_premoderated: bool = False
    trusted_skip: bool = False
    # The criteria that evaluators judge by; empty for the usual ones.
    rubric: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON)
    # So many supports, or the evaluators' recommendation, make the city owe an answer within so many days.
    answer_threshold: int | None = None
    answer_on_recommendation: bool = False
    answer_days: int = 60
    budget: Decimal | None = Field(default=None, sa_type=Numeric(18, 2))
    currency: str | None = Field(default=None, max_length=3)
    # Where an imported campaign came from (unique, so that nothing is imported twice), its file's digest, and its head as it stood in the file.
    source: str | None = Field(default=None, max_length=200, unique=True)
    source_digest: str | None = Field(default=None, max_length=64)
    source_meta: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    created_at: datetime = moment_now()

    @property
    def path(self) -> str:
        """Its address on this site."""
        return f"/campaigns/{self.id}-{self.slug}" if self.slug else f"/campaigns/{self.id}"

    @property
    def is_fixed(self) -> bool:
        """Whether it is not set up here: the standing one is the city's data, an imported one its file's."""
        return self.is_standing or self.source is not None

    def is_submission_open(self, at: datetime) -> bool:
        return _within(self.submission_opens_at, at, self.submission_closes_at)

    def is_voting_open(self, at: datetime) -> bool:
        return _within(self.voting_opens_at, at, self.voting_closes_at)


def _within(opens: datetime | None, at: datetime, closes: datetime | None) -> bool:
    """Whether a moment is in the half-open interval [opens, closes)."""
    return (opens is None or opens <= at) and (closes is None or at < closes)
