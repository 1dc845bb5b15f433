"""The moderation desk as the API returns it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from app.api.schemas.problems import Problem
from app.labels import member_name
from app.models import (
    Account,
    CannedAnswer,
    Outcome,
    QueueKind,
    Ruling,
    SetupEvent,
    SetupMatter,
    SetupStep,
    Signal,
)
from app.services import desk
from app.services.queue import target
from app.settings import Settings


class PersonOut(BaseModel):
    id: int
    name: str

    @classmethod
    def of(cls, account: Account) -> "PersonOut":
        return cls(id=account.id, name=member_name(account))


class SignalOut(BaseModel):
    """Something seen in a text. Signals inform; they never decide."""

    code: Signal
    detail: dict[str, Any] = Field(description="What it was seen by")


class QueueItem(BaseModel):
    """Something that waits for a moderator."""

    id: int = Field(description="Its number in the queue, never used again")
    kind: QueueKind
    subject_id: int = Field(
        description="Number of the proposal, application, comment … that it is about"
    )
    url: str = Field(description="The staff's page")
    title: str
    excerpt: str
    revision: int | None = Field(
        description="State of its text, to be given back with a decision; empty where it cannot change"
    )
    since: datetime
    target_at: datetime = Field(description="By when it should be decided")
    is_overdue: bool
    is_raised: bool = Field(description="It stands above what has waited longer")
    author: PersonOut | None
    language: str
    pillar: str | None = Field(description="Code of /pillars")
    proposal_id: int | None = Field(description="The proposal it is or belongs to")
    signals: list[SignalOut]
    claimed_by: PersonOut | None = Field(description="The moderator who has taken it up")
    claimed_until: datetime | None
    outcomes: list[Outcome] = Field(description="The decisions there are for it")

    @classmethod
    def of(cls, waiting: desk.Waiting, settings: Settings) -> "QueueItem":
        item = waiting.item
        plain = ("id", "kind", "subject_id", "since", "language", "proposal_id")
        return cls(
            **{name: getattr(item, name) for name in plain},
            url=settings.base_url + waiting.subject.path,
            title=waiting.subject.title,
            excerpt=waiting.subject.excerpt,
            revision=waiting.subject.revision,
            target_at=target(settings, item),
            is_overdue=waiting.is_overdue,
            is_raised=item.is_raised,
            author=PersonOut.of(waiting.author) if waiting.author else None,
            pillar=item.pillar_code,
            signals=[SignalOut(code=one.code, detail=one.detail) for one in waiting.signals],
            claimed_by=PersonOut.of(waiting.claimant) if waiting.claimant else None,
            claimed_until=item.claimed_until if waiting.claimant else None,
            outcomes=list(desk.MATTERS[item.kind].outcomes),
        )


class QueuePage(BaseModel):
    items: list[QueueItem]
    next_cursor: str | None


class RulingOut(BaseModel):
    """A moderator's decision."""

    id: int
    kind: QueueKind
    subject_id: int
    outcome: Outcome
    reason_code: str | None = Field(description="Code of /reasons")
    note: str = Field(description="The words to the person concerned")
    decided_at: datetime

    @classmethod
    def of(cls, ruling: Ruling) -> "RulingOut":
        return cls(**{name: getattr(ruling, name) for name in cls.model_fields})


class ResultOut(BaseModel):
    """What became of one of many."""

    item: int = Field(description="Its number in the queue")
    decided: bool
    problem: Problem | None = Field(description="Why it was not decided")


class ResultPage(BaseModel):
    items: list[ResultOut]
    next_cursor: None = None


class CannedOut(BaseModel):
    """Words that moderators have at hand."""

    id: int
    title: str
    texts: dict[str, str] = Field(description="By language code")
    reason_code: str | None = Field(description="Code of /reasons that goes with them")

    @classmethod
    def of(cls, answer: CannedAnswer) -> "CannedOut":
        return cls(**{name: getattr(answer, name) for name in cls.model_fields})


class CannedPage(BaseModel):
    items: list[CannedOut]
    next_cursor: None = None


class SetupEventOut(BaseModel):
    """A change of a campaign, of its rules or of a canned answer."""

    id: int
    matter: SetupMatter
    step: SetupStep
    subject_id: int = Field(description="Number of the campaign or of the canned answer")
    title: str = Field(description="What it was called then")
    changes: dict[str, tuple[Any, Any]] = Field(
        description="By field: what stood there before, and after"
    )
    created_at: datetime
    by: PersonOut | None = Field(description="Empty once that account is gone")

    @classmethod
    def of(cls, event: SetupEvent, actor: Account | None) -> "SetupEventOut":
        plain = {name: getattr(event, name) for name in cls.model_fields if name != "by"}
        return cls(**plain, by=PersonOut.of(actor) if actor else None)


class SetupEventPage(BaseModel):
    items: list[SetupEventOut]
    next_cursor: str | None
