"""The moderation desk: what waits for a human, who has taken it up, and what moderators have decided."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, Text, text
from sqlmodel import JSON, Field, SQLModel, UniqueConstraint

from app.models.cities import Texts
from app.models.columns import child_of, enum_type, moment, moment_now


class QueueKind(StrEnum):
    """What a moderator looks at. Accounts never wait in the queue, but are ruled on."""

    PROPOSAL = "proposal"
    EDIT = "edit"
    COMMENT = "comment"
    REPORT = "report"
    APPLICATION = "application"
    APPEAL = "appeal"
    ACCOUNT = "account"


class Outcome(StrEnum):
    """What a moderator can decide, over all kinds."""

    PUBLISH = "publish"
    RETURN = "return"
    REJECT = "reject"
    HIDE = "hide"
    RESTORE = "restore"
    MERGE = "merge"
    ACCEPT = "accept"
    KEEP = "keep"
    APPROVE = "approve"
    REFUSE = "refuse"
    END = "end"
    DISMISS = "dismiss"
    UPHOLD = "uphold"
    BAN = "ban"
    UNBAN = "unban"


class Signal(StrEnum):
    """What the desk is told about a text beside the text itself. Signals inform; they never decide."""

    SIMILAR = "similar"
    LINKS = "links"
    PHONE = "phone"
    EMAIL = "email"
    CITIZEN_NUMBER = "citizen_number"
    MANY = "many"
    CAPITALS = "capitals"
    FIRST = "first"
    REPORTED = "reported"


RAISED, NORMAL = 0, 1


def _somebody(target: str = "account.id", *, index: bool = False) -> Any:
    """Somebody or something that may be forgotten while what was done stays."""
    return Field(
        default=None,
        sa_column=Column(ForeignKey(target, ondelete="SET NULL"), nullable=True, index=index),
    )


def _perhaps_of(target: str) -> Any:
    """A parent that there may be, and with which the row goes."""
    return Field(
        default=None,
        sa_column=Column(ForeignKey(target, ondelete="CASCADE"), nullable=True, index=True),
    )


# What is in the queue now: not set aside because its author's account is closed. A literal condition, for the partial
# indexes and the queries alike; see LISTED in models/proposals.py.
OPEN = text("NOT queue_item.is_set_aside")
_OPEN_IN_INDEX = text("NOT is_set_aside")


def _open_index(name: str, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=_OPEN_IN_INDEX, postgresql_where=_OPEN_IN_INDEX)


class QueueItem(SQLModel, table=True):
    """One thing that waits for a moderator; its row goes when it is decided. Numbers are never used again.

    `subject_id` is the number of the proposal, application, comment … that it is about. `claimed_until` is how long the
    moderator who took it up has it for themselves. `barred_id` is who may not decide it, beside its author: whoever has
    made the decision that it is about.
    """

    __tablename__ = "queue_item"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id"),
        _open_index("ix_queue_item_order", "rank", "since", "id"),
        _open_index("ix_queue_item_kind_order", "kind", "rank", "since", "id"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    kind: QueueKind = Field(sa_type=enum_type(QueueKind, "kind"))
    subject_id: int
    # RAISED stands before NORMAL, whatever has waited longer.
    rank: int = Field(default=NORMAL, sa_type=Integer)
    since: datetime = moment_now()
    is_set_aside: bool = False
    proposal_id: int | None = _perhaps_of("proposal.id")
    author_id: int | None = _perhaps_of("account.id")
    barred_id: int | None = _somebody(index=True)
    pillar_code: str | None = Field(default=None, foreign_key="pillar.code")
    language: str = Field(default="vi", max_length=8)
    claimed_by: int | None = _somebody(index=True)
    claimed_until: datetime | None = moment()

    @property
    def is_raised(self) -> bool:
        return self.rank == RAISED

    def claimant(self, at: datetime) -> int | None:
        """Whose it is at this moment, if anybody's."""
        held = self.claimed_until is not None and self.claimed_until > at
        return self.claimed_by if held else None


