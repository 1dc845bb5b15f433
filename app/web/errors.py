"""Errors as pages: what happened and what to do next, in the reader's language."""

import logging
from typing import Any

from markupsafe import escape
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.database import session_scope
from app.dependencies import get_browser_actor, get_browser_login
from app.edge import SAFE_METHODS
from app.errors import NotSignedIn, PortalError
from app.i18n import language, translate
from app.models import Account
from app.web import sign_in
from app.web.pages import render

log = logging.getLogger("portal")


def error_page(request: Request, error: PortalError) -> Response:
    """The error as a page. Someone who is not signed in is asked to, and what they had typed is kept."""
    if isinstance(error, NotSignedIn) and request.method in SAFE_METHODS:
        return RedirectResponse(sign_in.address(request), 303)
    if error.key == "second_factor.needed" and request.method in SAFE_METHODS:
        return RedirectResponse("/sign-in/second-factor", 303)
    try:
        with session_scope(request.app.state.engine, writes=False) as session:
            settings = request.app.state.settings
            actor = get_browser_actor(settings, get_browser_login(request, settings, session))
            if isinstance(error, NotSignedIn):
                return sign_in.page_after_expiry(request, session)
            return _page(request, session, actor, error)
    except Exception:
        log.exception("The error page itself failed")
        return _plain_page(error)


def _page(
    request: Request, session: Session, actor: Account | None, error: PortalError
) -> HTMLResponse:
    message = translate(error.message, **error.arguments)
    values: dict[str, Any] = {"code": error.status, "message": message}
    return render(request, session, actor, "error.html", status=error.status, retry_after=error.retry_after, **values)  # fmt: skip


def _plain_page(error: PortalError) -> HTMLResponse:
    """A page that needs no database, for when there is none."""
    message = translate(error.message, **error.arguments)
    again = translate(
        "Go back and try once more in a minute; what you typed is usually still there."
    )
    front_page = translate("Front page")
    body = f'<!doctype html><html lang="{language.get()}"><meta charset=utf-8><meta name=viewport content="width=device-width"><title>{error.status}</title><h1>{error.status}</h1><p>{escape(message)}</p><p>{again}</p><p><a href="/">{front_page}</a></p>'
    return HTMLResponse(body, error.status, {"Retry-After": "5"})
