"""Photos and documents that belong to proposals, and the bytes that are served of them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import CheckConstraint, Field, SQLModel

from app.models.columns import child_of, enum_type, moment_now
from app.pictures import PREVIEW, fit

# How much of its hash tells one content from another in an address.
TAG_LENGTH = 16


class AttachmentKind(StrEnum):
    """What a file is: a photo is shown, a document only handed out."""

    PHOTO = "photo"
    PDF = "pdf"


_ENDINGS = {AttachmentKind.PHOTO: "webp", AttachmentKind.PDF: "pdf"}


class StoredFile(SQLModel, table=True):
    """What is served under some address, once however many refer to it; it goes with the last that does."""

    __tablename__ = "stored_file"

    sha256: str = Field(max_length=64, primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class Attachment(SQLModel, table=True):
    """A photo or a PDF of a proposal. `number` counts within the proposal and is part of its address.

    A photo has a preview and its size in pixels, a PDF the name it came with.
    """

    __table_args__ = (
        UniqueConstraint("proposal_id", "number"),
        CheckConstraint("(kind = 'photo') = (preview_sha256 IS NOT NULL)", name="preview"),
        CheckConstraint("(kind = 'photo') = (width IS NOT NULL AND height IS NOT NULL)", name="pixels"),
        CheckConstraint("kind != 'photo' OR description != ''", name="described"),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    proposal_id: int = child_of("proposal.id")
    number: int
    kind: AttachmentKind = Field(sa_type=enum_type(AttachmentKind, "kind"))
    sha256: str = Field(max_length=64, foreign_key="stored_file.sha256", index=True)
    preview_sha256: str | None = Field(
        default=None, max_length=64, foreign_key="stored_file.sha256", index=True
    )
    size: int
    width: int | None = None
    height: int | None = None
    name: str = Field(default="", max_length=120)
    description: str = Field(default="", max_length=300)
    created_at: datetime = moment_now()

    @property
    def path(self) -> str:
        """Its address on this site; the letters at the end change with its content, so that it may be kept for long."""
        return f"/proposals/{self.proposal_id}/files/{self.number}?v={self.sha256[:TAG_LENGTH]}"

    @property
    def preview_path(self) -> str | None:
        """The address of a photo's preview."""
        if self.preview_sha256 is None:
            return None
        tag = self.preview_sha256[:TAG_LENGTH]
        return f"/proposals/{self.proposal_id}/files/{self.number}/preview?v={tag}"

    @property
    def saved_name(self) -> str:
        """What it is called in an export: apart from all others of the person, and without what somebody typed."""
        return f"{self.proposal_id}-{self.number}.{_ENDINGS[self.kind]}"

    @property
    def preview_size(self) -> tuple[int, int]:
        """The size of a photo's preview, in pixels."""
        return fit(self.width or 1, self.height or 1, PREVIEW)
