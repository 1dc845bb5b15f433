"""Merge suggestions to be read: by the authors of the two proposals and by staff. Nobody else learns that there is one."""

import re
from urllib.parse import urlsplit

from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption
from sqlmodel import Session, col, or_, select

from app.database import now
from app.models import UNSETTLED, Account, CoAuthor, MergeSuggestion, Proposal
from app.permissions import Actor, may_see_merge_suggestion, may_see_proposal
from app.services import proposals
from app.settings import Settings

_LONGEST_ADDRESS = 500
_NUMBERED = re.compile(r"/proposals/([0-9]{1,18})(?:-[^/]*)?/?")
_PERMANENT = re.compile(r"/p/([^/]+)(?:/[0-9]+)?/?")
# So many of one proposal are shown, the newest first.
MOST = 50


def with_both() -> tuple[ExecutableOption, ...]:
    """Loads both proposals of a suggestion, with what decides who may see and do what."""
    found: list[ExecutableOption] = []
    for side in (MergeSuggestion.proposal, MergeSuggestion.into):
        both = joinedload(side, innerjoin=True)  # type: ignore[arg-type]
        found += [both.joinedload(link, innerjoin=True) for link in (Proposal.author, Proposal.campaign)]  # type: ignore[arg-type]  # fmt: skip
    return tuple(found)


def is_visible(actor: Actor, suggestion: MergeSuggestion) -> bool:
    """Whether the actor may know of it, and sees both proposals now."""
    pair = (suggestion.proposal, suggestion.into)
    seen = all(may_see_proposal(actor, one) for one in pair)
    return seen and may_see_merge_suggestion(actor, suggestion)


def about(session: Session, actor: Actor, proposal: Proposal) -> list[MergeSuggestion]:
    """What has been suggested about a proposal, that it closes or that another does in its favour; the newest first.

    Empty for whoever has no part in it, as for a proposal about which nothing has been suggested.
    """
    number = proposal.id
    mine = or_(MergeSuggestion.proposal_id == number, MergeSuggestion.into_id == number)
    query = select(MergeSuggestion).where(mine).options(*with_both())
    found = session.exec(query.order_by(col(MergeSuggestion.id).desc()).limit(MOST))
    return [one for one in found if is_visible(actor, one)]


def waiting(session: Session, proposal: Proposal) -> MergeSuggestion | None:
    """The suggestion that this proposal closes, if one waits for an answer; who may know of it, the caller has asked."""
    query = select(MergeSuggestion).where(MergeSuggestion.proposal_id == proposal.id, UNSETTLED)
    found = session.exec(query.options(*with_both())).first()
    return found if found is not None and found.is_open(now()) else None


def of_person(session: Session, account: Account) -> list[MergeSuggestion]:
    """What somebody has suggested or been asked, the newest first."""
    concerned = or_(MergeSuggestion.suggested_by == account.id, MergeSuggestion.asked_id == account.id)  # fmt: skip
    query = select(MergeSuggestion).where(concerned).options(*with_both())
    return list(session.exec(query.order_by(col(MergeSuggestion.id).desc())).all())


def open_of(session: Session, account: Account) -> list[MergeSuggestion]:
    """What waits for somebody's answer, or for somebody else's to what they have suggested."""
    concerned = or_(MergeSuggestion.suggested_by == account.id, MergeSuggestion.asked_id == account.id)  # fmt: skip
    query = select(MergeSuggestion).where(concerned, UNSETTLED).options(*with_both())
    found = session.exec(query.order_by(col(MergeSuggestion.id).desc()).limit(MOST))
    return [one for one in found if one.is_open(now()) and is_visible(account, one)]


def steps_for(session: Session, actor: Actor, proposal: Proposal) -> set[int]:
    """The steps of a proposal's history that are suggestions to merge it into one that the actor has written."""
    if actor is None:
        return set()
    shared = select(CoAuthor.proposal_id).where(
        CoAuthor.account_id == actor.id, col(CoAuthor.left_at).is_(None)
    )
    written = or_(col(Proposal.author_id) == actor.id, col(Proposal.id).in_(shared))
    query = select(MergeSuggestion.event_id, MergeSuggestion.ended_event_id)
    query = query.join(Proposal, col(Proposal.id) == MergeSuggestion.into_id)
    rows = session.exec(query.where(MergeSuggestion.proposal_id == proposal.id, written))
    return {number for row in rows for number in row if number is not None}


def find_other(session: Session, settings: Settings, typed: str) -> int | None:
    """The number of the proposal that somebody means by its reference, its number or the address of its page."""
    given = typed.strip()
    if len(given) > _LONGEST_ADDRESS:
        return None
    if "/" not in given:
        return proposals.find_number(session, given)
    try:
        parts = urlsplit(given)
    except ValueError:
        return None
    if parts.netloc and parts.netloc.lower() != urlsplit(settings.base_url).netloc.lower():
        return None
    named = _NUMBERED.fullmatch(parts.path) or _PERMANENT.fullmatch(parts.path)
    return proposals.find_number(session, named[1]) if named else None
