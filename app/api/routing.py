"""What the API's routers share: strict JSON, documented problems, the path's number, links to the next page."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from app.api.schemas import Problem
from app.dependencies import SettingsDep, read_cursor, write_cursor
from app.forms import Number, PageSize
from app.services.paging import After
from app.settings import Settings
from app.strict_json import StrictRoute

ProposalId = Number
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "A refusal, as problem details (RFC 9457)", "content": _PROBLEM},
    "5XX": {"description": "A failure, as problem details (RFC 9457)", "content": _PROBLEM},
    422: {"description": "Parameters or body break a rule; `errors` names each field", "content": _PROBLEM},
}  # fmt: skip
_SCHEMA = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
# Routes give problems by their error handler, so FastAPI doesn't collect these schemas by itself.
PROBLEM_SCHEMAS = {**_SCHEMA.pop("$defs"), "Problem": _SCHEMA}


def new_router(tag: str) -> APIRouter:
    """A router of the API's routes under one heading of its documentation."""
    return APIRouter(prefix="/api/v1", tags=[tag], route_class=StrictRoute, responses=_PROBLEMS)


def next_link(request: Request, response: Response, settings: Settings, cursor: str | None) -> None:
    """Add the Link header to the next page (RFC 8288), if there is one."""
    if cursor is not None:
        address = request.url.include_query_params(cursor=cursor)
        link = f"{settings.base_url}{address.path}?{address.query}"
        response.headers["Link"] = f'<{link}>; rel="next"'


class Paging:
    """The page of a list that is asked for, where the list has no filters."""

    def __init__(
        self, request: Request, response: Response, settings: SettingsDep, limit: PageSize = 20, cursor: str | None = None
    ) -> None:  # fmt: skip
        self.limit = limit
        self._request, self._response, self._settings, self._cursor = request, response, settings, cursor  # fmt: skip

    def after(self, listing: str) -> After | None:
        """Where the page begins. Raises Invalid for a cursor of another list."""
        return read_cursor(self._settings, listing, self._cursor)

    def next_cursor(self, listing: str, after: After | None) -> str | None:
        """The cursor of the next page, if there is one, which the Link header leads to."""
        cursor = write_cursor(self._settings, listing, after)
        next_link(self._request, self._response, self._settings, cursor)
        return cursor


PagingDep = Annotated[Paging, Depends()]
