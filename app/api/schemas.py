"""What the API returns."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field

from app.i18n import localised
from app.labels import member_name
from app.models import Account, Campaign, Event, EventKind, Level, Proposal, Status
from app.services.cities import Entry
from app.services.experts import Expert
from app.services.transitions import is_spoken
from app.services.votes import Tally
from app.text import render_markdown


class AuthorOut(BaseModel):
    """All who have deleted their account share one id and the name “former member”."""

    id: int
    name: str
    is_expert: bool

    @classmethod
    def of(cls, account: Account) -> "AuthorOut":
        return cls(id=account.id, name=member_name(account), is_expert=account.is_expert)


class ProposalItem(BaseModel):
    """A proposal as lists give it."""

    id: int
    ref: str = Field(description="Permanent reference number")
    slug: str
    url: str = Field(description="The page for people")
    title: str
    summary: str
    status: Status
    pillar: str | None = Field(description="Code of /pillars; null for imported proposals")
    goals: list[str] = Field(description="Codes of /goals")
    wards: list[str] = Field(description="Codes of /wards; empty for the whole city")
    tags: list[str]
    campaign_id: int
    author: AuthorOut
    support_count: int
    oppose_count: int
    published_at: datetime | None
    updated_at: datetime
    revision: int

    @classmethod
    def values(cls, proposal: Proposal, base_url: str) -> dict[str, object]:
        plain = ("id", "ref", "slug", "title", "summary", "status", "campaign_id", "support_count", "oppose_count", "published_at", "updated_at", "revision")  # fmt: skip
        return {
            **{name: getattr(proposal, name) for name in plain},
            "url": base_url + proposal.path,
            "pillar": proposal.pillar_code,
            "goals": proposal.goals,
            "wards": proposal.wards,
            "tags": proposal.tags,
            "author": AuthorOut.of(proposal.author),
        }

    @classmethod
    def of(cls, proposal: Proposal, base_url: str) -> "ProposalItem":
        return cls.model_validate(cls.values(proposal, base_url))


class ProposalHtml(BaseModel):
    """The long fields, rendered from Markdown to safe HTML."""

    problem: str
    solution: str
    expected_impact: str
    resources_needed: str


class EventOut(BaseModel):
    """One step of a proposal's history. Reasons and notes of moderation are for its author and moderators."""

    at: datetime
    event: EventKind
    status: Status
    previous_status: Status | None
    revision: int
    reason_code: str | None
    note: str

    @classmethod
    def of(cls, event: Event, *, whole: bool) -> "EventOut":
        spoken = whole or is_spoken(event)
        return cls(
            at=event.created_at,
            event=event.kind,
            status=event.to_status,
            previous_status=event.from_status,
            revision=event.revision,
            reason_code=event.reason_code if whole else None,
            note=event.note if spoken else "",
        )


class ProposalDetail(ProposalItem):
    """A proposal with its whole text and its history."""

    problem: str = Field(description="Markdown")
    solution: str = Field(description="Markdown")
    expected_impact: str = Field(description="Markdown")
    resources_needed: str = Field(description="Markdown")
    html: ProposalHtml
    merged_into: int | None = Field(
        description="Number of the proposal that this one was merged into"
    )
    history: list[EventOut]

    @classmethod
    def with_history(
        cls, proposal: Proposal, base_url: str, events: list[Event], *, whole: bool
    ) -> "ProposalDetail":
        texts = {name: getattr(proposal, name) for name in ProposalHtml.model_fields}
        html = {name: render_markdown(text) for name, text in texts.items()}
        history = [EventOut.of(event, whole=whole) for event in events]
        return cls.model_validate(
            {
                **cls.values(proposal, base_url),
                **texts,
                "html": html,
                "merged_into": proposal.merged_into_id,
                "history": history,
            }
        )


class ProposalPage(BaseModel):
    items: list[ProposalItem]
    next_cursor: str | None


class QueueItem(ProposalItem):
    submitted_at: datetime

    @classmethod
    def of(cls, proposal: Proposal, base_url: str) -> "QueueItem":
        values = cls.values(proposal, base_url)
        return cls.model_validate({**values, "submitted_at": proposal.submitted_at})


class QueuePage(BaseModel):
    items: list[QueueItem]
    next_cursor: str | None


