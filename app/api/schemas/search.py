"""What a search returns."""

from pydantic import BaseModel, Field

from app.api.schemas.proposals import ProposalItem
from app.search import Snippet
from app.services.searches import Found, Hit

Places = list[tuple[int, int]]


class SnippetOut(BaseModel):
    """A piece of a text in which words were found. Plain text, not HTML: escape it where you show it."""

    field: str = Field(description="The field it is from")
    text: str
    hits: Places = Field(
        description="Where in `text` the words stand: beginning and end, in characters"
    )

    @classmethod
    def of(cls, snippet: Snippet) -> "SnippetOut":
        return cls(field=snippet.part, text=snippet.text, hits=list(snippet.hits))


class SearchItem(ProposalItem):
    """A proposal that was found."""

    title_hits: Places = Field(description="Where in `title` the words stand")
    snippet: SnippetOut

    @classmethod
    def of_hit(cls, hit: Hit, base_url: str) -> "SearchItem":
        shown = {"title_hits": list(hit.title.hits), "snippet": SnippetOut.of(hit.snippet)}
        return cls.model_validate({**cls.values(hit.proposal, base_url), **shown})


class FacetValue(BaseModel):
    """How many of what was found have this value."""

    value: str = Field(description="A code, or the number of a campaign")
    count: int


class Facets(BaseModel):
    """Counts by each filter's values, most first; a filter narrows all facets but its own."""

    pillar: list[FacetValue]
    goal: list[FacetValue]
    ward: list[FacetValue]
    status: list[FacetValue]
    campaign: list[FacetValue]


class SearchPage(BaseModel):
    items: list[SearchItem]
    total: int
    is_close: bool = Field(description="Nothing has exactly these words; this comes close")
    facets: Facets
    next_cursor: str | None

    @classmethod
    def of(cls, items: list[SearchItem], found: Found, cursor: str | None) -> "SearchPage":
        facets = {
            name: [FacetValue(value=value, count=count) for value, count in counts.most_common()]
            for name, counts in found.facets.items()
        }
        return cls(
            items=items,
            total=found.total,
            is_close=found.is_close,
            facets=Facets(**facets),
            next_cursor=cursor,
        )


class AlikePage(BaseModel):
    """Proposals that resemble what somebody is writing, the most alike first."""

    items: list[ProposalItem]
