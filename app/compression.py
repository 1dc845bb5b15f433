"""Compression: answers whole and of text leave gzipped to whoever takes that; a page on a phone is a quarter of its size.

What is streamed is left alone, and so is what holds a secret (`no-store`): the length of a compressed answer tells
about its words to somebody who can put some of their own into it (BREACH). Other pages hold no token worth guessing.
"""

import gzip
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST = 600  # Below that, the answer fits a packet either way.
LEVEL, BEST = 5, 9
STATIC = "/static/"
TEXT = ("text/", "application/json", "application/problem+json", "application/javascript", "application/manifest+json", "image/svg+xml")  # fmt: skip


class Compress:
    """Gzips each text that comes in one piece, if the client takes it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _takes_gzip(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        start: Message = {}

        async def send_packed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start:
                message = _packed(start, message, scope["path"])
                await send(start)
                start = {}
            await send(message)

        await self.app(scope, receive, send_packed)


def _takes_gzip(headers: Headers) -> bool:
    codings = headers.get("accept-encoding", "").replace(" ", "").lower().split(",")
    return "gzip" in codings


def _packed(start: Message, message: Message, path: str) -> Message:
    """The first piece of the body, gzipped where it is the only one; then `start` says so."""
    headers = MutableHeaders(scope=start)
    if not headers.get("content-type", "").startswith(TEXT):
        return message
    headers.add_vary_header("Accept-Encoding")
    body = message.get("body", b"")
    kept_plain = len(body) < LEAST or message.get("more_body", False)
    if kept_plain or "content-encoding" in headers or "no-store" in headers.get("cache-control", ""):  # fmt: skip
        return message
    packed = _packed_file(body) if path.startswith(STATIC) else gzip.compress(body, LEVEL, mtime=0)
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(packed))
    # Byte for byte it is another answer now, and parts of it would be parts of the packed one.
    if (tag := headers.get("etag")) and not tag.startswith("W/"):
        headers["ETag"] = f"W/{tag}"
    del headers["accept-ranges"]
    return {**message, "body": packed}


@lru_cache(maxsize=16)
def _packed_file(body: bytes) -> bytes:
    """A static file, packed once for all who ask; there are few, and they change with a release only."""
    return gzip.compress(body, BEST, mtime=0)
