"""Comments as the API returns them."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.api.schemas.proposals import AuthorOut
from app.models import (
    CommentEvent,
    CommentEventKind,
    CommentState,
    Proposal,
    Role,
    Stance,
    Voice,
)
from app.permissions import Actor, is_writer
from app.services import comments
from app.services.discussions import Shown
from app.services.helpful import Helpfulness
from app.text import render_markdown


class WriterOut(AuthorOut):
    """Who wrote a comment, and what they are now."""

    role: Role
    field: str | None = Field(description="Code of /expertises, of an expert")
    department: str | None = Field(description="Code of /departments, of an officer")
    is_proposal_author: bool


class CommentOut(BaseModel):
    """A comment or a reply. Of one that is hidden, deleted or checked anew a stub stays: its text and writer are null."""

    id: int
    proposal_id: int
    parent_id: int | None = Field(description="The comment replied to; null on the first level")
    url: str = Field(description="The page for people")
    state: CommentState
    reason_code: str | None = Field(description="Code of /reasons, where a moderator has hidden it")
    author: WriterOut | None
    voice: Voice | None = Field(
        description="`author` and `city` are official words of the proposal's author and of the city"
    )
    stance: Stance | None
    text: str | None = Field(description="Markdown")
    html: str | None = Field(description="The text, rendered to safe HTML")
    language: str
    revision: int = Field(description="Counts its texts, for decisions on what has been read")
    helpful_count: int
    reply_count: int = Field(description="Visible replies; read them with `parent`")
    created_at: datetime
    published_at: datetime | None
    edited_at: datetime | None
    marked_helpful: bool = Field(description="Whether you found it helpful")
    editable_until: datetime | None = Field(description="Until when you may edit it")

    @classmethod
    def of(cls, shown: Shown, actor: Actor, proposal: Proposal, base_url: str) -> "CommentOut":
        comment, readable = shown.comment, shown.is_readable
        plain = ("id", "proposal_id", "parent_id", "state", "reason_code", "language", "revision", "reply_count", "created_at", "published_at")  # fmt: skip
        return cls(
            **{name: getattr(comment, name) for name in plain},
            url=base_url + comment.path,
            author=_writer(shown, proposal),
            voice=comment.voice if readable else None,
            stance=comment.stance if readable else None,
            text=comment.text if readable else None,
            html=render_markdown(comment.text) if readable else None,
            helpful_count=comment.helpful_count if readable else 0,
            edited_at=comment.edited_at if readable else None,
            marked_helpful=shown.is_marked,
            editable_until=comments.editable_until(comment) if is_writer(actor, comment) else None,
        )


def _writer(shown: Shown, proposal: Proposal) -> WriterOut | None:
    if shown.author is None:
        return None
    return WriterOut(
        **AuthorOut.of(shown.author).model_dump(),
        role=shown.author.role,
        field=shown.expertise,
        department=shown.department,
        is_proposal_author=shown.author.id in proposal.author_numbers,
    )


class CommentPage(BaseModel):
    items: list[CommentOut]
    stances: dict[str, int] = Field(
        description="How many visible comments of the first level take each stance, by its code"
    )
    next_cursor: str | None


class HelpfulOut(BaseModel):
    """How many found a comment helpful after the request, and whether you do."""

    helpful_count: int
    marked_helpful: bool

    @classmethod
    def of(cls, found: Helpfulness) -> "HelpfulOut":
        return cls(helpful_count=found.count, marked_helpful=found.mine)


class CommentEventOut(BaseModel):
    """A step of a comment's history; `text` is the text before an edit."""

    at: datetime
    event: CommentEventKind
    reason_code: str | None
    note: str
    text: str | None

    @classmethod
    def of(cls, event: CommentEvent) -> "CommentEventOut":
        return cls(at=event.created_at, event=event.kind, reason_code=event.reason_code, note=event.note, text=event.text or None)  # fmt: skip


class CommentHistory(BaseModel):
    items: list[CommentEventOut]
    next_cursor: str | None
