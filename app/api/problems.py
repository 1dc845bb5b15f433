"""Errors as the API tells them: RFC 9457 problem details, in the reader's language."""

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from app.errors import Invalid, NotSignedIn, PortalError
from app.i18n import translate


def describe(error: PortalError, base_url: str, path: str) -> dict[str, Any]:
    """The error as problem details."""
    body: dict[str, Any] = {
        "type": f"{base_url}/open-data/problems#{error.key}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": translate(error.message, **error.arguments),
        "instance": path,
    }
    if isinstance(error, Invalid):
        body["errors"] = [
            {"field": e.field, "code": e.key, "message": translate(e.message, **e.arguments)}
            for e in error.errors
        ]
    return body


def problem(request: Request, error: PortalError) -> JSONResponse:
    """The error as an application/problem+json response."""
    body = describe(error, request.app.state.settings.base_url, request.url.path)
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, NotSignedIn) else {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    return JSONResponse(body, error.status, headers, media_type="application/problem+json")
