"""Search over JSON: the same answers as the page gives."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import Field

from app import search
from app.api.proposals import ProposalFilters
from app.api.routing import new_router, next_link
from app.api.schemas import AlikePage, ProposalItem, SearchItem, SearchPage
from app.dependencies import SessionDep, SettingsDep, read_cursor, write_cursor
from app.forms import TitleForm
from app.services import likenesses, searches

router = new_router("Proposals")


class SearchQuery(ProposalFilters):
    """The parameters of a search; others are refused."""

    q: str = Field(
        description="Words, all of which must be there, and phrases in quotation marks; the last word may be unfinished. "
        "Case and accents do not matter, but the very accents count more. Twelve words are read at most."
    )

    def listing(self) -> str:
        """What a cursor of this search belongs to."""
        return f"search|{self.q}|{super().listing()}"


@router.get("/search", responses={200: {"headers": {"Link": {"schema": {"type": "string"}, "description": '`<…>; rel="next"`'}}}})  # fmt: skip
def find(
    query: Annotated[SearchQuery, Query()],
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
) -> SearchPage:
    """Published proposals that answer a query, best first, with the piece of each that shows it.

    Where nothing has all of the words, slips of the fingers and texts with most of the words are found (`is_close`).
    `total` and the facets count everything; the best 300 can be read.
    """
    query.require_known(session)
    after = read_cursor(settings, query.listing(), query.cursor)
    found = searches.find(session, search.read(query.q), query.filters(), query.limit, after)
    cursor = write_cursor(settings, query.listing(), found.next_after)
    next_link(request, response, settings, cursor)
    items = [SearchItem.of_hit(hit, settings.base_url) for hit in found.hits]
    return SearchPage.of(items, found, cursor)


@router.post("/proposals/alike")
def find_alike(body: TitleForm, session: SessionDep, settings: SettingsDep) -> AlikePage:
    """The published proposals, five at most, whose titles and summaries resemble a title that somebody is writing.

    Nothing is written down. It is a POST so that the title stands in no address.
    """
    found = likenesses.of_title(session, body.title)
    return AlikePage(items=[ProposalItem.of(one, settings.base_url) for one in found])
