"""Setup events: what staff have set up or changed about how the portal works, who and when."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Text
from sqlmodel import Field, SQLModel

from app.models.columns import enum_type, moment_now


class SetupMatter(StrEnum):
    CAMPAIGN = "campaign"
    CAMPAIGN_RULES = "campaign_rules"
    CANNED_ANSWER = "canned_answer"


class SetupStep(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    DISCARDED = "discarded"


class SetupEvent(SQLModel, table=True):
    """A change of a setting, for staff only. Rows are only ever added, and outlive what they are about."""

    __tablename__ = "setup_event"

    id: int = Field(default=None, primary_key=True)
    matter: SetupMatter = Field(sa_type=enum_type(SetupMatter, "matter"))
    step: SetupStep = Field(sa_type=enum_type(SetupStep, "step"))
    subject_id: int
    # What it was called then.
    title: str = Field(sa_type=Text)
    # By the field's name: what stood there before, and what stands there now.
    changes: dict[str, tuple[Any, Any]] = Field(sa_type=JSON)
    # Empty once that account is gone.
    actor_id: int | None = Field(
        default=None,
        sa_column=Column(ForeignKey("account.id", ondelete="SET NULL"), nullable=True, index=True),
    )
    created_at: datetime = moment_now()
