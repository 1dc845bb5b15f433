"""The front page: what the network is, what is open now, what is new and what is well supported."""

from starlette.responses import Response

from app.database import now
from app.dependencies import SessionDep
from app.services import campaigns, cities, listings, statistics
from app.services.listings import Filter, Sort
from app.web.campaigns import phases
from app.web.cards import card
from app.web.pages import RenderDep, new_router

router = new_router()
ITEMS = 4


@router.get("/")
def home(session: SessionDep, render: RenderDep) -> Response:
    city = cities.catalogue(session)
    at = now()
    lists = {
        sort: listings.published(session, Filter(), sort, ITEMS).items
        for sort in (Sort.TRENDING, Sort.NEWEST)
    }
    running = [
        c for c in campaigns.every(session) if c.is_submission_open(at) or c.is_voting_open(at)
    ]
    return render(
        "home.html",
        trending=[card(city, proposal) for proposal in lists[Sort.TRENDING]],
        newest=[card(city, proposal) for proposal in lists[Sort.NEWEST]],
        campaigns=[phases(campaign, at) for campaign in running],
        figures=statistics.current(session),
    )
