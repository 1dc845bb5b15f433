"""The front page: what the network is, what is open now, what is new, what is well supported, what the city has answered."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from app.database import now
from app.dependencies import SessionDep
from app.services import answer_lists, campaigns, cities, listings, statistics
from app.services.cities import Catalogue
from app.services.listings import Filter, Sort
from app.web.campaigns import phases
from app.web.cards import card
from app.web.pages import RenderDep, new_router

router = new_router()
ITEMS = 3
ANSWERS = 3
CAMPAIGNS = 4
RECENT = timedelta(days=7)


@router.get("/")
def home(session: SessionDep, render: RenderDep) -> Response:
    city, at = cities.catalogue(session), now()
    answers = answer_lists.published(session, None, ANSWERS).items
    return render(
        "home.html",
        **_proposals(session, city),
        **_campaigns(session, at),
        answers=[(answer, card(city, answer.proposal)) for answer in answers],
        figures=statistics.movement(session, at - RECENT),
    )


def _proposals(session: Session, city: Catalogue) -> dict[str, Any]:
    """What is rising and what is newest; nothing twice, as long as there is enough."""
    rising = listings.published(session, Filter(), Sort.TRENDING, ITEMS).items
    newest = listings.published(session, Filter(), Sort.NEWEST, 2 * ITEMS).items
    fresh = [proposal for proposal in newest if proposal not in rising]
    return {
        "trending": [card(city, proposal) for proposal in rising],
        "newest": [card(city, proposal) for proposal in fresh[:ITEMS]],
    }


def _campaigns(session: Session, at: datetime) -> dict[str, Any]:
    """The campaigns that are open now, those that end first before the others; the standing one, which never does, last."""
    running = [
        c for c in campaigns.every(session) if c.is_submission_open(at) or c.is_voting_open(at)
    ]
    running.sort(key=lambda c: (c.is_standing, c.voting_closes_at is None, c.voting_closes_at))
    return {
        "campaigns": [phases(campaign, at) for campaign in running[:CAMPAIGNS]],
        "has_more_campaigns": len(running) > CAMPAIGNS,
    }
