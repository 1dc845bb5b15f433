"""The edge: what every request meets before routing. Pure ASGI, outermost first in main.create_app().

Bodies are read whole and within a limit before anything else happens, so that a slow client holds no thread, no
connection and no lock; requests from other sites are refused; the reader's language is chosen.
"""

import http.cookies
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Forbidden, PortalError, TooLarge, TooSlow, Unavailable
from app.i18n import choose_language, language

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LANGUAGE_COOKIE = "lang"
# Addresses under it carry their own proof and look at no cookie: mail programs post to them (RFC 8058).
SIGNED = "/news/unsubscribe/"
# Where files are sent to.
UPLOADS = re.compile(r"/proposals/\d{1,18}/files|/api/v1/proposals/\d{1,18}/attachments", re.ASCII)
MOST_UPLOADS = 16
# The longest that a body may take to arrive, and that the rest of a refused one is read for.
BODY_SECONDS = 60
DRAIN_SECONDS = 5
MOST_DIGITS = 18
LANGUAGE_KEPT = timedelta(days=365)
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Only said over https (RFC 6797, 7.2); browsers then come back by https alone for a year.
STRICT_TRANSPORT = "max-age=31536000"


Answer = Callable[[Request, PortalError], Response]


class Refusing:
    """Base of the middlewares that may refuse; `answer` makes the response as for any other error."""

    def __init__(self, app: ASGIApp, answer: Answer) -> None:
        self.app = app
        self.answer = answer

    async def refuse(self, error: PortalError, scope: Scope, receive: Receive, send: Send) -> None:
        response = await run_in_threadpool(self.answer, Request(scope), error)
        await response(scope, receive, send)


class ReadBody(Refusing):
    """Reads the body whole; one over the limit is refused as soon as it is known to be.

    Where files are sent to, `upload_limit` holds instead, and no more than MOST_UPLOADS are held in memory at once.
    """

    def __init__(self, app: ASGIApp, answer: Answer, limit: int, upload_limit: int) -> None:
        super().__init__(app, answer)
        self.limit = limit
        self.upload_limit = max(limit, upload_limit)
        self.uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] != "POST" or UPLOADS.fullmatch(scope["path"]) is None:
            await self._pass_on(scope, receive, send, self.limit)
            return
        if self.uploads >= MOST_UPLOADS:
            await self.refuse(Unavailable("overloaded"), scope, receive, _draining(receive, send))
            return
        self.uploads += 1
        try:
            await self._pass_on(scope, receive, send, self.upload_limit)
        finally:
            self.uploads -= 1

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        try:
            with anyio.fail_after(BODY_SECONDS):
                body = await self._read(scope, receive, limit)
        except TimeoutError:
            await self.refuse(TooSlow("body.too_slow", limit=BODY_SECONDS), scope, receive, send)
            return
        except TooLarge as error:
            await self.refuse(error, scope, receive, _draining(receive, send))
            return
        if body is not None:
            scope["portal.body"] = body
            await self.app(scope, _replay(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive, limit: int) -> bytes | None:
        declared = Headers(scope=scope).get("content-length", "").lstrip("0")
        if len(declared) > MOST_DIGITS or (declared.isdigit() and int(declared) > limit):
            raise TooLarge("body.too_large", limit=limit)
        parts, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limit:
                raise TooLarge("body.too_large", limit=limit)
            more = message.get("more_body", False)
        return b"".join(parts)


def _draining(receive: Receive, send: Send) -> Send:
    """Sends an answer whose end waits until the rest of the request has been read, for some seconds.

    Closing a connection with unread bytes resets it, and a client that is still sending never sees the answer.
    """

    async def send_and_drain(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        await send({**message, "more_body": True})
        with anyio.move_on_after(DRAIN_SECONDS):
            while (await receive()).get("more_body", False):
                pass
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return send_and_drain


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


class SameSite(Refusing):
    """Refuses state-changing requests that another site made a browser send.

    Every browser since 2023 says where a request comes from (Sec-Fetch-Site), older ones send Origin with a POST; a
    client that sends neither is no browser. The API is left out: it knows no cookies, so there is nothing to ride on.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._is_cross_site(scope):
            await self.refuse(Forbidden("request.cross_site"), scope, receive, send)
            return
        await self.app(scope, receive, send)

    @staticmethod
    def _is_cross_site(scope: Scope) -> bool:
        if scope["method"] in SAFE_METHODS or scope["path"].startswith(("/api/", SIGNED)):
            return False
        headers = Headers(scope=scope)
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in {"same-origin", "none"}
        origin = headers.get("origin")
        return origin is not None and origin.partition("://")[2] != headers.get("host")


class ChooseLanguage:
    """Sets the reader's language for the request; one asked for in the address is kept in a cookie."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.https = https
        self.headers = SECURITY_HEADERS | (
            {"Strict-Transport-Security": STRICT_TRANSPORT} if https else {}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        query = parse_qs(scope["query_string"].decode("latin-1"))
        wanted = query.get("lang", [None])[-1]
        cookie = connection.cookies.get(LANGUAGE_COOKIE)
        chosen = choose_language(wanted, cookie, connection.headers.get("accept-language"))
        language.set(chosen)
        # A file is the same for everybody: who signs in or reads in another language need not fetch it again.
        is_static = scope["path"].startswith("/static/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                keep = wanted == chosen != cookie
                self._add_headers(message, chosen, keep=keep, is_static=is_static)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _add_headers(self, message: Message, chosen: str, *, keep: bool, is_static: bool) -> None:
        headers = MutableHeaders(scope=message)
        headers["Content-Language"] = chosen
        if not is_static:
            headers.add_vary_header("Accept-Language, Cookie")
        for name, value in self.headers.items():
            headers.setdefault(name, value)
        if keep:
            cookie: http.cookies.SimpleCookie = http.cookies.SimpleCookie()
            cookie[LANGUAGE_COOKIE] = chosen
            cookie[LANGUAGE_COOKIE].update(
                {"path": "/", "samesite": "Lax", "max-age": str(int(LANGUAGE_KEPT.total_seconds()))}
            )
            headers.append("Set-Cookie", cookie.output(header="").strip())
        if self.https:
            _secure_cookies(headers)


def _secure_cookies(headers: MutableHeaders) -> None:
    """No cookie, not even the one for the language, ever goes over plain http."""
    cookies = headers.getlist("set-cookie")
    del headers["set-cookie"]
    for cookie in cookies:
        is_secure = "; secure" in cookie.lower()
        headers.append("set-cookie", cookie if is_secure else f"{cookie}; Secure")


class OpenToAllSites:
    """Lets scripts of any site use the API (CORS, by Starlette); the pages stay closed to them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.open = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Accept-Language"],
            expose_headers=["Link", "Location", "Retry-After"],
            max_age=24 * 3600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["type"] == "http" and scope["path"].startswith("/api/")
        await (self.open if is_api else self.app)(scope, receive, send)


class HeadAsGet:
    """Answers HEAD as GET without the body (RFC 9110, 9.3.2); routes need to know GET only.

    Of a body that is made in parts, no more is made once its first part has come.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] != "http.response.body":
                await send(message)
                return
            await send({**message, "body": b"", "more_body": False})
            if message.get("more_body", False):
                rest.cancel()

        with anyio.CancelScope() as rest:
            await self.app({**scope, "method": "GET"}, receive, send_head)


class IgnoreTrailingSlash:
    """Routes `/proposals/` as `/proposals`. Starlette's redirect would repeat the Host header that the request gave."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self.app(scope, receive, send)
