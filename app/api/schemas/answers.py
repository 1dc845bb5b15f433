"""The city's answers as the API returns them. Everybody reads the department's name; who wrote it is for the desk."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from app.api.schemas.proposals import ProposalItem
from app.models import (
    AnswerEvent,
    AnswerRequest,
    AnswerState,
    AnswerStep,
    Cause,
    Milestone,
    MilestoneUpdate,
    OfficialAnswer,
    Status,
)
from app.services import days
from app.services.answer_lists import Backlog, Overdue
from app.services.follows import Followed
from app.text import render_markdown


class RequestOut(BaseModel):
    """The city owes an answer, or has owed it."""

    proposal_id: int
    department: str | None = Field(description="Code of /departments; null until it is known")
    cause: Cause
    called_at: datetime
    due_on: date = Field(description="The last day, in the city's time")
    days_overdue: int = Field(description="0 while it is not overdue, and once it is answered")
    answered_at: datetime | None

    @classmethod
    def values(cls, request: AnswerRequest, zone: str) -> dict[str, object]:
        plain = ("proposal_id", "cause", "called_at", "answered_at")
        late = 0 if request.answered_at else max(0, days.days_between(request.due_at, zone))
        return {
            **{name: getattr(request, name) for name in plain},
            "department": request.department_code,
            "due_on": days.day_of(request.due_at, zone),
            "days_overdue": late,
        }

    @classmethod
    def of(cls, request: AnswerRequest, zone: str) -> "RequestOut":
        return cls.model_validate(cls.values(request, zone))


class WaitingItem(RequestOut):
    """A proposal that waits for the city's answer."""

    proposal: ProposalItem

    @classmethod
    def whole(cls, request: AnswerRequest, zone: str, base_url: str) -> "WaitingItem":
        proposal = ProposalItem.of(request.proposal, base_url)
        return cls.model_validate({**cls.values(request, zone), "proposal": proposal})


class PromiseOut(BaseModel):
    """What is said to happen by the end of a day."""

    title: str
    due_on: date


class UpdateOut(BaseModel):
    """How a milestone stood after one change, with what shows it."""

    at: datetime
    progress: int
    due_on: date
    words: str = Field(description="Markdown")
    words_html: str = Field(description="Rendered to safe HTML")
    link: str | None

    @classmethod
    def of(cls, update: MilestoneUpdate, zone: str) -> "UpdateOut":
        return cls(
            at=update.created_at,
            progress=update.progress,
            due_on=days.day_of(update.due_at, zone),
            words=update.words,
            words_html=render_markdown(update.words),
            link=update.link,
        )


class MilestoneOut(BaseModel):
    """What a department has promised by the end of a day, and how far it is."""

    id: int
    proposal_id: int
    department: str = Field(description="Code of /departments")
    answer_id: int | None = Field(description="The answer it was promised with")
    title: str
    due_on: date
    progress: int = Field(description="Percent")
    done_at: datetime | None
    days_overdue: int
    version: int = Field(description="To be given back with a change")

    @classmethod
    def values(cls, milestone: Milestone, zone: str) -> dict[str, object]:
        plain = ("id", "proposal_id", "answer_id", "title", "progress", "done_at", "version")
        late = 0 if milestone.done_at else max(0, days.days_between(milestone.due_at, zone))
        return {
            **{name: getattr(milestone, name) for name in plain},
            "department": milestone.department_code,
            "due_on": days.day_of(milestone.due_at, zone),
            "days_overdue": late,
        }


class MilestoneDetail(MilestoneOut):
    """A milestone with its history."""

    updates: list[UpdateOut]

    @classmethod
    def of(cls, milestone: Milestone, zone: str) -> "MilestoneDetail":
        updates = [UpdateOut.of(one, zone) for one in milestone.updates]
        return cls.model_validate({**cls.values(milestone, zone), "updates": updates})


class OfficialAnswerOut(BaseModel):
    """An official answer that has been published."""

    id: int
    proposal_id: int
    department: str = Field(description="Code of /departments")
    status: Status = Field(description="The status that the proposal got with it")
    language: str
    words: str = Field(description="Markdown")
    words_html: str = Field(description="Rendered to safe HTML")
    milestones: list[PromiseOut] = Field(description="What was promised with it")
    published_at: datetime | None

    @classmethod
    def values(cls, answer: OfficialAnswer) -> dict[str, object]:
        plain = ("id", "proposal_id", "status", "language", "words", "published_at")
        return {
            **{name: getattr(answer, name) for name in plain},
            "department": answer.department_code,
            "words_html": render_markdown(answer.words),
            "milestones": answer.promises,
        }

    @classmethod
    def of(cls, answer: OfficialAnswer) -> "OfficialAnswerOut":
        return cls.model_validate(cls.values(answer))


class AnswerItem(OfficialAnswerOut):
    """An answer of the list, with its proposal."""

    proposal: ProposalItem

    @classmethod
    def whole(cls, answer: OfficialAnswer, base_url: str) -> "AnswerItem":
        proposal = ProposalItem.of(answer.proposal, base_url)
        return cls.model_validate({**cls.values(answer), "proposal": proposal})


