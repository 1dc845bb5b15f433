"""The application: the two doors put together over one core."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from app import api, jobs, oidc, web
from app.api.problems import problem
from app.api.routing import PROBLEM_SCHEMAS
from app.compression import Compress
from app.database import make_engine
from app.edge import (
    ChooseLanguage,
    HeadAsGet,
    IgnoreTrailingSlash,
    OpenToAllSites,
    ReadBody,
    SameSite,
)
from app.errors import (
    BadRequest,
    Invalid,
    MethodNotAllowed,
    NotFound,
    PortalError,
    Unavailable,
)
from app.forms import field_errors
from app.security import keyed_hash
from app.services import uploads
from app.settings import Settings, get_settings
from app.web.errors import error_page
from app.web.sessions import ARRIVAL_SECONDS

log = logging.getLogger("portal")
MOST_ERRORS = 50
# What a form has beside its file: fields, names, what stands between them.
FIELDS_BESIDE = 100_000


class InternalError(PortalError):
    status = 500


def create_app(settings: Settings | None = None) -> FastAPI:
    """The ASGI application for these settings, or for the environment's."""
    settings = settings or get_settings()
    app = FastAPI(
        title="Capital Initiatives Network API",
        version="1.0.0",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.engine = make_engine(settings)
    app.state.turns = asyncio.Semaphore(settings.threads)
    app.state.oidc = oidc.make_clients(settings)
    routers = (*api.routers, *web.routers(settings))
    for router in routers:
        app.include_router(router)
    # FastAPI keeps the routes of included routers to itself; some answers need to know them.
    app.state.routes = [route for router in routers for route in router.routes]
    web.mount_static(app)
    app.openapi = _openapi(app)  # type: ignore[method-assign]
    _handle_errors(app)
    _add_middlewares(app, settings)
    return app


def _add_middlewares(app: FastAPI, settings: Settings) -> None:
    # The one added last is the outermost.
    _remember_arrivals(app, settings)
    app.add_middleware(SameSite, answer=_answer)
    upload = uploads.LARGEST + FIELDS_BESIDE
    app.add_middleware(ReadBody, answer=_answer, limit=settings.max_body_bytes, upload_limit=upload)
    app.add_middleware(ChooseLanguage, https=settings.base_url.startswith("https://"))
    # Open data is for other sites' pages too. No cookie counts there, so nobody's rights go along.
    app.add_middleware(OpenToAllSites)
    app.add_middleware(Compress)
    app.add_middleware(HeadAsGet)
    app.add_middleware(IgnoreTrailingSlash)


def _remember_arrivals(app: FastAPI, settings: Settings) -> None:
    """A signed cookie for the minutes between leaving for a provider of identities and coming back."""
    https = settings.base_url.startswith("https://")
    app.add_middleware(
        SessionMiddleware,
        secret_key=keyed_hash(settings.secret_key, "arrival"),
        session_cookie="__Host-arrival" if https else "arrival",
        max_age=ARRIVAL_SECONDS,
        https_only=https,
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # More threads than connections would only queue for the pool, holding their requests' memory meanwhile.
    anyio.to_thread.current_default_thread_limiter().total_tokens = app.state.settings.threads
    with jobs.running(app.state.engine, app.state.settings):
        yield
    app.state.engine.dispose()


def _openapi(app: FastAPI) -> Callable[[], dict[str, Any]]:
    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            settings: Settings = app.state.settings
            schema = get_openapi(
                title=app.title,
                version=app.version,
                description="Proposals for the city, read and written by programs. Sign requests with `Authorization: Bearer TOKEN`.",
                routes=[route for router in api.routers for route in router.routes],
                servers=[{"url": settings.base_url}],
            )
            schema["components"]["schemas"] |= PROBLEM_SCHEMAS
            schema["components"]["securitySchemes"] = {
                "token": {"type": "http", "scheme": "bearer"}
            }
            # Reading needs no token; the description of an operation says where one is needed.
            schema["security"] = [{}, {"token": []}]
            app.openapi_schema = schema
        return app.openapi_schema

    return document


def _handle_errors(app: FastAPI) -> None:
    app.add_exception_handler(PortalError, _portal_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(DBAPIError, _database_error)
    app.add_exception_handler(Exception, _internal_error)


def _answer(request: Request, error: PortalError) -> Response:
    if f"{request.url.path}/".startswith("/api/"):
        return problem(request, error)
    return error_page(request, error)


def _portal_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PortalError)
    return _answer(request, error)


def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = list(error.errors())[:MOST_ERRORS]
    if any(one["loc"][0] == "path" for one in errors):
        return _answer(request, NotFound())
    for one in errors:
        if one["loc"][0] in {"query", "header"}:
            one["loc"] = one["loc"][1:]
    return _answer(request, Invalid(field_errors(errors)))


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known: dict[int, PortalError] = {404: NotFound(), 405: MethodNotAllowed("method.not_allowed")}
    unread = BadRequest("request.invalid")
    answer = _answer(request, known.get(error.status_code, unread))
    answer.headers.update(error.headers or {})
    if error.status_code == MethodNotAllowed.status:
        answer.headers["Allow"] = ", ".join(_methods(request))
    return answer


def _methods(request: Request) -> list[str]:
    """What the address of a request answers to (RFC 9110, 15.5.6); Starlette names the methods of one route only."""
    matching = [route for route in request.app.state.routes if route.matches(request.scope)[0] is not Match.NONE]  # fmt: skip
    methods = {method for route in matching for method in getattr(route, "methods", None) or ()}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


def _database_error(request: Request, error: Exception) -> Response:
    """A database that is away or locked for too long is temporary; any other of its errors is ours."""
    assert isinstance(error, DBAPIError)
    # Its kind and code; the database's own words may repeat a row's values.
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", "")
    log.error("Database error on %s %s: %s %s", request.method, request.url.path, type(error).__name__, code)  # fmt: skip
    temporary = error.connection_invalidated or type(error).__name__ == "OperationalError"
    return _answer(request, Unavailable("overloaded") if temporary else InternalError("internal"))


def _internal_error(request: Request, error: Exception) -> Response:
    return _answer(request, InternalError("internal"))
