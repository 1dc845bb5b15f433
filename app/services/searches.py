"""Searches: the proposals that answer a query, best first, and how many there are of each pillar, goal, ward and so on.

All words must be there. Where no proposal has them all, slips of the fingers are looked for, then proposals that have
most of the words. The engines find; how well a proposal answers is reckoned here, alike on both (app/search.py), of at
most a few hundred: those with the very phrase in their title, then with the words there, in their summary, anywhere; the newest of each.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_models

from app.database import table_of
from app.lifecycle import LISTED_STATUSES
from app.models import Proposal, ProposalGoal, ProposalWard, SearchEntry, SearchWord, Status
from app.search import Part, Query, Reading, Snippet, one_letter_off, undone
from app.services import search_text
from app.services.listings import Filter
from app.services.paging import After
from app.services.proposals import with_details
from app.services.search_index import REST
from app.services.search_text import Within

WEIGHTS = {"title": 6.0, "summary": 3.0} | dict.fromkeys(REST, 1.0)
FACETS = ("pillar", "goal", "ward", "status", "campaign")
_MOST = {Within.TITLE: 100, Within.HEAD: 75, Within.ALL: 75}
_MOST_PHRASES = 50
MOST_RANKED = sum(_MOST.values()) + _MOST_PHRASES
# Of so many, all texts are read to tell which answers best; of more, titles and summaries.
_MOST_READ_WHOLE = 60
# Of so many words one may be missing, of so many two; of more than that each slip and gap would multiply the work.
_ONE_MISSING, _TWO_MISSING, _MOST_FREE = 4, 5, 7
_MOST_SLIPS = 8  # that one word may be read as
_entries, _words = table_of(SearchEntry), table_of(SearchWord)
Asked = Sequence[Query]


@dataclass(frozen=True)
class Hit:
    """A proposal that was found, its title with what was asked for marked, and the piece of its texts that shows it."""

    proposal: Proposal
    title: Snippet
    snippet: Snippet


@dataclass(frozen=True)
class Found:
    """What a search found. `is_close` says that nothing has exactly these words, and these come close.

    Each facet counts the hits by its values, as narrowed by all filters but its own.
    """

    hits: list[Hit]
    total: int
    facets: Mapping[str, Counter[str]]
    is_close: bool = False
    next_after: After | None = None


NOTHING = Found([], 0, {name: Counter() for name in FACETS})


def find(
    session: Session, query: Query, filters: Filter, limit: int, after: After | None = None
) -> Found:
    """A page of what answers a query within some filters; nothing for a query without words."""
    if not query.words:
        return NOTHING
    answer = _first_answer(session, query, filters)
    if answer is None:
        return NOTHING
    reading = Reading(answer.reads_as)
    total, facets = _facets(answer.rows, filters)
    ranked = _ranked(session, reading, answer.asked, filters, total)
    left = [one for one in ranked if after is None or one < after]
    hits = _hits(session, reading, [proposal_id for _, proposal_id in left[:limit]])
    more = left[limit - 1] if len(left) > limit else None
    return Found(hits, total, facets, answer.reads_as is not query, more)


# What is asked for


@dataclass(frozen=True)
class _Answer:
    """What was asked for when something was found: as what texts are read, in which queries, and the counts."""

    reads_as: Query
    asked: Asked
    rows: Sequence[Row[Any]]


def _first_answer(session: Session, query: Query, filters: Filter) -> _Answer | None:
    in_sight = _in_sight(filters)
    for reads_as, asked in _attempts(session, query):
        rows = _counted(session, asked)
        if any(row.status in in_sight for row in rows):
            return _Answer(reads_as, asked, rows)
    return None


def _attempts(session: Session, query: Query) -> Iterator[tuple[Query, Asked]]:
    """What is asked for, one after the other until something is found: as it was typed, then ever more freely."""
    yield query, [query]
    understood, wide = _corrected(session, query)
    if understood != query:
        yield understood, [understood]
    count = len(query.groups)
    if count >= _ONE_MISSING:
        yield understood, understood.without(1)
    if count <= _MOST_FREE:
        yield wide, [wide]
        if count > 1:
            yield wide, wide.without(1)
        if count >= _TWO_MISSING:
            yield understood, understood.without(2)


def _corrected(session: Session, query: Query) -> tuple[Query, Query]:
    """The query with words that nobody has written read as slips of known ones, and with every word read so."""
    slips = {
        word.folded: (undone(word.folded), one_letter_off(word.folded)) for word in query.words
    }
    known = _known(
        session, (one for word, lists in slips.items() for one in (word, *lists[0], *lists[1]))
    )
    closest, wide = [], []
    for word in query.words:
        left_over, off = ([one for one in found if one in known] for found in slips[word.folded])
        closest.append(word if word.folded in known else word.read_as((left_over or off)[:_MOST_SLIPS]))  # fmt: skip
        wide.append(word.read_as([*left_over, *off][:_MOST_SLIPS]))
    return query.with_words(closest), query.with_words(wide)


def _known(session: Session, asked: Iterable[str]) -> set[str]:
    query = select(_words.c.word).where(_words.c.word.in_(sorted(set(asked))))
    return set(session.execute(query).scalars())


# How many there are


def _counted(session: Session, asked: Asked) -> Sequence[Row[Any]]:
    columns = [
        _entries.c[name] for name in ("status", "pillar_code", "campaign_id", "goals", "wards")
    ]
    query = select(*columns, func.count().label("found")).select_from(
        search_text.joined(session, _entries)
    )
    return session.execute(query.where(search_text.holds(session, asked)).group_by(*columns)).all()


def _in_sight(filters: Filter) -> frozenset[Status]:
    """The statuses that are found: of withdrawn and merged ones only when theirs is asked for, as in the lists."""
    return frozenset(LISTED_STATUSES if filters.status is None else {filters.status})


def _facets(rows: Sequence[Row[Any]], filters: Filter) -> tuple[int, dict[str, Counter[str]]]:
    total, facets = 0, {name: Counter[str]() for name in FACETS}
    wanted = {"pillar": filters.pillar, "goal": filters.goal, "ward": filters.ward, "status": filters.status, "campaign": filters.campaign and str(filters.campaign)}  # fmt: skip
    for row in rows:
        values = {"pillar": [row.pillar_code] if row.pillar_code else [], "goal": row.goals.split(), "ward": row.wards.split(), "status": [row.status], "campaign": [str(row.campaign_id)]}  # fmt: skip
        missed = {
            name
            for name, value in wanted.items()
            if value is not None and value not in values[name]
        }
        is_listed = row.status in LISTED_STATUSES
        if not missed and (is_listed or filters.status):
            total += row.found
        for name in FACETS:
            if missed <= {name} and (is_listed or (filters.status and name != "status")):
                facets[name].update(dict.fromkeys(values[name], row.found))
    return total, facets


# Which are the best


def _ranked(
    session: Session, reading: Reading, asked: Asked, filters: Filter, total: int
) -> list[tuple[float, int]]:
    """How well each answers, and its number; best first, of equals the newest."""
    numbers: dict[int, None] = {}
    phrases = [phrase for one in asked if (phrase := one.as_phrase()) is not None]
    if phrases and total > _MOST_READ_WHOLE:
        numbers |= dict.fromkeys(newest(session, phrases, Within.TITLE, filters, _MOST_PHRASES))
    for within, most in _MOST.items():
        if len(numbers) < total:
            numbers |= dict.fromkeys(newest(session, asked, within, filters, most))
    names = list(WEIGHTS) if len(numbers) <= _MOST_READ_WHOLE else ["title", "summary"]
    columns = [getattr(Proposal, name) for name in names]
    rows = session.execute(
        select(col(Proposal.id), *columns).where(col(Proposal.id).in_(list(numbers)))
    )
    return sorted(((reading.score(_parts(names, texts)), number) for number, *texts in rows), reverse=True)  # fmt: skip


def _parts(names: Iterable[str], texts: Iterable[str]) -> list[Part]:
    return [Part(name, said, WEIGHTS[name]) for name, said in zip(names, texts, strict=True)]


def newest(session: Session, asked: Asked, within: Within, filters: Filter, most: int) -> list[int]:
    """The newest proposals that answer at least one of these queries in this part of their texts, by number."""
    number = search_text.number_of(session)
    query = select(number).select_from(search_text.joined(session, _entries))
    query = query.where(search_text.holds(session, asked, within), *_conditions(filters))
    return list(session.execute(query.order_by(number.desc()).limit(most)).scalars())


def _conditions(filters: Filter) -> list[ColumnElement[bool]]:
    found: list[Any] = [_entries.c.status.in_(sorted(_in_sight(filters)))]
    if filters.pillar is not None:
        found.append(_entries.c.pillar_code == filters.pillar)
    if filters.campaign is not None:
        found.append(_entries.c.campaign_id == filters.campaign)
    for table, code in ((ProposalGoal, filters.goal), (ProposalWard, filters.ward)):
        if code is not None:
            named = select(col(table.proposal_id)).where(col(table.code) == code)
            found.append(named.where(col(table.proposal_id) == _entries.c.proposal_id).exists())
    return found


def _hits(session: Session, reading: Reading, numbers: list[int]) -> list[Hit]:
    """The proposals in this order. What has just been hidden is not among them, whatever the index says."""
    query = select_models(Proposal).where(col(Proposal.id).in_(numbers)).options(*with_details())
    found = {one.id: one for one in session.exec(query) if one.is_public} if numbers else {}
    return [_hit(reading, found[number]) for number in numbers if number in found]


def _hit(reading: Reading, proposal: Proposal) -> Hit:
    texts = {name: getattr(proposal, name) for name in WEIGHTS}
    title, *rest = _parts(texts, texts.values())
    snippet = reading.snippet([part for part in rest if part.text] or [title])
    return Hit(proposal, reading.marked(title), snippet)
