"""Uploads: files as people send them, judged by their content and made into what is kept of them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath

from app import pictures
from app.errors import FieldError, Invalid, TooLarge, Unavailable
from app.forms import FileForm, PhotoForm, extra, missing, read
from app.i18n import N_
from app.models import AttachmentKind
from app.pictures import Kind, Unfit
from app.text import clean_line

MEGABYTE = 1_000_000
LARGEST = 8 * MEGABYTE
NAME_LENGTH = 100
MOST_ERRORS = 20
# One picture is drawn at a time, because a large one takes some 300 MB meanwhile; two more may wait with their threads.
_DRAWING = threading.Semaphore(1)
_ENTERED = threading.Semaphore(3)
_PATIENCE = 20
_UNFIT = {
    "empty": N_("This file is empty."),
    "kind": N_("Only photos (JPEG, PNG, WebP) and PDF documents can be added; this file is neither, whatever its name says."),
    "pixels": N_("This picture has too many pixels. Please make it smaller: 40 million are possible, and 20,000 on a side."),
    "broken": N_("This file is damaged or incomplete and cannot be read."),
}  # fmt: skip


@dataclass(frozen=True)
class Upload:
    """A file as somebody sends it: what they say of it is not trusted. `content` is None where none was sent.

    `others` are the fields beside it that nobody asked for, or that came twice.
    """

    content: bytes | None
    name: str
    description: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """A file that may be taken, as far as can be told without reading all of it."""

    content: bytes
    kind: Kind
    name: str
    description: str


@dataclass(frozen=True)
class Made:
    """What is kept of a file. A photo has a preview and its size in pixels, a document the name it came with."""

    kind: AttachmentKind
    content: bytes
    description: str
    name: str = ""
    preview: bytes | None = None
    width: int | None = None
    height: int | None = None


def check(upload: Upload) -> Checked:
    """Judge a file by its size and its first bytes. Raises TooLarge, Invalid for `file` or `description`."""
    if upload.others:
        raise Invalid([extra(name[:100]) for name in upload.others[:MOST_ERRORS]])
    if upload.content is None:
        raise Invalid([missing("file")])
    if len(upload.content) > LARGEST:
        raise TooLarge("attachment.too_large", most=LARGEST // MEGABYTE)
    if not upload.content:
        raise _unfit("empty")
    try:
        kind = pictures.recognise(upload.content)
    except Unfit as error:
        raise _unfit(error.key) from error
    form: type[FileForm] = FileForm if kind is Kind.PDF else PhotoForm
    said = read(form, {"description": upload.description})
    return Checked(upload.content, kind, _clean_name(upload.name), said.description)


def make(given: Checked) -> Made:
    """Draw a photo anew; a document stays as it is. Raises Invalid, Unavailable while too many others send photos."""
    if given.kind is Kind.PDF:
        return Made(AttachmentKind.PDF, given.content, given.description, given.name)
    with _turn():
        try:
            full, preview = pictures.redraw(given.content, given.kind)
        except Unfit as error:
            raise _unfit(error.key) from error
    # A photo's own name says nothing that its description doesn't, or too much.
    return Made(AttachmentKind.PHOTO, full.content, given.description, "", preview.content, full.width, full.height)  # fmt: skip


def _unfit(key: str) -> Invalid:
    return Invalid([FieldError("file", f"file_{key}", _UNFIT[key], {})])


@contextmanager
def _turn() -> Iterator[None]:
    if not _ENTERED.acquire(blocking=False):
        raise Unavailable("overloaded")
    try:
        if not _DRAWING.acquire(timeout=_PATIENCE):
            raise Unavailable("overloaded")
        try:
            yield
        finally:
            _DRAWING.release()
    finally:
        _ENTERED.release()


def _clean_name(given: str) -> str:
    """A name that cannot mislead: no folders, no characters that are not seen, and always the ending of a document."""
    try:
        line = clean_line(given.replace("\\", "/")[-4 * NAME_LENGTH :])
    except ValueError:
        line = ""
    stem = PurePosixPath(line).name.strip(". ")
    while stem.lower().endswith(".pdf"):
        stem = stem[: -len(".pdf")].rstrip(". ")
    safe = "".join(one if one.isalnum() or one in " -_.,()" else "-" for one in stem)
    return f"{safe[:NAME_LENGTH].strip('. -') or 'document'}.pdf"
