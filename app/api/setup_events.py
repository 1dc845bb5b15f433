"""Setup events over JSON: what staff have set up or changed, for staff."""

from fastapi import Request, Response

from app.api.routing import new_router, next_link
from app.api.schemas import SetupEventOut, SetupEventPage
from app.dependencies import SessionDep, SettingsDep, TokenActor, read_cursor, write_cursor
from app.forms import PageSize
from app.services import setup_events

router = new_router("Moderation")
LISTING = "setup-events"


@router.get("/moderation/setup-events")
def list_setup_events(
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
    limit: PageSize = 20,
    cursor: str | None = None,
) -> SetupEventPage:
    """Changes of campaigns, of how they are run and of canned answers, newest first; for staff."""
    page = setup_events.listed(session, actor, limit, read_cursor(settings, LISTING, cursor))
    following = write_cursor(settings, LISTING, page.next_after)
    next_link(request, response, settings, following)
    items = [SetupEventOut.of(event, who) for event, who in page.items]
    return SetupEventPage(items=items, next_cursor=following)