class TallyOut(BaseModel):
    """A proposal's counts after the request, and one's own vote."""

    support_count: int
    oppose_count: int
    value: Literal["support", "oppose"] | None

    @classmethod
    def of(cls, tally: Tally) -> "TallyOut":
        return cls(
            support_count=tally.support_count,
            oppose_count=tally.oppose_count,
            value=tally.mine.value if tally.mine else None,
        )


class PhaseOut(BaseModel):
    """A phase, from `opens_at` up to but not including `closes_at`; null means without end on that side."""

    opens_at: datetime | None
    closes_at: datetime | None
    is_open: bool


class CampaignOut(BaseModel):
    id: int
    slug: str
    url: str
    title: str
    question: str
    is_standing: bool
    submission: PhaseOut
    voting: PhaseOut
    votes_per_person: int | None = Field(description="null: as many as there are proposals")
    votes_need: Level = Field(
        description="`verified`: only people whose identity is confirmed may vote"
    )
    allows_opposition: bool
    budget: Decimal | None
    currency: str | None

    @classmethod
    def of(cls, campaign: Campaign, base_url: str, at: datetime) -> "CampaignOut":
        return cls(
            id=campaign.id,
            slug=campaign.slug,
            url=base_url + campaign.path,
            title=localised(campaign.title),
            question=localised(campaign.question),
            is_standing=campaign.is_standing,
            submission=PhaseOut(
                opens_at=campaign.submission_opens_at,
                closes_at=campaign.submission_closes_at,
                is_open=campaign.is_submission_open(at),
            ),
            voting=PhaseOut(
                opens_at=campaign.voting_opens_at,
                closes_at=campaign.voting_closes_at,
                is_open=campaign.is_voting_open(at),
            ),
            votes_per_person=campaign.votes_per_person,
            votes_need=campaign.votes_need,
            allows_opposition=campaign.allows_opposition,
            budget=campaign.budget,
            currency=campaign.currency,
        )


class CampaignPage(BaseModel):
    items: list[CampaignOut]
    next_cursor: None = None


class EntryOut(BaseModel):
    """An entry of one of the city's lists."""

    code: str
    name: str = Field(description="In the language of the request")
    names: dict[str, str] = Field(description="By language code")

    @classmethod
    def of(cls, entry: Entry) -> "EntryOut":
        return cls(code=entry.code, name=entry.name, names=entry.names)


class EntryPage(BaseModel):
    items: list[EntryOut]
    next_cursor: None = None


class StatisticsOut(BaseModel):
    proposals: int = Field(description="Listed publicly now")
    by_status: dict[str, int]
    by_pillar: dict[str, int]
    votes: int
    voters: int
    campaigns: int
    experts: int


class ExpertItem(BaseModel):
    """An expert as the directory gives it. Experts named without an application have a name only."""

    id: int
    name: str
    url: str = Field(description="The page for people")
    field: str | None = Field(description="Code of /expertises")
    affiliation: str | None
    country: str | None = Field(description="ISO 3166-1 alpha-2")
    orcid: str | None = Field(description="ORCID iD, as 0000-0000-0000-000X")
    proposals: int = Field(description="How many of their proposals are listed publicly now")

    @classmethod
    def values(cls, expert: Expert, base_url: str) -> dict[str, object]:
        account, profile = expert.account, expert.profile
        plain = ("affiliation", "country", "orcid")
        return {
            "id": account.id,
            "name": account.name,
            "url": f"{base_url}/experts/{account.id}",
            "field": profile.field_code if profile else None,
            **{name: getattr(profile, name) if profile else None for name in plain},
            "proposals": expert.proposals,
        }

    @classmethod
    def of(cls, expert: Expert, base_url: str) -> "ExpertItem":
        return cls.model_validate(cls.values(expert, base_url))


class ExpertDetail(ExpertItem):
    """An expert with all that they say of themselves."""

    biography: str = Field(description="Markdown")
    biography_html: str = Field(description="Rendered to safe HTML")
    links: list[str]
    languages: list[str] = Field(description="ISO 639-1")

    @classmethod
    def whole(cls, expert: Expert, base_url: str) -> "ExpertDetail":
        profile = expert.profile
        biography = profile.biography if profile else ""
        return cls.model_validate(
            {
                **cls.values(expert, base_url),
                "biography": biography,
                "biography_html": render_markdown(biography),
                "links": profile.links if profile else [],
                "languages": profile.languages if profile else [],
            }
        )


class ExpertPage(BaseModel):
    items: list[ExpertItem]
    next_cursor: str | None


class ProblemField(BaseModel):
    field: str
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[ProblemField] | None = None
