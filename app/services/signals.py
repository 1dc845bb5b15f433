"""Signals: what moderators are told about a text beside the text, found when it comes in.

Signals inform; they never decide, and nothing is refused or published because of one. What was found is not kept where
it is personal: of numbers and addresses only in which field, and how many.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from app import inspection
from app.database import now
from app.models import Account, Comment, Proposal, QueueEvent, Signal, Step
from app.services import cities, similar
from app.settings import Settings

Detail = dict[str, Any]
Found = dict[Signal, Detail]
_DAY = timedelta(days=1)
# The hosts that are named to a moderator; more of them say nothing new.
_MOST_HOSTS = 10


def compute(
    session: Session,
    settings: Settings,
    texts: Mapping[str, str],
    author: Account,
    *,
    proposal_id: int | None = None,
    comment_id: int | None = None,
) -> Found:
    """What is noticed about the texts of something that comes in, by their fields, and about its author.

    Texts of proposals (with a title, a summary and a problem) are compared with other proposals. `proposal_id` or
    `comment_id` is what they are the texts of, if it is there already. Returns the signals with what each was seen by.
    """
    return of_texts(session, texts, proposal_id) | of_author(
        session, author, proposal_id, comment_id, most=settings.many_submissions
    )


def of_texts(session: Session, texts: Mapping[str, str], proposal_id: int | None = None) -> Found:
    """What is noticed about the texts themselves."""
    city = cities.catalogue(session)
    found = _in_texts(texts, city.phone_region, city.personal_number_pattern)
    matches = (
        similar.find(session, similar.text_of(texts), proposal_id)
        if set(similar.COMPARED) <= texts.keys()
        else []
    )
    if matches:
        found[Signal.SIMILAR] = {"proposals": [{"id": match.proposal_id, "likeness": round(match.likeness, 2)} for match in matches]}  # fmt: skip
    return found


def of_author(
    session: Session, author: Account, proposal_id: int | None = None, comment_id: int | None = None, *, most: int
) -> Found:  # fmt: skip
    """What is noticed about who sent it; more than `most` texts within a day are many."""
    found: Found = {}
    came_in = (QueueEvent.actor_id == author.id, QueueEvent.step == Step.ENTERED)
    lately = select(func.count()).select_from(QueueEvent).where(*came_in)
    count = session.exec(lately.where(QueueEvent.created_at > now() - _DAY)).one()
    if count > most:
        found[Signal.MANY] = {"count": count}
    if not _has_published(session, author, proposal_id, comment_id):
        found[Signal.FIRST] = {}
    return found


def _has_published(
    session: Session, author: Account, proposal_id: int | None, comment_id: int | None
) -> bool:
    """Whether something else of the author's has been public."""
    proposals = select(Proposal.id).where(Proposal.author_id == author.id, Proposal.id != proposal_id)  # fmt: skip
    comments = select(Comment.id).where(Comment.author_id == author.id, Comment.id != comment_id)
    public = (
        proposals.where(col(Proposal.published_at).is_not(None)),
        comments.where(col(Comment.published_at).is_not(None)),
    )
    return any(session.exec(query.limit(1)).first() is not None for query in public)


def _in_texts(texts: Mapping[str, str], region: str, pattern: str) -> Found:
    legible = {field: inspection.legible(text) for field, text in texts.items()}
    hosts = {field: inspection.hosts(text) for field, text in legible.items()}
    counts = {
        Signal.LINKS: {field: len(names) for field, names in hosts.items()},
        Signal.EMAIL: {field: inspection.emails(text) for field, text in legible.items()},
        Signal.PHONE: {f: inspection.phones(text, region, pattern) for f, text in legible.items()},
        Signal.CITIZEN_NUMBER: {f: inspection.personal_numbers(text, pattern) for f, text in legible.items()},
        Signal.CAPITALS: {field: int(inspection.is_capitals(text)) for field, text in texts.items()},
    }  # fmt: skip
    found: Found = {
        code: {"fields": seen}
        for code, every in counts.items()
        if (seen := {field: count for field, count in every.items() if count})
    }
    if Signal.LINKS in found:
        named = dict.fromkeys(name for names in hosts.values() for name in names)
        found[Signal.LINKS]["hosts"] = list(named)[:_MOST_HOSTS]
    return found
