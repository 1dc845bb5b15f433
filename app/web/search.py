"""The page of searches: a query, what answers it, and links that narrow it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from sqlmodel import Session
from starlette.datastructures import URL
from starlette.responses import Response

from app import search
from app.dependencies import SessionDep, SettingsDep, write_cursor
from app.i18n import N_, localised, translate
from app.labels import status_label
from app.search import Snippet
from app.services import campaigns, cities, searches
from app.services.cities import Catalogue
from app.services.searches import FACETS, Found
from app.web.cards import Card, card
from app.web.pages import RenderDep, new_router, page_cursor
from app.web.proposals import ListQuery, read_query

router = new_router()
PAGE = 20
_SHOWN = 8
_NAMES = {
    "pillar": N_("Pillar"),
    "goal": N_("City goal"),
    "ward": N_("Ward or commune"),
    "status": N_("Status"),
    "campaign": N_("Campaign"),
}


@dataclass(frozen=True)
class Hit:
    """A card with what was asked for marked."""

    card: Card
    title: Snippet
    snippet: Snippet


@dataclass(frozen=True)
class Value:
    """A value of a facet: where it leads, or, of the one that is chosen, where one is without it."""

    label: str
    count: int
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter with the values that were found, most first; the rarer ones are `more`."""

    label: str
    values: list[Value]
    more: list[Value]


@router.get("/search")
def find(
    request: Request, session: SessionDep, settings: SettingsDep, render: RenderDep
) -> Response:
    typed = request.query_params.get("q", "")
    query, asked = read_query(request), search.read(typed)
    city = cities.catalogue(session)
    listing = f"web|{asked}|{query.model_dump_json(exclude={'cursor'})}"
    after = page_cursor(settings, listing, query.cursor)
    found = searches.find(session, asked, query.filters(), PAGE, after)
    cursor = write_cursor(settings, listing, found.next_after)
    return render(
        "search/show.html",
        typed=typed[: search.MOST_TYPED],
        asked=asked,
        found=found,
        hits=[Hit(card(city, hit.proposal), hit.title, hit.snippet) for hit in found.hits],
        facets=_facets(session, request, city, query, found),
        kept=[(name, value) for name in FACETS if (value := request.query_params.get(name))],
        most_ranked=searches.MOST_RANKED,
        next_href=str(request.url.include_query_params(cursor=cursor).query) if cursor else None,
        first_href=str(request.url.remove_query_params("cursor").query) if query.cursor else None,
        clear_href=str(request.url.remove_query_params([*FACETS, "cursor"]).query),
    )


def _facets(
    session: Session, request: Request, city: Catalogue, query: ListQuery, found: Found
) -> list[Facet]:
    """The facets that part what was found, or are chosen."""
    labels = _labels(session, city)
    url = request.url.remove_query_params("cursor")
    made = []
    for name in FACETS:
        chosen = getattr(query, name)
        values = _values(
            url, name, None if chosen is None else str(chosen), found.facets[name], labels[name]
        )
        if len(values) > 1 or chosen is not None:
            made.append(Facet(translate(_NAMES[name]), values[:_SHOWN], values[_SHOWN:]))
    return made


def _values(
    url: URL, name: str, chosen: str | None, counts: Counter[str], label: Callable[[str], str]
) -> list[Value]:
    """The values of a facet, the chosen one first, even if nothing has it."""
    without = f"?{url.remove_query_params(name).query}"
    made = [
        Value(label(code), counts[code], without, is_chosen=True)
        if code == chosen
        else Value(
            label(code),
            counts[code],
            f"?{url.include_query_params(**{name: code}).query}",
            is_chosen=False,
        )
        for code in {*counts, *([chosen] if chosen else [])}
    ]
    return sorted(made, key=lambda one: (not one.is_chosen, -one.count, one.label))


def _labels(session: Session, city: Catalogue) -> dict[str, Callable[[str], str]]:
    titles = {str(one.id): localised(one.title) for one in campaigns.every(session)}
    entries: dict[str, Any] = {"pillar": city.pillars, "goal": city.goals, "ward": city.wards}
    named = {
        name: lambda code, known=known: known[code].name if code in known else code
        for name, known in entries.items()
    }
    return {**named, "status": status_label, "campaign": lambda number: titles.get(number, number)}