class QueueSignal(SQLModel, table=True):
    """A signal about what waits, with what it was seen by (such as the number of a similar proposal)."""

    __tablename__ = "queue_signal"

    item_id: int = child_of("queue_item.id", primary_key=True)
    code: Signal = Field(primary_key=True, index=True, sa_type=enum_type(Signal, "code"))
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Step(StrEnum):
    """A step of something through the queue."""

    ENTERED = "entered"
    CLAIMED = "claimed"
    RELEASED = "released"
    RAISED = "raised"
    LEFT = "left"
    DECIDED = "decided"


class QueueEvent(SQLModel, table=True):
    """What happened in the queue, by whom and when. Rows are only ever added."""

    __tablename__ = "queue_event"
    __table_args__ = (Index("ix_queue_event_actor_id_created_at", "actor_id", "created_at"),)

    id: int = Field(default=None, primary_key=True)
    item_id: int = Field(index=True)
    kind: QueueKind = Field(sa_type=enum_type(QueueKind, "kind"))
    subject_id: int
    step: Step = Field(sa_type=enum_type(Step, "step"))
    actor_id: int | None = _somebody()
    created_at: datetime = moment_now()


class Ruling(SQLModel, table=True):
    """A moderator's decision: on what, how, by which rule of the policy. Rows are only ever added.

    The public moderation record is made of them, without persons and without `note`, the words to the person concerned.
    """

    __table_args__ = (
        Index("ix_ruling_subject", "kind", "subject_id", "id"),
        Index("ix_ruling_actor_id_decided_at", "actor_id", "decided_at"),
        # The public record is read in these orders, its figures and the moderators' from the first: all that they show
        # stands in the index, so that no row has to be fetched for those that a filter passes over.
        Index("ix_ruling_newest", "decided_at", "id", "kind", "outcome", "reason_code", "waited_since", "actor_id", "is_consequence"),
        Index("ix_ruling_kind_newest", "kind", "decided_at", "id", "outcome", "reason_code", "is_consequence"),
        Index("ix_ruling_outcome_newest", "outcome", "decided_at", "id", "kind", "reason_code", "is_consequence"),
        Index("ix_ruling_reason_newest", "reason_code", "decided_at", "id", "kind", "outcome", "is_consequence"),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    kind: QueueKind = Field(sa_type=enum_type(QueueKind, "kind"))
    subject_id: int
    # The queue's number of what was decided; empty for what did not wait.
    item_id: int | None = Field(default=None, unique=True)
    proposal_id: int | None = _somebody("proposal.id", index=True)
    # Whose text or account was decided on.
    account_id: int | None = _somebody(index=True)
    actor_id: int | None = _somebody()
    outcome: Outcome = Field(sa_type=enum_type(Outcome, "outcome"))
    reason_code: str | None = Field(default=None, foreign_key="reason.code")
    note: str = Field(default="", sa_type=Text)
    waited_since: datetime | None = moment()
    decided_at: datetime = moment_now()
    # Another ruling brought it about: what an upheld appeal reverses, and the reports of what is hidden.
    is_consequence: bool = False


class CannedAnswer(SQLModel, table=True):
    """Words that moderators write again and again, by language, with the reason they go with."""

    __tablename__ = "canned_answer"

    id: int = Field(default=None, primary_key=True)
    title: str = Field(max_length=120)
    texts: Texts = Field(sa_type=JSON)
    reason_code: str | None = Field(default=None, foreign_key="reason.code")


class PendingEdit(SQLModel, table=True):
    """An author's new text of a published proposal, until a moderator has accepted it; a newer one replaces it."""

    __tablename__ = "pending_edit"

    proposal_id: int = child_of("proposal.id", primary_key=True)
    # Counts the author's changes to it, so that a moderator accepts what they have read.
    version: int = 1
    content: dict[str, Any] = Field(sa_type=JSON)
    # Set while it is back with the author, with the reason and the moderator's words.
    returned_at: datetime | None = moment()
    sent_at: datetime = moment_now()
