"""Events: what happened to a proposal, who did it, when and why. Rows are only ever added."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from app.models.columns import child_of, enum_type, moment_now
from app.models.proposals import Status


class EventKind(StrEnum):
    CREATED = "created"
    EDITED = "edited"
    STATUS = "status"
    # A new text of a published proposal waits, or has come back; for its author and moderators.
    EDIT_SENT = "edit_sent"
    EDIT_RETURNED = "edit_returned"
    ASSESSMENT_OPENED = "assessment_opened"
    EVALUATOR_ASSIGNED = "evaluator_assigned"
    EVALUATOR_DECLARED = "evaluator_declared"
    EVALUATOR_RECUSED = "evaluator_recused"
    # A verdict of a round that is still open, new or renewed.
    VERDICT_GIVEN = "verdict_given"
    ASSESSMENT_CLOSED = "assessment_closed"
    # A published verdict has been followed by another about the new text.
    VERDICT_REVISED = "verdict_revised"

    # Somebody became a co-author, left, or was removed by the author; whom an author removed stands nowhere.
    CO_AUTHOR_JOINED = "co_author_joined"
    CO_AUTHOR_LEFT = "co_author_left"
    CO_AUTHOR_REMOVED = "co_author_removed"

    # A suggestion to merge it into another, and how that ended without one; agreeing is a change of status.
    MERGE_SUGGESTED = "merge_suggested"
    MERGE_DECLINED = "merge_declined"
    MERGE_TAKEN_BACK = "merge_taken_back"
    MERGE_VOID = "merge_void"

    # The city owes an answer, and whose it is (`note` is the department's code).
    ANSWER_CALLED = "answer_called"
    ANSWER_ASSIGNED = "answer_assigned"
    # What a department has promised (`note` is the milestone's title), and how far it is.
    MILESTONE_SET = "milestone_set"
    MILESTONE_CHANGED = "milestone_changed"
    MILESTONE_REACHED = "milestone_reached"


# Who judges a proposal, and how far they are, only staff may know before it is published.
STAFF_KINDS = frozenset(
    {
        EventKind.EVALUATOR_ASSIGNED,
        EventKind.EVALUATOR_DECLARED,
        EventKind.EVALUATOR_RECUSED,
        EventKind.VERDICT_GIVEN,
    }
)

# What has not come to an agreement; for the authors of both and staff.
MERGE_KINDS = frozenset({EventKind.MERGE_SUGGESTED, EventKind.MERGE_DECLINED, EventKind.MERGE_TAKEN_BACK, EventKind.MERGE_VOID})  # fmt: skip


# One literal condition for the partial index and for the queries, as in models/proposals.py.
STATUS_CHANGE = text("kind = 'status'")


class Event(SQLModel, table=True):
    __table_args__ = (
        Index("ix_event_proposal_id_id", "proposal_id", "id"),
        # Changes of status by time, all that the counts of the months read.
        Index(
            "ix_event_status_changes", "created_at", "from_status", "to_status",
            sqlite_where=STATUS_CHANGE, postgresql_where=STATUS_CHANGE,
        ),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    proposal_id: int = child_of("proposal.id")
    actor_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    kind: EventKind = Field(sa_type=enum_type(EventKind, "kind"))
    from_status: Status | None = Field(
        default=None,
        sa_type=enum_type(Status, "from_status"),
    )
    to_status: Status = Field(sa_type=enum_type(Status, "to_status"))
    revision: int
    reason_code: str | None = Field(default=None, foreign_key="reason.code")
    note: str = Field(default="", sa_type=Text)
    created_at: datetime = moment_now()
