"""Experts: what they say of themselves, for how long a moderator has confirmed it, and invitations to become one."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Text, text
from sqlmodel import JSON, CheckConstraint, Field, Relationship, SQLModel, col

from app.models.accounts import HANDLE_LENGTH, Account
from app.models.columns import child_of, enum_type, moment, moment_now


class ApplicationStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


# Literal conditions, for the partial indexes and for the queries alike; see LISTED in models/proposals.py.
EXPERT = text("account.role = 'expert'")
CURRENT = text("expert_application.status = 'approved' AND expert_application.ended_at IS NULL")
_EXPERT_IN_INDEX = text("role = 'expert'")
_CURRENT_IN_INDEX = text("status = 'approved' AND ended_at IS NULL")
_PENDING_IN_INDEX = text("status = 'pending'")


def _somebody() -> Any:
    """A person who may be forgotten while what was done stays."""
    return Field(
        default=None,
        sa_column=Column(ForeignKey("account.id", ondelete="SET NULL"), nullable=True),
    )


def _only_one(name: str, condition: Any) -> Index:
    """At most one application of an account that meets the condition."""
    return Index(
        name, "account_id", unique=True, sqlite_where=condition, postgresql_where=condition
    )


class ExpertApplication(SQLModel, table=True):
    """What somebody says of themselves, and what became of it. The one that is approved and not ended is their profile.

    A text is never changed: a new application takes the place of the old one when it is approved. An approval without
    `approved_until` has no end, because the role comes from an administrator. `ended_at` is set when it lapses, is
    ended by a moderator (then with `ended_by` and `end_note`), or is followed by another.
    """

    __tablename__ = "expert_application"
    __table_args__ = (
        CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("ended_at IS NULL OR status = 'approved'", name="ended"),
        _only_one("uq_expert_application_pending", _PENDING_IN_INDEX),
        _only_one("uq_expert_application_current", _CURRENT_IN_INDEX),
        Index("ix_expert_application_status_applied_at", "status", "applied_at", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    account_id: int = child_of("account.id", index=True)
    # Empty only where the city's pack names no fields.
    field_code: str | None = Field(default=None, foreign_key="expertise.code", index=True)
    affiliation: str = Field(max_length=200)
    country: str = Field(max_length=2)
    orcid: str | None = Field(default=None, max_length=19)
    links: list[str] = Field(sa_type=JSON)
    languages: list[str] = Field(sa_type=JSON)
    biography: str = Field(sa_type=Text)
    status: ApplicationStatus = Field(
        default=ApplicationStatus.PENDING, sa_type=enum_type(ApplicationStatus, "status")
    )
    applied_at: datetime = moment_now()
    decided_at: datetime | None = moment()
    decided_by: int | None = _somebody()
    note: str = Field(default="", sa_type=Text)
    approved_until: datetime | None = moment(index=True)
    reminded_at: datetime | None = moment()
    ended_at: datetime | None = moment()
    ended_by: int | None = _somebody()
    end_note: str = Field(default="", sa_type=Text)

    account: Account = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "foreign_keys": "ExpertApplication.account_id"}
    )

    @property
    def is_pending(self) -> bool:
        return self.status is ApplicationStatus.PENDING

    @property
    def is_current(self) -> bool:
        """Whether it is the person's profile now."""
        return self.status is ApplicationStatus.APPROVED and self.ended_at is None


# The directory of experts, in its order.
Index(
    "ix_account_expert",
    col(Account.name),
    col(Account.id),
    sqlite_where=_EXPERT_IN_INDEX,
    postgresql_where=_EXPERT_IN_INDEX,
)


class Invitation(SQLModel, table=True):
    """The one open invitation of a person's address to be an expert; a new one replaces it, and using it deletes it."""

    email_key: str = Field(primary_key=True, max_length=254)
    email: str = Field(max_length=254)
    token_hash: str = Field(max_length=64, unique=True)
    field_code: str | None = Field(default=None, foreign_key="expertise.code")
    invited_by: int | None = _somebody()
    created_at: datetime = moment_now()
    expires_at: datetime = moment(nullable=False, index=True)

    @property
    def handle(self) -> str:
        """Names the invitation at the desk. It opens nothing: it is part of a hash."""
        return self.token_hash[:HANDLE_LENGTH]
