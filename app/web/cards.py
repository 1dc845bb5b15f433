"""Cards: a proposal as lists show it, with its codes turned into names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.i18n import translate, translate_plural
from app.labels import member_name, status_label
from app.models import Account, Proposal
from app.services.cities import Catalogue, Entry

MOST_PLACES = 2


@dataclass(frozen=True)
class CoAuthorName:
    """A co-author as pages name them."""

    name: str
    is_expert: bool
    url: str | None


@dataclass(frozen=True)
class Card:
    """What a list shows of a proposal."""

    id: int
    ref: str
    url: str
    title: str
    summary: str
    language: str
    status: str
    status_label: str
    pillar: Entry | None
    place_text: str
    author_name: str
    author_is_expert: bool
    author_url: str | None
    co_authors: list[CoAuthorName]
    support_count: int
    oppose_count: int
    comment_count: int
    allows_opposition: bool
    assessment_score: float | None
    published_at: datetime | None
    submitted_at: datetime | None


def place_text(city: Catalogue, codes: Sequence[str]) -> str:
    """The places in a few words: “Phường Láng, Xã Bát Tràng +4”, or the whole city."""
    if not codes:
        return translate("Whole city")
    names = [city.wards[code].name for code in codes[:MOST_PLACES] if code in city.wards]
    more = len(codes) - len(names)
    return ", ".join(names) + (f" +{more}" if more else "")


def profile_url(account: Account) -> str | None:
    """The address of a person's public profile, which experts have."""
    shown = account.is_expert and account.banned_at is None
    return f"/experts/{account.id}" if shown else None


def card(city: Catalogue, proposal: Proposal) -> Card:
    """The card of a proposal that was loaded with its details."""
    return Card(
        id=proposal.id,
        ref=proposal.ref or "",
        url=proposal.path,
        title=proposal.title,
        summary=proposal.summary,
        language=proposal.language,
        status=proposal.status.value,
        status_label=status_label(proposal.status),
        pillar=city.pillars.get(proposal.pillar_code or ""),
        place_text=place_text(city, proposal.wards),
        author_name=member_name(proposal.author),
        author_is_expert=proposal.author.is_expert,
        author_url=profile_url(proposal.author),
        co_authors=[
            CoAuthorName(member_name(one), one.is_expert, profile_url(one))
            for one in proposal.co_authors
        ],
        support_count=proposal.support_count,
        oppose_count=proposal.oppose_count,
        comment_count=proposal.comment_count,
        allows_opposition=proposal.campaign.allows_opposition,
        assessment_score=proposal.assessment_score,
        published_at=proposal.published_at,
        submitted_at=proposal.submitted_at,
    )


def days_left(closes_at: datetime, at: datetime) -> str:
    """“12 days left”, counting a begun day as one."""
    days = max(0, -((at - closes_at).days))
    return translate_plural("%(num)s day left", "%(num)s days left", days) % {"num": days}
