"""Feeds: what is new, in the form that feed readers read (Atom, RFC 4287)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from feedgen.feed import FeedGenerator
from starlette.responses import Response

from app.database import now
from app.i18n import language


@dataclass(frozen=True)
class FeedEntry:
    """One entry. `key` names it for good, whatever language it is read in; `terms` are its categories."""

    key: str
    title: str
    summary: str
    url: str
    updated: datetime
    terms: tuple[str, ...] = ()


@dataclass(frozen=True)
class FeedHead:
    """What a feed is: its name, who makes it, where it stands and which page shows the same."""

    key: str
    title: str
    author: str
    url: str
    page_url: str


def atom(base_url: str, head: FeedHead, entries: Iterable[FeedEntry]) -> Response:
    """The feed, the newest entry first as they come in."""
    feed = FeedGenerator()
    entries = list(entries)
    feed.id(_tag(base_url, head.key))
    feed.title(head.title)
    feed.author({"name": head.author})
    feed.link(href=head.url, rel="self", type="application/atom+xml")
    feed.link(href=head.page_url, rel="alternate", type="text/html")
    feed.language(language.get())
    feed.updated(max((entry.updated for entry in entries), default=now()))
    for entry in entries:
        one = feed.add_entry(order="append")
        one.id(_tag(base_url, entry.key))
        one.title(entry.title)
        one.summary(entry.summary)
        one.link(href=entry.url)
        one.updated(entry.updated)
        one.category([{"term": term} for term in entry.terms])
    return Response(feed.atom_str(), media_type="application/atom+xml")


def _tag(base_url: str, key: str) -> str:
    """A name that stays the same wherever the page moves to (RFC 4151)."""
    return f"tag:{urlsplit(base_url).hostname},2026:{key}"
