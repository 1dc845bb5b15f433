"""What the API's routers share: strict JSON, documented problems, the path's number, links to the next page."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.api.schemas import Problem
from app.forms import Number
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
