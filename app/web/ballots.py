"""One's own votes, for oneself alone."""

from fastapi import Request
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn, write_cursor
from app.services import ballots
from app.web.pages import RenderDep, new_router, page_cursor

router = new_router()
PATH = "/account/votes"
PAGE = 30


@router.get(PATH)
def own(
    request: Request, session: SessionDep, settings: SettingsDep, actor: SignedIn, render: RenderDep
) -> Response:
    listing, cursor = f"votes|{actor.id}", request.query_params.get("cursor")
    after = page_cursor(settings, listing, cursor)
    page = ballots.own(session, actor, PAGE, after)
    following = write_cursor(settings, listing, page.next_after)
    return render(
        "account/votes.html",
        votes=page.items,
        next_href=f"{PATH}?cursor={following}" if following else None,
        first_href=PATH if cursor else None,
    )
