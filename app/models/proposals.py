"""Proposals (“sáng kiến”), the places, goals and tags they name, and their revisions."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, Numeric, Text, text
from sqlmodel import JSON, CheckConstraint, Field, Relationship, SQLModel

from app.models.accounts import Account
from app.models.campaigns import Campaign
from app.models.columns import child_of, enum_type, moment, moment_now


class Status(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REJECTED = "rejected"
    PUBLISHED = "published"
    UNDER_CONSIDERATION = "under_consideration"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"
    MERGED = "merged"


# Proposals that the public lists show. One literal condition for the partial indexes and for the queries, because
# SQLite uses a partial index only where the query repeats its condition word for word.
LISTED = text(
    "proposal.status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"
)
_LISTED_IN_INDEX = text(LISTED.text.removeprefix("proposal."))


def _listed_index(name: str, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=_LISTED_IN_INDEX, postgresql_where=_LISTED_IN_INDEX)


class ProposalGoal(SQLModel, table=True):
    __tablename__ = "proposal_goal"

    proposal_id: int = child_of("proposal.id", primary_key=True)
    code: str = Field(foreign_key="goal.code", primary_key=True, index=True)


class ProposalWard(SQLModel, table=True):
    __tablename__ = "proposal_ward"

    proposal_id: int = child_of("proposal.id", primary_key=True)
    code: str = Field(foreign_key="ward.code", primary_key=True, index=True)


class ProposalTag(SQLModel, table=True):
    """A topic in the author's words; the city pack's tags are suggestions with translations."""

    __tablename__ = "proposal_tag"

    proposal_id: int = child_of("proposal.id", primary_key=True)
    code: str = Field(max_length=40, primary_key=True, index=True)


class CoAuthor(SQLModel, table=True):
    """Somebody who writes at a proposal with its author, by their own consent; the author stays the one of the proposal.

    Who has left is named no more and may change nothing, but has written it for good: nobody judges their own.
    """

    __tablename__ = "co_author"

    proposal_id: int = child_of("proposal.id", primary_key=True)
    account_id: int = child_of("account.id", primary_key=True, index=True)
    joined_at: datetime = moment_now()
    left_at: datetime | None = moment()

    account: Account = Relationship(sa_relationship_kwargs={"lazy": "joined", "innerjoin": True})


class Proposal(SQLModel, table=True):
    """An initiative. No wards means the whole city."""

    __table_args__ = (
        CheckConstraint("support_count >= 0 AND oppose_count >= 0", name="counts_not_negative"),
        CheckConstraint("comment_count >= 0", name="comment_count_not_negative"),
        CheckConstraint("cost >= 0", name="cost_not_negative"),
        CheckConstraint("status != 'merged' OR merged_into_id IS NOT NULL", name="merged_into"),
        CheckConstraint("(status = 'hidden') = (status_before_hiding IS NOT NULL)", name="hiding"),
        _listed_index("ix_proposal_newest", "published_at", "id"),
        _listed_index("ix_proposal_most_supported", "support_count", "id"),
        _listed_index("ix_proposal_trending", "trend", "id"),
        _listed_index("ix_proposal_updated", "updated_at", "id"),
        _listed_index("ix_proposal_best_assessed", "assessment_score", "id"),
        Index("ix_proposal_status_submitted_at", "status", "submitted_at", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    ref: str | None = Field(default=None, max_length=40, unique=True)
    slug: str = Field(max_length=80)
    language: str = Field(default="vi", max_length=8)
    title: str = Field(max_length=200)
    summary: str = Field(sa_type=Text)
    problem: str = Field(sa_type=Text)
    solution: str = Field(sa_type=Text)
    expected_impact: str = Field(sa_type=Text)
    resources_needed: str = Field(sa_type=Text)
    pillar_code: str | None = Field(default=None, foreign_key="pillar.code", index=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    author_id: int = Field(foreign_key="account.id", index=True)
    cost: Decimal | None = Field(default=None, sa_type=Numeric(18, 2))
    status: Status = Field(default=Status.DRAFT, sa_type=enum_type(Status, "status"))
    status_before_hiding: Status | None = Field(
        default=None,
        sa_type=enum_type(Status, "status_before_hiding"),
    )
    merged_into_id: int | None = Field(default=None, foreign_key="proposal.id", index=True)
    revision: int = 1
    published_revision: int | None = None
    support_count: int = 0
    oppose_count: int = 0
    # Visible comments, replies among them; see services/comments.py.
    comment_count: int = 0
    # Support with an exponential memory; see services/votes.py.
    trend: float = 0.0
    # The mean of the medians of the newest published assessment; beside the votes, never mixed with them.
    assessment_score: float | None = None
    created_at: datetime = moment_now()
    submitted_at: datetime | None = moment()
    published_at: datetime | None = moment()
    updated_at: datetime = moment_now()
    # The row of an imported file as it stood there.
    source_row: dict[str, Any] | None = Field(default=None, sa_type=JSON)

    author: Account = Relationship(sa_relationship_kwargs={"lazy": "raise"})
    campaign: Campaign = Relationship(sa_relationship_kwargs={"lazy": "raise"})
    goal_links: list[ProposalGoal] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "cascade": "all, delete-orphan"}
    )
    ward_links: list[ProposalWard] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "cascade": "all, delete-orphan"}
    )
    tag_links: list[ProposalTag] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "cascade": "all, delete-orphan"}
    )
    # Asked for wherever somebody acts on a proposal, so that no way of loading one can forget them; lists load them at once.
    co_author_links: list[CoAuthor] = Relationship(
        sa_relationship_kwargs={
            "lazy": "select",
            "cascade": "all, delete-orphan",
            "order_by": "(CoAuthor.joined_at, CoAuthor.account_id)",
        }
    )

    @property
    def is_public(self) -> bool:
        """Whether anyone may read it: it has been published and is not hidden. Withdrawn and merged ones stay readable."""
        return self.published_at is not None and self.status is not Status.HIDDEN

    @property
    def path(self) -> str:
        """Its address on this site. The number alone decides; the words are for people."""
        return f"/proposals/{self.id}-{self.slug}" if self.slug else f"/proposals/{self.id}"

    @property
    def author_numbers(self) -> set[int]:
        """The numbers of the accounts of all who write at it: the author and the co-authors."""
        present = (link.account_id for link in self.co_author_links if link.left_at is None)
        return {self.author_id, *present}

    @property
    def writer_numbers(self) -> set[int]:
        """The same with those who have left."""
        return {self.author_id, *(link.account_id for link in self.co_author_links)}

    @property
    def co_authors(self) -> list[Account]:
        """Whom it names beside its author, in the order in which they came; an account that is closed is not named."""
        people = (link.account for link in self.co_author_links if link.left_at is None)
        return [account for account in people if account.banned_at is None]

    @property
    def goals(self) -> list[str]:
        return [link.code for link in self.goal_links]

    @property
    def wards(self) -> list[str]:
        return [link.code for link in self.ward_links]

    @property
    def tags(self) -> list[str]:
        return [link.code for link in self.tag_links]


class Revision(SQLModel, table=True):
    """The content of a proposal as one edit left it; `content` has the fields of forms.ProposalForm."""

    proposal_id: int = child_of("proposal.id", primary_key=True)
    number: int = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_type=JSON)
    edited_by: int | None = Field(default=None, foreign_key="account.id", index=True)
    created_at: datetime = moment_now()
