"""One's own proposals, whatever their status, and what is suggested about them."""

from starlette.responses import Response

from app.dependencies import SessionDep, SignedIn
from app.services import cities, listings, merge_lists
from app.web.cards import card
from app.web.pages import RenderDep, new_router

router = new_router()


@router.get("/mine")
def mine(session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    city = cities.catalogue(session)
    items = [card(city, proposal) for proposal in listings.of_author(session, actor)]
    return render("mine.html", items=items, merge_suggestions=merge_lists.open_of(session, actor))
