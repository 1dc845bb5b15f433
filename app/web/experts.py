"""Experts for everybody: the directory with its filters, and one expert's profile with their published proposals."""

from typing import Annotated

from fastapi import Path, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from app import names
from app.dependencies import BrowserActor, SessionDep, SettingsDep, write_cursor
from app.errors import NotFound
from app.forms import LARGEST_ID, Code
from app.permissions import may_apply, may_decide_on_application
from app.services import cities, experts, listings
from app.services.experts import ExpertFilter
from app.services.listings import Filter, Sort
from app.web.cards import card
from app.web.pages import RenderDep, new_router, page_cursor

router = new_router()
PAGE = 24
PROPOSALS = 10
AccountId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class DirectoryQuery(BaseModel):
    """The directory's parameters. An empty one, as a form sends it, means no filter; unknown ones are ignored."""

    field: Code | None = None
    country: Code | None = None
    cursor: str | None = None

    def filters(self) -> ExpertFilter:
        return ExpertFilter(self.field, self.country)


def _read_query(request: Request) -> DirectoryQuery:
    given = {key: value for key, value in request.query_params.items() if value}
    try:
        return DirectoryQuery.model_validate(given)
    except ValidationError as error:
        raise NotFound from error


@router.get("/experts")
def directory(
    request: Request, session: SessionDep, settings: SettingsDep, actor: BrowserActor, render: RenderDep
) -> Response:  # fmt: skip
    query = _read_query(request)
    city = cities.catalogue(session)
    listing = f"web-experts|{query.model_dump_json(exclude={'cursor'})}"
    after = page_cursor(settings, listing, query.cursor)
    page = experts.listed(session, query.filters(), PAGE, after)
    cursor = write_cursor(settings, listing, page.next_after)
    used = set(experts.countries(session)) | {query.country}
    return render(
        "experts/list.html",
        experts=page.items,
        fields=city.expertises,
        query=query,
        is_filtered=query.filters() != ExpertFilter(),
        may_apply=may_apply(actor),
        country_entries=[entry for entry in names.countries().items() if entry[0] in used],
        next_href=str(request.url.include_query_params(cursor=cursor).query) if cursor else None,
        first_href=str(request.url.remove_query_params("cursor").query) if query.cursor else None,
    )


@router.get("/experts/{account_id:int}")
def show(
    account_id: AccountId,
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    actor: BrowserActor,
    render: RenderDep,
) -> Response:
    expert = experts.get(session, account_id)
    city, listing = cities.catalogue(session), f"web-expert|{account_id}"
    given = request.query_params.get("cursor") or None
    after = page_cursor(settings, listing, given)
    page = listings.published(session, Filter(author=account_id), Sort.NEWEST, PROPOSALS, after)
    profile = expert.profile
    return render(
        "experts/show.html",
        expert=expert,
        profile=profile,
        field=city.expertises.get(profile.field_code or "") if profile else None,
        items=[card(city, proposal) for proposal in page.items],
        next_cursor=write_cursor(settings, listing, page.next_after),
        is_first=given is None,
        may_decide=profile is not None and may_decide_on_application(actor, profile),
    )
