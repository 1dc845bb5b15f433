"""Photos and PDFs of proposals as the API returns them."""

from pydantic import BaseModel, Field

from app.models import Attachment, AttachmentKind

# A form with a file is described by itself: JSON has no place for one.
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "A photo (JPEG, PNG, WebP) or a PDF of at most 8 MB"},
                        "description": {"type": "string", "maxLength": 300, "description": "What can be seen, for those who can't; required for photos"},
                    },
                }
            }
        },
    }
}  # fmt: skip


class AttachmentOut(BaseModel):
    """A photo or a PDF of a proposal. Who may see the proposal may see its files."""

    number: int = Field(description="Its number among the proposal's files")
    kind: AttachmentKind
    url: str = Field(description="The file itself; a photo as WebP")
    preview_url: str | None = Field(description="A photo of at most 480 pixels on a side")
    size: int = Field(description="In bytes")
    width: int | None = Field(description="In pixels; null for a PDF")
    height: int | None
    description: str = Field(description="What can be seen; may be empty for a PDF")
    name: str = Field(description="The name a PDF is saved under; empty for a photo")

    @classmethod
    def of(cls, row: Attachment, base_url: str) -> "AttachmentOut":
        plain = ("number", "kind", "size", "width", "height", "description", "name")
        return cls(
            **{name: getattr(row, name) for name in plain},
            url=f"{base_url}{row.path}",
            preview_url=f"{base_url}{row.preview_path}" if row.preview_path else None,
        )
