"""Likenesses: while somebody writes a title, the published proposals that may be about the same.

Only the title is looked at, and it is kept nowhere. Two words that follow each other say more than one alone, above all in
Vietnamese, where most words are written in two parts: proposals are found by such pairs, in their titles and summaries.
"""

from itertools import pairwise

from sqlmodel import Session, col, select

from app import search
from app.models import Proposal
from app.search import Part, Query, Reading, Word
from app.services import searches
from app.services.listings import Filter
from app.services.proposals import with_details
from app.services.search_text import Within

MOST = 5
# Of the words of the title, so many must stand in a proposal's title or summary; so many proposals are compared.
_LEAST_SHARED, _MOST_COMPARED = 0.4, 100


def of_title(session: Session, title: str, *, without: int | None = None) -> list[Proposal]:
    """The published proposals that resemble a title most, at most five, with their details; none for a title without words.

    `without` is the number of the proposal that the title is of.
    """
    words = [Word(word.folded, word.written) for word in search.read(title).words]
    if not words:
        return []
    pairs = [Query((pair,)) for pair in pairwise(words)] or [Query((tuple(words),))]
    numbers: set[int] = set()
    for within in (Within.TITLE, Within.HEAD):
        numbers.update(searches.newest(session, pairs, within, Filter(), _MOST_COMPARED))
    ranked = _ranked(session, words, numbers - {without})
    query = select(Proposal).where(col(Proposal.id).in_(ranked)).options(*with_details())
    found = {one.id: one for one in session.exec(query) if one.is_public} if ranked else {}
    return [found[number] for number in ranked if number in found]


def _ranked(session: Session, words: list[Word], numbers: set[int]) -> list[int]:
    reading = Reading(Query(tuple((word,) for word in words)))
    query = select(Proposal.id, Proposal.title, Proposal.summary)
    rows = session.exec(query.where(col(Proposal.id).in_(numbers))).all() if numbers else []
    alike = [
        (reading.score([Part("title", title, 2.0), Part("summary", summary, 1.0)]), number)
        for number, title, summary in rows
        if reading.share([title, summary]) >= _LEAST_SHARED
    ]
    return [number for _, number in sorted(alike, reverse=True)[:MOST]]
