"""Campaigns, the lists of the city and its statistics as the API returns them."""

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, Field

from app.i18n import localised
from app.models import Campaign, Level
from app.services.cities import Entry


class PhaseOut(BaseModel):
    """A phase, from `opens_at` up to but not including `closes_at`; null means without end on that side."""

    opens_at: datetime | None
    closes_at: datetime | None
    is_open: bool


class CampaignOut(BaseModel):
    id: int
    slug: str
    url: str
    title: str
    question: str
    is_standing: bool
    submission: PhaseOut
    voting: PhaseOut
    votes_per_person: int | None = Field(description="null: as many as there are proposals")
    votes_need: Level = Field(
        description="`verified`: only people whose identity is confirmed may vote"
    )
    allows_opposition: bool
    budget: Decimal | None
    currency: str | None

    @classmethod
    def of(cls, campaign: Campaign, base_url: str, at: datetime) -> "CampaignOut":
        return cls(
            id=campaign.id,
            slug=campaign.slug,
            url=base_url + campaign.path,
            title=localised(campaign.title),
            question=localised(campaign.question),
            is_standing=campaign.is_standing,
            submission=PhaseOut(
                opens_at=campaign.submission_opens_at,
                closes_at=campaign.submission_closes_at,
                is_open=campaign.is_submission_open(at),
            ),
            voting=PhaseOut(
                opens_at=campaign.voting_opens_at,
                closes_at=campaign.voting_closes_at,
                is_open=campaign.is_voting_open(at),
            ),
            votes_per_person=campaign.votes_per_person,
            votes_need=campaign.votes_need,
            allows_opposition=campaign.allows_opposition,
            budget=campaign.budget,
            currency=campaign.currency,
        )


class CampaignPage(BaseModel):
    items: list[CampaignOut]
    next_cursor: None = None


class EntryOut(BaseModel):
    """An entry of one of the city's lists."""

    code: str
    name: str = Field(description="In the language of the request")
    names: dict[str, str] = Field(description="By language code")

    @classmethod
    def of(cls, entry: Entry) -> "EntryOut":
        return cls(code=entry.code, name=entry.name, names=entry.names)


class EntryPage(BaseModel):
    items: list[EntryOut]
    next_cursor: None = None
