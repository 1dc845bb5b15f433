"""One's own proposals, whatever their status."""

from starlette.responses import Response

from app.dependencies import SessionDep, SignedIn
from app.services import cities, listings
from app.web.cards import card
from app.web.pages import RenderDep, new_router

router = new_router()


@router.get("/mine")
def mine(session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    city = cities.catalogue(session)
    items = [card(city, proposal) for proposal in listings.of_author(session, actor)]
    return render("mine.html", items=items)
