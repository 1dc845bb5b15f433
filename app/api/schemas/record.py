"""The public moderation record and the moderators' workload as the API returns them."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from app.api.schemas.moderation import PersonOut
from app.models import Outcome, QueueKind
from app.services.monthly import FEWEST, Month
from app.services.public_record import Entry
from app.services.workload import Share, Waiting, Workload


class RecordEntry(BaseModel):
    """A decision of the moderators."""

    id: int
    date: date
    kind: QueueKind = Field(description="What was decided on")
    outcome: Outcome
    reason_code: str | None = Field(description="The rule cited: code of /reasons")
    is_consequence: bool = Field(
        description="It followed from another decision, as the reversal from an upheld appeal, and is not counted beside it"
    )

    @classmethod
    def of(cls, entry: Entry) -> "RecordEntry":
        return cls(
            id=entry.id,
            date=entry.day,
            kind=entry.kind,
            outcome=entry.outcome,
            reason_code=entry.reason_code,
            is_consequence=entry.is_consequence,
        )


class RecordPage(BaseModel):
    items: list[RecordEntry]
    next_cursor: str | None


class RecordMonthOut(BaseModel):
    """The figures of one month; the month that runs is in it up to now."""

    month: str = Field(description="Such as 2026-11")
    decisions: int
    median_hours: float | None = Field(
        description=f"Median time to a decision; null where fewer than {FEWEST} of the decisions were on something that had waited"
    )
    appeals: int = Field(description="Appeals decided")
    appeals_upheld: int

    @classmethod
    def of(cls, month: Month) -> "RecordMonthOut":
        return cls(
            month=f"{month.month:%Y-%m}",
            decisions=month.decisions,
            median_hours=month.median_hours,
            appeals=month.appeals,
            appeals_upheld=month.upheld,
        )


class RecordMonthPage(BaseModel):
    items: list[RecordMonthOut]
    next_cursor: None = None


class WaitingOut(BaseModel):
    """How much of one kind waits for a decision."""

    kind: QueueKind
    count: int
    overdue: int = Field(description="Waiting longer than the target of its kind")
    oldest_since: datetime

    @classmethod
    def of(cls, waiting: Waiting) -> "WaitingOut":
        return cls(
            kind=waiting.kind,
            count=waiting.count,
            overdue=waiting.overdue,
            oldest_since=waiting.oldest,
        )


class ShareOut(BaseModel):
    """What one moderator does."""

    moderator: PersonOut | None = Field(description="null: accounts that have been deleted since")
    decided_last_7_days: int
    decided_last_30_days: int
    median_hours: float | None = Field(description="Median time to a decision, of 30 days")
    claimed: int = Field(description="Taken up now")

    @classmethod
    def of(cls, share: Share) -> "ShareOut":
        return cls(
            moderator=PersonOut.of(share.account) if share.account else None,
            decided_last_7_days=share.last_week,
            decided_last_30_days=share.last_month,
            median_hours=share.median_hours,
            claimed=share.claimed,
        )


class WorkloadOut(BaseModel):
    """The moderators' dashboard."""

    waiting: list[WaitingOut]
    moderators: list[ShareOut]
    all: ShareOut = Field(description="All of them together")

    @classmethod
    def of(cls, workload: Workload) -> "WorkloadOut":
        return cls(
            waiting=[WaitingOut.of(one) for one in workload.waiting],
            moderators=[ShareOut.of(one) for one in workload.shares],
            all=ShareOut.of(workload.whole),
        )