class AnswerPage(BaseModel):
    items: list[AnswerItem]
    next_cursor: str | None


class WaitingPage(BaseModel):
    items: list[WaitingItem]
    next_cursor: str | None


class OverdueItem(BaseModel):
    """An answer that is owed, or a milestone that has not been reached, whose day is over."""

    proposal: ProposalItem
    department: str | None = Field(description="Code of /departments; null until it is known")
    due_on: date
    days_overdue: int
    milestone: MilestoneOut | None = Field(description="null: the answer itself is overdue")

    @classmethod
    def of(cls, overdue: Overdue, zone: str, base_url: str) -> "OverdueItem":
        found = overdue.milestone
        return cls(
            proposal=ProposalItem.of(overdue.proposal, base_url),
            department=overdue.department_code,
            due_on=days.day_of(overdue.due_at, zone),
            days_overdue=days.days_between(overdue.due_at, zone),
            milestone=MilestoneOut.model_validate(MilestoneOut.values(found, zone)) if found else None,
        )  # fmt: skip


class BacklogOut(BaseModel):
    """How much of one department's is overdue, and for how long the oldest of it has been."""

    department: str | None
    number: int
    days_overdue: int

    @classmethod
    def of(cls, backlog: Backlog, zone: str) -> "BacklogOut":
        late = days.days_between(backlog.since, zone)
        return cls(department=backlog.department_code, number=backlog.number, days_overdue=late)


class OverduePage(BaseModel):
    departments: list[BacklogOut] = Field(description="All departments with anything overdue")
    items: list[OverdueItem]
    next_cursor: str | None


class ProposalAnswers(BaseModel):
    """What the city owes, has answered and has promised about one proposal."""

    request: RequestOut | None = Field(description="The newest request for an answer")
    answers: list[OfficialAnswerOut] = Field(description="In the order in which they were given")
    milestones: list[MilestoneDetail]


class AnswerEventOut(BaseModel):
    """A step of an answer on its way."""

    at: datetime
    step: AnswerStep
    version: int
    actor_id: int | None = Field(description="null for what happened by itself")
    note: str

    @classmethod
    def of(cls, event: AnswerEvent) -> "AnswerEventOut":
        return cls(
            at=event.created_at,
            step=event.step,
            version=event.version,
            actor_id=event.actor_id,
            note=event.note,
        )


class DraftOut(OfficialAnswerOut):
    """An answer as its department's officers and staff see it."""

    state: AnswerState
    version: int = Field(description="To be given back with a change, a submission or an approval")
    drafted_by: int | None
    approved_by: int | None
    publish_at: datetime | None = Field(description="null: at once when it has been approved")
    held_at: datetime | None = Field(description="When it could not be published")

    @classmethod
    def draft_values(cls, answer: OfficialAnswer) -> dict[str, object]:
        plain = ("state", "version", "drafted_by", "approved_by", "publish_at", "held_at")
        return {**cls.values(answer), **{name: getattr(answer, name) for name in plain}}

    @classmethod
    def of(cls, answer: OfficialAnswer) -> "DraftOut":
        return cls.model_validate(cls.draft_values(answer))


class DraftDetail(DraftOut):
    """An answer with the steps of its way."""

    steps: list[AnswerEventOut]

    @classmethod
    def with_steps(cls, answer: OfficialAnswer, events: list[AnswerEvent]) -> "DraftDetail":
        steps = [AnswerEventOut.of(event) for event in events]
        return cls.model_validate({**cls.draft_values(answer), "steps": steps})


class DeskPage(BaseModel):
    """A department's desk: what it owes (page by page), what is on its way, what it has promised."""

    department: str | None = Field(description="null: all departments, for staff")
    items: list[WaitingItem]
    next_cursor: str | None
    drafts: list[DraftOut]
    milestones: list[MilestoneOut]


class OfficerOut(BaseModel):
    """For which department an officer answers."""

    account_id: int
    department: str


class FollowOut(BaseModel):
    """One follows the proposal."""

    proposal_id: int
    following: bool


class FollowItem(BaseModel):
    """A proposal that one follows; without title and address while it is not public."""

    proposal_id: int
    ref: str
    title: str | None
    url: str | None
    since: datetime

    @classmethod
    def of(cls, followed: Followed, base_url: str) -> "FollowItem":
        proposal = followed.proposal
        return cls(
            proposal_id=followed.proposal_id,
            ref=followed.ref,
            title=proposal.title if proposal else None,
            url=base_url + proposal.path if proposal else None,
            since=followed.since,
        )


class FollowPage(BaseModel):
    news_by_mail: bool = Field(description="Whether mails with news are wanted")
    items: list[FollowItem]
    next_cursor: str | None


class NewsMailOut(BaseModel):
    """Whether mails with news of proposals are wanted."""

    wanted: bool
