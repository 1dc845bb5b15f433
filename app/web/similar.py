"""Near-duplicates at the moderation desk: side by side with what is decided on, and the decision they suggest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from app.forms import LARGEST_ID
from app.i18n import N_, language, translate
from app.models import Proposal, Status
from app.services import cities, proposals, similar
from app.services.revisions import Piece, diff
from app.settings import Settings

# The reason of the city's policy that the suggestion cites, where the city has it.
DUPLICATE = "duplicate"


@dataclass(frozen=True)
class Pair:
    """Another proposal, and for each field what both say: as pieces of what stays, what came and what went."""

    other: Proposal
    per_cent: int
    fields: list[tuple[str, list[Piece]]]


def pairs(session: Session, proposal: Proposal, texts: Mapping[str, str]) -> list[Pair]:
    """The proposals that say almost the same as these texts of a proposal, compared with them field by field.

    None for a proposal that is neither public nor waiting: there is nothing to decide.
    """
    if proposal.status not in similar.FOUND_IN:
        return []
    return [
        Pair(
            other,
            round(100 * match.likeness),
            [(name, diff(getattr(other, name), texts[name])) for name in similar.COMPARED],
        )
        for other, match in similar.others(session, texts, proposal.id)
    ]


def decision(session: Session, settings: Settings, proposal: Proposal, other_id: int) -> dict[str, Any]:  # fmt: skip
    """The fields of a decision that calls a proposal the same as another, to begin with; empty if that is not public."""
    numbers = [other_id] if other_id <= LARGEST_ID else []
    other = proposals.by_numbers(session, numbers).get(other_id)
    if other is None or not other.is_public or other.id == proposal.id:
        return {}
    if proposal.status is not Status.SUBMITTED:
        return {}
    reasons = cities.catalogue(session).reasons
    return {
        "reason_code": DUPLICATE if DUPLICATE in reasons else None,
        "note": _words(settings, proposal, other),
    }


def _words(settings: Settings, proposal: Proposal, other: Proposal) -> str:
    """Words to the author, in the author's language."""
    before = language.set(proposal.author.language)
    try:
        return translate(
            N_("Another proposal says the same: %(ref)s, “%(title)s”. You can support it there: %(url)s"),
            ref=other.ref or other.id, title=other.title, url=settings.base_url + other.path,
        )  # fmt: skip
    finally:
        language.reset(before)
