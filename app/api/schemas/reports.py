"""Reports, decisions about oneself, appeals and closed accounts as the API returns them."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.api.schemas.moderation import PersonOut, RulingOut
from app.models import Account, Appeal, Outcome, QueueKind, Report, Reportable, Role
from app.services.appeals import AppealFile
from app.services.decisions import Decided
from app.services.reports import CaseFile
from app.settings import Settings


class ReportOut(BaseModel):
    """What a reader reported. Who it was is nobody's business."""

    reason_code: str = Field(description="Code of /reasons")
    words: str
    created_at: datetime

    @classmethod
    def of(cls, report: Report) -> "ReportOut":
        return cls(**{name: getattr(report, name) for name in cls.model_fields})


class ReportCaseOut(BaseModel):
    """All that readers have reported of one text, and how it was decided."""

    id: int
    target: Reportable
    target_id: int = Field(description="Number of the proposal or comment")
    proposal_id: int = Field(description="The proposal that it is or belongs to")
    title: str
    url: str = Field(description="The page that everybody sees")
    revision: int = Field(description="Give it back with a decision, so that nobody decides on another text")  # fmt: skip
    counts: dict[str, int] = Field(description="How many reports give each reason")
    reports: list[ReportOut]
    next_cursor: str | None = Field(description="To the next page of `reports`")
    opened_at: datetime
    closed_at: datetime | None
    outcome: Outcome | None = Field(description="uphold: the text has been hidden; dismiss: it stays")  # fmt: skip

    @classmethod
    def of(cls, found: CaseFile, settings: Settings, next_cursor: str | None) -> "ReportCaseOut":
        case, text = found.case, found.text
        plain = ("id", "target", "target_id", "proposal_id", "opened_at", "closed_at")
        return cls(
            **{name: getattr(case, name) for name in plain},
            title=text.title,
            url=settings.base_url + text.path,
            revision=text.revision,
            counts=dict(found.counts),
            reports=[ReportOut.of(report) for report in found.reports.items],
            next_cursor=next_cursor,
            outcome=found.ruling.outcome if found.ruling else None,
        )


class AppealOut(BaseModel):
    """An appeal, and the answer to it."""

    id: int
    words: str
    created_at: datetime
    decided_at: datetime | None
    outcome: Outcome | None = Field(description="uphold: the decision is reversed; dismiss: it stands")  # fmt: skip
    note: str | None = Field(description="The words that came with the answer")

    @classmethod
    def of(cls, appeal: Appeal, decided: Decided) -> "AppealOut":
        plain = ("id", "words", "created_at", "decided_at")
        return cls(
            **{name: getattr(appeal, name) for name in plain},
            outcome=decided.answer.outcome if decided.answer else None,
            note=decided.answer.note if decided.answer else None,
        )


class DecisionOut(BaseModel):
    """A moderator's decision about somebody's text, application or account, as that person reads it."""

    id: int
    kind: QueueKind
    subject_id: int = Field(description="Number of the proposal, comment, application or account")
    proposal_id: int | None
    title: str | None = Field(description="Title of the proposal that it is about")
    outcome: Outcome
    reason_code: str | None = Field(description="Code of /reasons")
    note: str = Field(description="The moderator's words")
    decided_at: datetime
    appeal_until: datetime | None = Field(description="Until when one may appeal; null where one may not, or not any more")  # fmt: skip
    appeal: AppealOut | None

    @classmethod
    def of(cls, decided: Decided, settings: Settings) -> "DecisionOut":
        ruling = decided.ruling
        plain = ("id", "kind", "subject_id", "proposal_id", "outcome", "reason_code", "note", "decided_at")  # fmt: skip
        return cls(
            **{name: getattr(ruling, name) for name in plain},
            title=decided.proposal.title if decided.proposal else None,
            appeal_until=decided.open_until(settings),
            appeal=AppealOut.of(decided.appeal, decided) if decided.appeal else None,
        )


class DecisionPage(BaseModel):
    items: list[DecisionOut]
    next_cursor: str | None


class AppealDetail(AppealOut):
    """An appeal as moderators read it, with the decision it is against."""

    appellant: PersonOut
    decision: RulingOut
    decided_by: PersonOut | None = Field(description="Who made that decision, and cannot decide on the appeal")  # fmt: skip

    @classmethod
    def whole(cls, found: AppealFile) -> "AppealDetail":
        return cls(
            **AppealOut.of(found.appeal, found.decided).model_dump(),
            appellant=PersonOut.of(found.account),
            decision=RulingOut.of(found.decided.ruling),
            decided_by=PersonOut.of(found.decider) if found.decider else None,
        )


class AccountOut(PersonOut):
    """An account as staff see it."""

    role: Role
    banned_at: datetime | None = Field(description="Since when it has been closed")

    @classmethod
    def whole(cls, account: Account) -> "AccountOut":
        person = PersonOut.of(account)
        return cls(**person.model_dump(), role=account.role, banned_at=account.banned_at)
