"""Stored files: bytes under the SHA-256 of what they are, once however many rows refer to them, and gone with the last.

They come in the same transaction as the row that refers to them, so that there is never one without the other.
"""

import hashlib
from collections.abc import Iterable

from sqlalchemy import literal
from sqlmodel import Session, col, delete, or_, select

from app.database import insert_or_update, table_of
from app.errors import NotFound
from app.models import Attachment, StoredFile

_files = table_of(StoredFile)


def digest(content: bytes) -> str:
    """What bytes are stored under."""
    return hashlib.sha256(content).hexdigest()


def store(session: Session, contents: Iterable[bytes]) -> None:
    """Keep these bytes, unless they are kept already; then nobody erases them until the transaction ends."""
    # In the order of their keys, as erasing does, so that two who do it at once cannot block each other.
    for key, content in sorted((digest(one), one) for one in contents):
        insert_or_update(session, _files, {"sha256": key, "content": content}, {"sha256": key})


def read(session: Session, sha256: str) -> bytes:
    """The bytes under a key. Raises NotFound where the last row that referred to them has just gone."""
    found = session.exec(select(StoredFile.content).where(StoredFile.sha256 == sha256)).first()
    if found is None:
        raise NotFound
    return found


def erase_unused(session: Session, keys: Iterable[str | None]) -> None:
    """Erase those of these bytes to which no row refers any more."""
    wanted = sorted({key for key in keys if key is not None})
    # Whoever is about to refer to one holds it. They are locked first and looked for afterwards, so that a reference that
    # is committed while we wait is seen.
    locking = select(StoredFile.sha256).where(col(StoredFile.sha256).in_(wanted))
    session.exec(locking.order_by(StoredFile.sha256).with_for_update()).all()
    used = select(literal(1)).where(or_(Attachment.sha256 == StoredFile.sha256, Attachment.preview_sha256 == StoredFile.sha256))  # fmt: skip
    session.exec(delete(StoredFile).where(col(StoredFile.sha256).in_(wanted), ~used.exists()))
