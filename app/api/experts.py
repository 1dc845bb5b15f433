"""Experts over JSON: the directory and one profile. Their email addresses are nobody's business."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app import names
from app.api.routing import new_router, next_link
from app.api.schemas import ExpertDetail, ExpertItem, ExpertPage
from app.dependencies import SessionDep, SettingsDep, read_cursor, write_cursor
from app.errors import Invalid
from app.forms import Number, PageSize, unknown
from app.services import cities, experts
from app.services.experts import ExpertFilter

router = new_router("Experts")


class DirectoryQuery(BaseModel):
    """The parameters of the directory; others are refused."""

    model_config = ConfigDict(extra="forbid")

    limit: PageSize = 20
    cursor: str | None = Field(None, description="`next_cursor` of the page before")
    field: str | None = Field(None, description="Code of /expertises")
    country: str | None = Field(None, description="ISO 3166-1 alpha-2, in capitals")
    lang: str | None = Field(None, description="Language of names and messages: vi or en")

    def listing(self) -> str:
        """What a cursor of this list belongs to."""
        return f"experts|{self.field}|{self.country}"


@router.get("/experts", responses={200: {"headers": {"Link": {"schema": {"type": "string"}, "description": '`<…>; rel="next"`'}}}})  # fmt: skip
def list_experts(
    query: Annotated[DirectoryQuery, Query()],
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
) -> ExpertPage:
    """The city's experts, by name, page by page."""
    lists = (("field", cities.catalogue(session).expertises), ("country", names.countries()))
    errors = [unknown(name) for name, known in lists if getattr(query, name) not in {None, *known}]
    if errors:
        raise Invalid(errors)
    after = read_cursor(settings, query.listing(), query.cursor)
    filters = ExpertFilter(query.field, query.country)
    page = experts.listed(session, filters, query.limit, after)
    cursor = write_cursor(settings, query.listing(), page.next_after)
    next_link(request, response, settings, cursor)
    items = [ExpertItem.of(expert, settings.base_url) for expert in page.items]
    return ExpertPage(items=items, next_cursor=cursor)


@router.get("/experts/{expert_id}")
def read_expert(
    expert_id: Number,
    session: SessionDep,
    settings: SettingsDep,
) -> ExpertDetail:
    """One expert, by the number that proposals give as `author.id`. Their proposals: /proposals?author=…"""
    return ExpertDetail.whole(experts.get(session, expert_id), settings.base_url)
