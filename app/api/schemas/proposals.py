"""Proposals as the API returns them."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from app.api.schemas.attachments import AttachmentOut
from app.labels import member_name
from app.models import Account, Attachment, Event, EventKind, PendingEdit, Proposal, Status
from app.services.citations import Citation, as_bibtex, as_csl
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
    co_authors: list[AuthorOut] = Field(description="Who has written it with the author")
    support_count: int
    oppose_count: int
    comment_count: int = Field(description="Comments and replies that everybody can read")
    assessment_score: float | None = Field(
        description="What experts say, from 1 to 5; see /proposals/{id}/assessment"
    )
    published_at: datetime | None
    updated_at: datetime
    revision: int

    @classmethod
    def values(cls, proposal: Proposal, base_url: str) -> dict[str, object]:
        plain = ("id", "ref", "slug", "title", "summary", "status", "campaign_id", "support_count", "oppose_count", "comment_count", "assessment_score", "published_at", "updated_at", "revision")  # fmt: skip
        return {
            **{name: getattr(proposal, name) for name in plain},
            "url": base_url + proposal.path,
            "pillar": proposal.pillar_code,
            "goals": proposal.goals,
            "wards": proposal.wards,
            "tags": proposal.tags,
            "author": AuthorOut.of(proposal.author),
            "co_authors": [AuthorOut.of(account) for account in proposal.co_authors],
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


class PendingEditOut(BaseModel):
    """The author's new text of a published proposal, before a moderator has accepted it."""

    version: int = Field(description="Counts the author's changes to it")
    sent_at: datetime
    returned_at: datetime | None = Field(description="Set while it is back with the author")
    content: dict[str, Any] = Field(description="The proposal's fields as they would be")

    @classmethod
    def of(cls, pending: PendingEdit) -> "PendingEditOut":
        return cls(**{name: getattr(pending, name) for name in cls.model_fields})


class CitationOut(BaseModel):
    """How the proposal is cited in its present version."""

    text: str = Field(description="In the language of the request")
    version: int = Field(description="The revision whose words are cited")
    url: str = Field(description="Permanent address, whatever becomes of title and slug")
    version_url: str = Field(description="Permanent address of these very words")
    bibtex: str
    csl: dict[str, Any] = Field(description="CSL-JSON, for Zotero and its like")

    @classmethod
    def of(cls, citation: Citation) -> "CitationOut":
        return cls(
            text=citation.text,
            version=citation.version,
            url=citation.address,
            version_url=citation.version_address,
            bibtex=as_bibtex(citation),
            csl=as_csl(citation),
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
    attachments: list[AttachmentOut] = Field(description="Its photos and PDFs")
    history: list[EventOut]
    pending_edit: PendingEditOut | None = Field(description="For its author and moderators")
    citation: CitationOut | None = Field(description="null while it is not for everybody")

    @classmethod
    def with_history(
        cls, proposal: Proposal, base_url: str, files: list[Attachment], events: list[Event], pending: PendingEdit | None, citation: Citation | None, *, whole: bool
    ) -> "ProposalDetail":  # fmt: skip
        texts = {name: getattr(proposal, name) for name in ProposalHtml.model_fields}
        html = {name: render_markdown(text) for name, text in texts.items()}
        history = [EventOut.of(event, whole=whole) for event in events]
        return cls.model_validate(
            {
                **cls.values(proposal, base_url),
                **texts,
                "html": html,
                "merged_into": proposal.merged_into_id,
                "attachments": [AttachmentOut.of(file, base_url) for file in files],
                "history": history,
                "pending_edit": PendingEditOut.of(pending) if pending else None,
                "citation": CitationOut.of(citation) if citation else None,
            }
        )


class ProposalPage(BaseModel):
    items: list[ProposalItem]
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
