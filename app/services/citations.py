"""Citations: how a public proposal is named in other texts, for good: by its reference, version, people, date and address.

A citation names the version that was read, so its address keeps leading to those very words.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app import bibtex
from app.errors import NotFound
from app.i18n import format_day, translate
from app.labels import member_name
from app.models import Proposal, Revision
from app.services import cities

# Addresses that are short enough to be written by hand, and stay whatever becomes of titles.
PERMANENT = "/p"


@dataclass(frozen=True)
class Citation:
    """What is cited; `dated` is the day since which everybody could read this version."""

    ref: str
    version: int
    title: str
    language: str
    authors: list[str]
    portal: str
    city: str
    published: date
    dated: date
    address: str  # of the proposal, in whichever version
    version_address: str

    @property
    def authors_text(self) -> str:
        return ", ".join(self.authors)

    @property
    def dated_text(self) -> str:
        """The day in the reader's format."""
        return format_day(self.dated.isoformat())

    @property
    def text(self) -> str:
        """The citation as one sentence, in the reader's language."""
        return translate(
            "%(authors)s (%(year)s). %(title)s. %(portal)s, %(city)s. %(ref)s, version %(version)s, %(date)s. %(address)s",
            authors=self.authors_text,
            year=self.dated.year,
            title=self.title,
            portal=self.portal,
            city=self.city,
            ref=self.ref,
            version=self.version,
            date=self.dated_text,
            address=self.version_address,
        )


def of(
    session: Session, base_url: str, proposal: Proposal, version: int | None = None
) -> Citation | None:
    """The citation of a proposal in its present or another public version, or None while it is not for everybody.

    Raises NotFound for a version that nobody but its author and moderators has seen, or that does not exist.
    """
    if not proposal.is_public:
        return None
    number, first = version or proposal.revision, proposal.published_revision or 1
    if not first <= number <= proposal.revision:
        raise NotFound
    found = None
    if number != first or number != proposal.revision:
        found = session.get(Revision, (proposal.id, number))
    if found is None and number != proposal.revision:
        raise NotFound
    return _citation(session, base_url, proposal, number, found)


def _citation(
    session: Session, base_url: str, proposal: Proposal, number: int, found: Revision | None
) -> Citation:
    city = cities.catalogue(session)
    zone = ZoneInfo(city.timezone)
    content = found.content if found else {}
    published = proposal.published_at or proposal.created_at
    address = f"{base_url}{PERMANENT}/{proposal.ref}"
    return Citation(
        ref=proposal.ref or "",
        version=number,
        title=content.get("title", proposal.title),
        language=content.get("language") or proposal.language,
        authors=authors_of(proposal),
        portal=city.portal_name,
        city=city.name,
        published=published.astimezone(zone).date(),
        # What was written before the publication could be read from then on.
        dated=max(found.created_at if found else published, published).astimezone(zone).date(),
        address=address,
        version_address=f"{address}/{number}",
    )


def authors_of(proposal: Proposal) -> list[str]:
    """The names under which a proposal stands, as everybody sees them."""
    return [member_name(one) for one in (proposal.author, *proposal.co_authors)]


def as_bibtex(citation: Citation) -> str:
    """The citation as a BibTeX entry, which every style knows; names stay whole, for many are not written last name last."""
    return bibtex.entry(
        "misc",
        f"{citation.ref}-v{citation.version}",
        {
            "author": " and ".join(bibtex.whole(name) for name in citation.authors),
            "title": bibtex.whole(citation.title),
            "year": str(citation.dated.year),
            "month": str(citation.dated.month),
            "date": citation.dated.isoformat(),
            "howpublished": bibtex.escaped(f"{citation.portal}, {citation.city}"),
            "number": bibtex.escaped(citation.ref),
            "version": str(citation.version),
            "note": bibtex.escaped(_version_text(citation)),
            "language": bibtex.escaped(citation.language),
            "url": bibtex.address(citation.version_address),
        },
    )


def _version_text(citation: Citation) -> str:
    return translate("%(ref)s, version %(version)s", ref=citation.ref, version=citation.version)


def as_csl(citation: Citation) -> dict[str, Any]:
    """The citation in the Citation Style Language's JSON, which Zotero and its like read."""
    return {
        "id": f"{citation.ref}-v{citation.version}",
        "type": "document",
        "title": citation.title,
        "author": [{"literal": name} for name in citation.authors],
        "issued": _day(citation.dated),
        "original-date": _day(citation.published),
        "publisher": citation.portal,
        "publisher-place": citation.city,
        "number": citation.ref,
        "version": str(citation.version),
        "language": citation.language,
        "URL": citation.version_address,
    }


def as_linked_data(citation: Citation, proposal: Proposal) -> dict[str, Any]:
    """The citation in the words of schema.org, for programs that collect pages."""
    return {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "identifier": citation.ref,
        "name": citation.title,
        "abstract": proposal.summary,
        "inLanguage": citation.language,
        "author": [{"@type": "Person", "name": name} for name in citation.authors],
        "publisher": {"@type": "Organization", "name": citation.portal},
        "spatialCoverage": citation.city,
        "version": citation.version,
        "datePublished": citation.published.isoformat(),
        "dateModified": citation.dated.isoformat(),
        "url": citation.address,
    }


def _day(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
