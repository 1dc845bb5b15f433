"""The search index follows the proposals in the transaction that changes them: what the public may read is found by its
newest text, and nothing else is. What comes in otherwise (imports, an older version's rows) is filled in later.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_models

from app.database import insert_those_absent, table_of
from app.models import (
    UNLEARNT,
    Proposal,
    ProposalGoal,
    ProposalTag,
    ProposalWard,
    SearchEntry,
    SearchWord,
    Status,
)
from app.search import words
from app.services import search_text

HEAD, REST = ("title", "summary"), ("problem", "solution", "expected_impact", "resources_needed")
_entries, _words = table_of(SearchEntry), table_of(SearchWord)
# Of everything that may be read by everybody; see Proposal.is_public.
_PUBLIC = (col(Proposal.published_at).is_not(None), col(Proposal.status) != Status.HIDDEN)


def follow(session: Session, proposal: Proposal) -> None:
    """Let a proposal be found as its status now says, or no longer; its text is the one that is known."""
    here = _entries.c.proposal_id == proposal.id
    # The proposal's own row may still lack what its new status needs, and is not read here.
    with session.no_autoflush:
        if not proposal.is_public:
            session.execute(delete(_entries).where(here))
            return
        moved = update(_entries).where(here).values(status=proposal.status)
        is_known = session.execute(moved.returning(_entries.c.proposal_id)).first() is not None
    if not is_known:
        keep(session, proposal)


def keep(session: Session, proposal: Proposal) -> None:
    """Bring what is known of a proposal up to date; nothing happens for one that the public may not read."""
    if proposal.is_public:
        session.flush()
        _put(session, [proposal])


def _put(session: Session, proposals: Sequence[Proposal]) -> None:
    numbers = [proposal.id for proposal in proposals]
    session.execute(delete(_entries).where(_entries.c.proposal_id.in_(numbers)))
    goals, wards, tags = (_codes(session, one, numbers) for one in (ProposalGoal, ProposalWard, ProposalTag))  # fmt: skip
    rows = [_entry(one, goals.get(one.id, []), wards.get(one.id, [])) for one in proposals]
    session.execute(insert(_entries), rows)
    texts = [(one.id, one.title, one.summary, _rest(one, tags.get(one.id, []))) for one in proposals]  # fmt: skip
    search_text.write(session, texts)


def _entry(proposal: Proposal, goals: Iterable[str], wards: Iterable[str]) -> dict[str, Any]:
    return {
        "proposal_id": proposal.id,
        "status": proposal.status,
        "pillar_code": proposal.pillar_code,
        "campaign_id": proposal.campaign_id,
        "goals": " ".join(sorted(goals)),
        "wards": " ".join(sorted(wards)),
        "is_learnt": False,
    }


def _rest(proposal: Proposal, tags: Iterable[str]) -> str:
    """What else a proposal is found by: its other texts, its topics and its reference."""
    texts = (getattr(proposal, name) for name in REST)
    return "\n".join([*texts, *tags, proposal.ref or ""])


def _codes(
    session: Session, table: type[ProposalGoal | ProposalWard | ProposalTag], numbers: list[int]
) -> Mapping[int, list[str]]:
    query = select(col(table.proposal_id), col(table.code)).where(
        col(table.proposal_id).in_(numbers)
    )
    found: dict[int, list[str]] = {}
    for number, code in session.execute(query):
        found.setdefault(number, []).append(code)
    return found


# In the background


def missing(session: Session, most: int) -> list[int]:
    """Some proposals that are to be found and cannot be yet."""
    has = select(_entries.c.proposal_id).where(_entries.c.proposal_id == Proposal.id).exists()
    query = select_models(Proposal.id).where(*_PUBLIC, ~has).order_by(col(Proposal.id)).limit(most)
    return list(session.exec(query).all())


def fill(session: Session, numbers: list[int]) -> None:
    """Let these proposals be found; another worker may be doing the same."""
    query = select_models(Proposal).where(col(Proposal.id).in_(numbers)).order_by(col(Proposal.id))
    found = session.exec(query.with_for_update(of=Proposal)).all()
    _put(session, [proposal for proposal in found if proposal.is_public])


def unlearnt(session: Session, most: int) -> list[int]:
    """Some proposals whose words are not yet among the known ones."""
    query = select(_entries.c.proposal_id).where(UNLEARNT).order_by(_entries.c.proposal_id)
    return list(session.execute(query.limit(most)).scalars())


def learn(session: Session, numbers: list[int]) -> None:
    """Add the words of these proposals to the known ones.

    They are added in their order, so that of two that learn at once neither waits for the other.
    """
    query = select_models(Proposal).where(col(Proposal.id).in_(numbers))
    found = {word for one in session.exec(query) if one.is_public for name in HEAD + REST for word in words(getattr(one, name)) if word.isalpha()}  # fmt: skip
    insert_those_absent(session, _words, [{"word": word} for word in sorted(found)])
    session.execute(
        update(_entries).where(_entries.c.proposal_id.in_(numbers)).values(is_learnt=True)
    )


def count(session: Session) -> int:
    """How many proposals can be found."""
    return session.exec(select_models(func.count()).select_from(_entries)).one()


def clear(session: Session) -> None:
    """Forget everything, so that it is made anew."""
    session.execute(delete(_entries))
    session.execute(delete(_words))
