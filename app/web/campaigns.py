"""Campaigns: the list, and one campaign with its phases and its proposals."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Path
from starlette.responses import RedirectResponse, Response

from app.database import now
from app.dependencies import BrowserActor, SessionDep
from app.forms import LARGEST_ID
from app.models import Campaign
from app.permissions import may_manage_campaigns
from app.services import campaigns, cities, listings
from app.services.listings import Filter, Sort
from app.web.cards import card, days_left
from app.web.pages import RenderDep, new_router

router = new_router()
CampaignId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
ITEMS = 10


@dataclass(frozen=True)
class Phases:
    """A campaign and where its phases stand."""

    campaign: Campaign
    submission_open: bool
    voting_open: bool
    submission_left: str | None
    voting_left: str | None
    elapsed: int | None  # percent of the time from the first opening to the last closing


def phases(campaign: Campaign, at: datetime) -> Phases:
    """Where a campaign's phases stand at a moment."""
    submission, voting = campaign.is_submission_open(at), campaign.is_voting_open(at)
    closes, ends = campaign.submission_closes_at, campaign.voting_closes_at
    return Phases(
        campaign,
        submission,
        voting,
        days_left(closes, at) if submission and closes else None,
        days_left(ends, at) if voting and ends else None,
        _elapsed(campaign, at),
    )


def _elapsed(campaign: Campaign, at: datetime) -> int | None:
    opens, closes = campaign.submission_opens_at, campaign.voting_closes_at
    if opens is None or closes is None or closes <= opens:
        return None
    return round(100 * min(1.0, max(0.0, (at - opens) / (closes - opens))))


@router.get("/campaigns")
def list_campaigns(session: SessionDep, actor: BrowserActor, render: RenderDep) -> Response:
    at = now()
    found = [phases(campaign, at) for campaign in campaigns.every(session)]
    running = [one for one in found if one.submission_open or one.voting_open]
    over = [one for one in found if one not in running]
    may_add = may_manage_campaigns(actor)
    return render("campaigns/list.html", running=running, over=over, may_add=may_add)


@router.get("/campaigns/{campaign_id:int}")
@router.get("/campaigns/{campaign_id:int}-{slug}")
def show(
    campaign_id: CampaignId,
    session: SessionDep,
    actor: BrowserActor,
    render: RenderDep,
    slug: str = "",
) -> Response:
    campaign = campaigns.get(session, campaign_id)
    if slug != campaign.slug:
        return RedirectResponse(campaign.path, 301)
    city = cities.catalogue(session)
    page = listings.published(session, Filter(campaign=campaign_id), Sort.MOST_SUPPORTED, ITEMS)
    return render(
        "campaigns/show.html",
        phases=phases(campaign, now()),
        campaign=campaign,
        items=[card(city, proposal) for proposal in page.items],
        more=page.next_after is not None,
        may_manage=may_manage_campaigns(actor),
        may_edit=may_manage_campaigns(actor) and not campaign.is_fixed,
    )
