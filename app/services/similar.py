"""Near-duplicates: proposals that are public or wait, and say almost the same as another.

Each has its keys (app/similarity.py) in an index; those who share most keys with a text are compared with it word by
word. Nothing else is read, so that a submission takes no longer among many proposals than among few.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, delete, func, insert, select, union_all
from sqlmodel import Session, col
from sqlmodel import select as select_models

from app.database import insert_those_absent, table_of
from app.lifecycle import LISTED_STATUSES
from app.models import Proposal, SimilarityKey, Status
from app.similarity import BANDS, keys, likeness, words
from app.text import fold

COMPARED = ("title", "summary", "problem")
FOUND_IN = frozenset({*LISTED_STATUSES, Status.SUBMITTED})
# From this likeness on, two texts are shown side by side; at most so many.
ALIKE, MOST_SHOWN = 0.6, 3
# A key that very many texts share says little about any of them: only the newest of those are looked at.
_MOST_OF_A_KEY, _MOST_COMPARED = 200, 20
_keys = table_of(SimilarityKey)


@dataclass(frozen=True)
class Match:
    """Another proposal that says almost the same; `likeness` is 1 for the very same words."""

    proposal_id: int
    likeness: float


def _sharing() -> Select[tuple[int]]:
    """The proposals that share most keys with a text, without the one called `own`."""
    parts = [
        select(
            select(_keys.c.proposal_id)
            .where(_keys.c.key == bindparam(f"key_{band}"), _keys.c.proposal_id != bindparam("own"))
            .order_by(_keys.c.proposal_id.desc())
            .limit(_MOST_OF_A_KEY)
            .subquery()
        )
        for band in range(BANDS)
    ]
    found = union_all(*parts).subquery()
    number = found.c.proposal_id
    ranked = select(number).group_by(number).order_by(func.count().desc(), number.desc())
    return ranked.limit(_MOST_COMPARED)


_SHARING = _sharing()


def text_of(texts: Mapping[str, str]) -> str:
    """What of a proposal's texts, by their fields, is compared."""
    return "\n".join(texts[name] for name in COMPARED)


def texts_of(proposal: Proposal) -> dict[str, str]:
    """The texts of a proposal that are compared, by their fields."""
    return {name: getattr(proposal, name) for name in COMPARED}


def find(session: Session, text: str, own_id: int | None = None) -> list[Match]:
    """The proposals, other than `own_id`, that say almost the same as a text; the most alike first."""
    folded = fold(text)
    marks = {f"key_{band}": key for band, key in enumerate(keys(folded))}
    numbers = session.execute(_SHARING, {**marks, "own": own_id or 0}).scalars().all()
    if not numbers:
        return []
    columns = (Proposal.id, Proposal.title, Proposal.summary, Proposal.problem)
    rows = session.exec(
        select_models(*columns).where(
            col(Proposal.id).in_(numbers), col(Proposal.status).in_(FOUND_IN)
        )
    )
    said = words(folded)
    matches = [Match(number, likeness(said, words(fold("\n".join(texts))))) for number, *texts in rows]  # fmt: skip
    alike = [match for match in matches if match.likeness >= ALIKE]
    return sorted(alike, key=lambda match: (-match.likeness, match.proposal_id))[:MOST_SHOWN]


def others(session: Session, texts: Mapping[str, str], own_id: int) -> list[tuple[Proposal, Match]]:
    """The proposals that say almost the same as these texts of the proposal `own_id`, without their details."""
    matches = find(session, text_of(texts), own_id)
    numbers = [match.proposal_id for match in matches]
    rows = session.exec(select_models(Proposal).where(col(Proposal.id).in_(numbers)))
    found = {other.id: other for other in rows} if matches else {}
    return [(found[match.proposal_id], match) for match in matches]


def follow(session: Session, proposal: Proposal, before: Status) -> None:
    """Let a proposal be found, or no longer, after its status has changed."""
    was, is_ = before in FOUND_IN, proposal.status in FOUND_IN
    if is_ and not was:
        keep(session, proposal)
    elif was and not is_:
        forget(session, proposal)


def keep(session: Session, proposal: Proposal) -> None:
    """Bring a proposal's keys up to date with its text; nothing happens for one that is not to be found."""
    if proposal.status not in FOUND_IN:
        return
    session.flush()
    forget(session, proposal)
    session.connection().execute(insert(_keys), _rows(proposal))


def forget(session: Session, proposal: Proposal) -> None:
    """Let a proposal no longer be found."""
    session.connection().execute(delete(_keys).where(_keys.c.proposal_id == proposal.id))


def _rows(proposal: Proposal) -> list[dict[str, int]]:
    return [{"key": key, "proposal_id": proposal.id} for key in sorted(set(keys(fold(text_of(texts_of(proposal))))))]  # fmt: skip


# In the background: what came in another way than through a form (an import, an older version)


def missing(session: Session, most: int) -> list[int]:
    """Some proposals that are to be found and have no keys yet."""
    has = select(_keys.c.proposal_id).where(_keys.c.proposal_id == Proposal.id).exists()
    query = select_models(Proposal.id).where(col(Proposal.status).in_(FOUND_IN), ~has)
    return list(session.exec(query.order_by(col(Proposal.id)).limit(most)).all())


def fill(session: Session, numbers: list[int]) -> None:
    """Give these proposals their keys; another worker may be doing the same."""
    query = select_models(Proposal).where(col(Proposal.id).in_(numbers)).order_by(col(Proposal.id))
    found = session.exec(query.with_for_update(of=Proposal)).all()
    rows = [row for proposal in found if proposal.status in FOUND_IN for row in _rows(proposal)]
    insert_those_absent(session, _keys, rows)
