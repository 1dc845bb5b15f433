"""The text index, which each engine has in its own way: FTS5 on SQLite, text vectors with GIN on PostgreSQL.

Both get the same words, parted and folded here (app/search.py), and nothing of what was typed reaches either as anything
but letters and digits between quotation marks.
"""

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from itertools import chain
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    text,
)
from sqlmodel import Session

from app.search import Query, Word, words

# PostgreSQL's limits: no place beyond this one, and no more places of one word.
_LAST_PLACE, _MOST_PLACES = 16_383, 255
_SQLITE = Table("search_text", MetaData(), Column("rowid", Integer), Column("search_text", String))
_POSTGRESQL = Table("search_text", MetaData(), Column("proposal_id", Integer))


class Within(StrEnum):
    """In which part of the texts all words of a query are looked for."""

    TITLE = "title"
    HEAD = "head"  # title and summary
    ALL = "all"


def is_on_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


# Writing


def write(session: Session, rows: Sequence[tuple[int, str, str, str]]) -> None:
    """Put texts into the index: the proposal's number, its title, its summary and the rest. None of them may be there."""
    if not rows:
        return
    if is_on_sqlite(session):
        statement = "INSERT INTO search_text (rowid, title, summary, rest) VALUES (:id, :title, :summary, :rest)"
        made = [{"id": number, **{name: " ".join(words(said)) for name, said in zip(("title", "summary", "rest"), texts, strict=True)}} for number, *texts in rows]  # fmt: skip
    else:
        statement = (
            "INSERT INTO search_text (proposal_id, title, head, words) VALUES (:id, "
            "CAST(:title AS tsvector), CAST(:head AS tsvector), CAST(:words AS tsvector))"
        )
        made = [_vectors(number, *map(words, texts)) for number, *texts in rows]
    session.connection().execute(text(statement), made)


def _vectors(number: int, title: list[str], summary: list[str], rest: list[str]) -> dict[str, Any]:
    # A gap between the texts, so that no phrase reaches from one into the next.
    head = [*title, "", *summary]
    parts = {"title": title, "head": head, "words": [*head, "", *rest]}
    return {"id": number, **{name: _vector(said) for name, said in parts.items()}}


def _vector(said: list[str]) -> str:
    """The words with their places, in the notation of a text vector."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(said, 1):
        if word and len(places[word]) < _MOST_PLACES:
            places[word].append(min(place, _LAST_PLACE))
    return " ".join(
        f"'{word}':{','.join(map(str, sorted(set(at))))}" for word, at in places.items()
    )


# Asking


def number_of(session: Session) -> ColumnElement[Any]:
    """The column with the proposals' numbers."""
    return _SQLITE.c.rowid if is_on_sqlite(session) else _POSTGRESQL.c.proposal_id


def joined(session: Session, entries: Table) -> FromClause:
    """The rows of the index, each with its entry."""
    index = _SQLITE if is_on_sqlite(session) else _POSTGRESQL
    return index.join(entries, entries.c.proposal_id == number_of(session))


def holds(
    session: Session, queries: Sequence[Query], within: Within = Within.ALL
) -> ColumnElement[bool]:
    """The condition that a row of the index answers at least one of these queries; each asks for something."""
    if is_on_sqlite(session):
        asked = " OR ".join(f"({_fts(query)})" for query in queries)
        columns = {Within.TITLE: "{title} : ", Within.HEAD: "{title summary} : ", Within.ALL: ""}
        return _SQLITE.c.search_text.op("MATCH")(f"{columns[within]}({asked})")
    asked = " | ".join(f"({_tsquery(query)})" for query in queries)
    column = {Within.TITLE: "title", Within.HEAD: "head", Within.ALL: "words"}[within]
    condition: Any = text(f"search_text.{column} @@ CAST(:asked_{within} AS tsquery)")
    return condition.bindparams(bindparam(f"asked_{within}", asked))  # type: ignore[no-any-return]


def _fts(query: Query) -> str:
    return " AND ".join(_fts_group(group) for group in query.groups)


def _fts_group(group: tuple[Word, ...]) -> str:
    if len(group) > 1:
        return _fts_term(" ".join(word.folded for word in group), is_begun=group[-1].is_begun)
    (word,) = group
    terms = [
        _fts_term(word.folded, is_begun=word.is_begun),
        *(_fts_term(one) for one in sorted(word.others)),
    ]
    return f"({' OR '.join(terms)})"


def _fts_term(term: str, *, is_begun: bool = False) -> str:
    return f'"{term}"{" *" if is_begun else ""}'


def _tsquery(query: Query) -> str:
    return " & ".join(_tsquery_group(group) for group in query.groups)


def _tsquery_group(group: tuple[Word, ...]) -> str:
    if len(group) > 1:
        return f"({' <-> '.join(map(_tsquery_word, group))})"
    (word,) = group
    terms = chain([_tsquery_word(word)], (f"'{one}'" for one in sorted(word.others)))
    return f"({' | '.join(terms)})"


def _tsquery_word(word: Word) -> str:
    return f"'{word.folded}'{':*' if word.is_begun else ''}"
