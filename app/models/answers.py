"""The city's answers: which department answers what by when, drafts and their approval, and what is promised by when."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Text, text
from sqlmodel import JSON, CheckConstraint, Field, Relationship, SQLModel

from app.models.columns import child_of, enum_type, moment, moment_now
from app.models.proposals import Proposal, Status

# Literal conditions, for the partial indexes and for the queries alike; see LISTED in models/proposals.py.
UNANSWERED = text("answer_request.answered_at IS NULL")
UNPUBLISHED = text("official_answer.state IN ('draft', 'submitted', 'approved')")
ANSWERED = text("official_answer.state = 'published'")
UNREACHED = text("milestone.done_at IS NULL")


def _index(name: str, condition: Any, *columns: str, unique: bool = False) -> Index:
    """An index of the rows that meet one of the conditions above."""
    within = text(condition.text.split(".", maxsplit=1)[1])
    return Index(name, *columns, unique=unique, sqlite_where=within, postgresql_where=within)


def _somebody() -> Any:
    """A person who may be forgotten while what was done stays."""
    return Field(
        default=None,
        sa_column=Column(ForeignKey("account.id", ondelete="SET NULL"), nullable=True, index=True),
    )


def _proposal_of(table: str) -> Any:
    key = {"lazy": "raise", "foreign_keys": f"{table}.proposal_id"}
    return Relationship(sa_relationship_kwargs=key)


class Officer(SQLModel, table=True):
    """The department that an account with the role of an officer works for; gone with the role."""

    account_id: int = child_of("account.id", primary_key=True)
    department_code: str = Field(foreign_key="department.code", index=True)
    created_at: datetime = moment_now()


class Cause(StrEnum):
    """What made the city owe an answer."""

    SUPPORTS = "supports"
    RECOMMENDATION = "recommendation"
    MODERATOR = "moderator"


class AnswerRequest(SQLModel, table=True):
    """The city owes an answer on a proposal, by the end of a day. At most one is open for each proposal.

    `department_code` is empty until somebody has said whose it is; the newest request says who answers for the city.
    """

    __tablename__ = "answer_request"
    __table_args__ = (
        _index("uq_answer_request_open", UNANSWERED, "proposal_id", unique=True),
        _index("ix_answer_request_due", UNANSWERED, "due_at", "id"),
        _index("ix_answer_request_department_due", UNANSWERED, "department_code", "due_at", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    proposal_id: int = child_of("proposal.id", index=True)
    department_code: str | None = Field(default=None, foreign_key="department.code")
    cause: Cause = Field(sa_type=enum_type(Cause, "cause"))
    called_at: datetime = moment_now()
    due_at: datetime = moment(nullable=False)
    answered_at: datetime | None = moment()

    proposal: Proposal = _proposal_of("AnswerRequest")


class AnswerState(StrEnum):
    """Where an answer stands on its way to everybody."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class OfficialAnswer(SQLModel, table=True):
    """What a department says for the city about a proposal: a status, words, and what will happen by when.

    `promises` are the milestones given with it, which become rows when it is published. `version` counts the changes of
    its text. `held_at` is set where the day of its publication came and the proposal could not be answered any more.
    """

    __tablename__ = "official_answer"
    __table_args__ = (
        _index("uq_official_answer_open", UNPUBLISHED, "proposal_id", unique=True),
        _index("ix_official_answer_desk", UNPUBLISHED, "department_code", "id"),
        _index("ix_official_answer_newest", ANSWERED, "published_at", "id"),
        _index("ix_official_answer_department_newest", ANSWERED, "department_code", "published_at", "id"),
        Index("ix_official_answer_state_publish_at", "state", "publish_at"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published"),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    proposal_id: int = child_of("proposal.id", index=True)
    department_code: str = Field(foreign_key="department.code")
    state: AnswerState = Field(default=AnswerState.DRAFT, sa_type=enum_type(AnswerState, "state"))
    status: Status = Field(sa_type=enum_type(Status, "status"))
    words: str = Field(sa_type=Text)
    language: str = Field(default="vi", max_length=8)
    promises: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    version: int = 1
    drafted_by: int | None = _somebody()
    approved_by: int | None = _somebody()
    # When to publish it once it is approved; empty: at once.
    publish_at: datetime | None = moment()
    created_at: datetime = moment_now()
    updated_at: datetime = moment_now()
    published_at: datetime | None = moment()
    held_at: datetime | None = moment()
    # The step of the proposal's history that its publication was.
    event_id: int | None = Field(default=None, foreign_key="event.id", unique=True)

    proposal: Proposal = _proposal_of("OfficialAnswer")

    @property
    def is_open(self) -> bool:
        """Whether it is still on its way."""
        return self.state not in {AnswerState.PUBLISHED, AnswerState.DISCARDED}

    @property
    def is_published(self) -> bool:
        return self.state is AnswerState.PUBLISHED


class AnswerStep(StrEnum):
    DRAFTED = "drafted"
    EDITED = "edited"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    PUBLISHED = "published"
    HELD = "held"
    DISCARDED = "discarded"


class AnswerEvent(SQLModel, table=True):
    """A step of an answer on its way, for officers and staff only. Rows are only ever added."""

    __tablename__ = "answer_event"

    id: int = Field(default=None, primary_key=True)
    answer_id: int = child_of("official_answer.id", index=True)
    # Empty for what happened by itself.
    actor_id: int | None = _somebody()
    step: AnswerStep = Field(sa_type=enum_type(AnswerStep, "step"))
    version: int
    note: str = Field(default="", sa_type=Text)
    created_at: datetime = moment_now()


class Milestone(SQLModel, table=True):
    """What a department has promised by the end of a day, and how far it is."""

    __table_args__ = (
        _index("ix_milestone_due", UNREACHED, "due_at", "id"),
        _index("ix_milestone_department_due", UNREACHED, "department_code", "due_at", "id"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        CheckConstraint("(progress = 100) = (done_at IS NOT NULL)", name="done"),
    )

    id: int = Field(default=None, primary_key=True)
    proposal_id: int = child_of("proposal.id", index=True)
    department_code: str = Field(foreign_key="department.code")
    answer_id: int | None = Field(default=None, foreign_key="official_answer.id", index=True)
    title: str = Field(max_length=200)
    due_at: datetime = moment(nullable=False)
    progress: int = 0
    version: int = 1
    created_at: datetime = moment_now()
    done_at: datetime | None = moment()

    proposal: Proposal = _proposal_of("Milestone")
    updates: list["MilestoneUpdate"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "MilestoneUpdate.id"}
    )


class MilestoneUpdate(SQLModel, table=True):
    """How a milestone stood after one change, with what shows it: words, and a link. Rows are only ever added."""

    __tablename__ = "milestone_update"

    id: int = Field(default=None, primary_key=True)
    milestone_id: int = child_of("milestone.id", index=True)
    actor_id: int | None = _somebody()
    progress: int
    due_at: datetime = moment(nullable=False)
    words: str = Field(default="", sa_type=Text)
    link: str | None = Field(default=None, max_length=500)
    created_at: datetime = moment_now()
