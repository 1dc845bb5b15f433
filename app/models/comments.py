"""Comments under proposals, their history, and who found which of them helpful.

Two levels: a comment, and replies to it. What has once been public keeps its place: of a comment that is hidden or
deleted a stub stays, so that replies stay where they are and no page of a list shifts.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text
from sqlmodel import CheckConstraint, Field, SQLModel

from app.models.columns import child_of, enum_type, moment, moment_now


class Stance(StrEnum):
    """What a comment says about its proposal. A reply has none of its own: it is neutral."""

    FOR = "for"
    AGAINST = "against"
    QUESTION = "question"
    NEUTRAL = "neutral"


class Voice(StrEnum):
    """For whom a comment speaks: for its writer, or officially for the proposal's author or for the city."""

    PERSON = "person"
    AUTHOR = "author"
    CITY = "city"


class CommentState(StrEnum):
    WAITING = "waiting"
    VISIBLE = "visible"
    HIDDEN = "hidden"
    DELETED = "deleted"


class Comment(SQLModel, table=True):
    """A comment, or a reply to one (then with `parent_id`, always a comment of the first level).

    `published_at` is when it first became public; one without is its author's and the moderators' alone. `reply_count`
    counts the visible replies. `revision` counts its texts, so that a moderator decides on the one they have read.
    """

    __table_args__ = (
        CheckConstraint("helpful_count >= 0 AND reply_count >= 0", name="counts_not_negative"),
        CheckConstraint("parent_id IS NULL OR stance = 'neutral'", name="replies_are_neutral"),
        CheckConstraint("state != 'deleted' OR text = ''", name="deleted_is_erased"),
        CheckConstraint("state != 'visible' OR published_at IS NOT NULL", name="visible_is_published"),
        Index("ix_comment_newest", "proposal_id", "parent_id", "created_at", "id"),
        Index("ix_comment_helpful", "proposal_id", "parent_id", "helpful_count", "id"),
        Index("ix_comment_author_id_created_at", "author_id", "created_at"),
        # Decisions refer to comments by number, which none may therefore have after another.
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    proposal_id: int = child_of("proposal.id")
    parent_id: int | None = Field(default=None, foreign_key="comment.id", index=True)
    author_id: int = Field(foreign_key="account.id")
    stance: Stance = Field(default=Stance.NEUTRAL, sa_type=enum_type(Stance, "stance"))
    voice: Voice = Field(default=Voice.PERSON, sa_type=enum_type(Voice, "voice"))
    text: str = Field(sa_type=Text)
    language: str = Field(default="vi", max_length=8)
    state: CommentState = Field(sa_type=enum_type(CommentState, "state"))
    # Why it is hidden, for everybody to read.
    reason_code: str | None = Field(default=None, foreign_key="reason.code")
    revision: int = 1
    helpful_count: int = 0
    reply_count: int = 0
    created_at: datetime = moment_now()
    published_at: datetime | None = moment()
    edited_at: datetime | None = moment()

    @property
    def top_id(self) -> int:
        """The number of the comment whose thread it belongs to: its own on the first level."""
        return self.parent_id or self.id

    @property
    def path(self) -> str:
        """Its own address on this site."""
        return f"/proposals/{self.proposal_id}/comments/{self.id}"


class CommentEventKind(StrEnum):
    WRITTEN = "written"
    EDITED = "edited"
    DELETED = "deleted"
    PUBLISHED = "published"
    REJECTED = "rejected"
    KEPT = "kept"
    HIDDEN = "hidden"
    RESTORED = "restored"
    # Without whoever did it: that somebody did is the comment's history, who did is nobody's business.
    MARKED = "marked"
    UNMARKED = "unmarked"


class CommentEvent(SQLModel, table=True):
    """What happened to a comment, by whom, when and why. Rows are only ever added.

    `text` is the text before an edit, for moderators; it is erased when the comment is deleted.
    """

    __tablename__ = "comment_event"
    __table_args__ = (Index("ix_comment_event_comment_id_id", "comment_id", "id"),)

    id: int = Field(default=None, primary_key=True)
    comment_id: int = child_of("comment.id")
    actor_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    kind: CommentEventKind = Field(sa_type=enum_type(CommentEventKind, "kind"))
    reason_code: str | None = Field(default=None, foreign_key="reason.code")
    note: str = Field(default="", sa_type=Text)
    text: str = Field(default="", sa_type=Text)
    created_at: datetime = moment_now()


class HelpfulMark(SQLModel, table=True):
    """Somebody found a comment helpful. The key holds it to one for each person."""

    __tablename__ = "helpful_mark"

    comment_id: int = child_of("comment.id", primary_key=True)
    account_id: int = child_of("account.id", primary_key=True, index=True)
    created_at: datetime = moment_now()
