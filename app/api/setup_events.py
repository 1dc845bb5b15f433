"""Setup events over JSON: what staff have set up or changed, for staff."""

from app.api.routing import PagingDep, new_router
from app.api.schemas import SetupEventOut, SetupEventPage
from app.dependencies import SessionDep, TokenActor
from app.services import setup_events

router = new_router("Moderation")
LISTING = "setup-events"


@router.get("/moderation/setup-events")
def list_setup_events(paging: PagingDep, session: SessionDep, actor: TokenActor) -> SetupEventPage:
    """Changes of campaigns, of how they are run and of canned answers, newest first; for staff."""
    page = setup_events.listed(session, actor, paging.limit, paging.after(LISTING))
    items = [SetupEventOut.of(event, who) for event, who in page.items]
    return SetupEventPage(items=items, next_cursor=paging.next_cursor(LISTING, page.next_after))
