"""Revisions: every text a proposal has had since it was submitted, and what changed from one to the next."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlmodel import Session, col, select

from app.errors import NotFound
from app.models import Proposal, Revision

# Comparing word by word takes quadratic time at worst, so long fields are compared line by line.
MOST_WORDS = 1500

Piece = tuple[str, str]  # " ", "+" or "-", and the text that stayed, came or went


@dataclass(frozen=True)
class FieldChange:
    """What an edit did to one field."""

    field: str
    pieces: list[Piece]


def readable(session: Session, proposal: Proposal, *, whole: bool) -> list[Revision]:
    """The proposal's revisions, oldest first: all, or those that have been public."""
    query = select(Revision).where(Revision.proposal_id == proposal.id)
    if not whole:
        query = query.where(col(Revision.number) >= (proposal.published_revision or 0))
    return list(session.exec(query.order_by(col(Revision.number))).all())


def get(session: Session, proposal: Proposal, number: int, *, whole: bool) -> Revision:
    """One revision. Raises NotFound for a number there isn't, or one that the public has never seen."""
    for revision in readable(session, proposal, whole=whole):
        if revision.number == number:
            return revision
    raise NotFound


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[FieldChange]:
    """The fields that differ between two contents, each with its pieces."""
    found = []
    for field, value in new.items():
        before, after = _as_text(old.get(field)), _as_text(value)
        if before != after:
            found.append(FieldChange(field, diff(before, after)))
    return found


def diff(before: str, after: str) -> list[Piece]:
    """What stayed, went and came between two texts, in reading order."""
    one, other = _split(before, r"\s+|\S+"), _split(after, r"\s+|\S+")
    if len(one) + len(other) > MOST_WORDS:
        one, other = _split(before, r"[^\n]*\n|[^\n]+"), _split(after, r"[^\n]*\n|[^\n]+")
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append((" ", "".join(one[a:b])))
            continue
        pieces += [("-", "".join(one[a:b]))] if b > a else []
        pieces += [("+", "".join(other[c:d]))] if d > c else []
    return pieces


def _split(text: str, pattern: str) -> list[str]:
    return re.findall(pattern, text)


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)
