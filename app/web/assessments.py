"""Assessments for everybody: all verdicts on a proposal, and the picture of supports beside scores."""

from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, Field, ValidationError
from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import BrowserActor, SessionDep
from app.errors import NotFound
from app.forms import LARGEST_ID
from app.i18n import N_, localised, translate
from app.models import HIGHEST_SCORE, LOWEST_SCORE, Campaign, Proposal
from app.permissions import may_arrange_assessment
from app.services import assessment_results, campaigns, cities, listings, proposals
from app.services.listings import Filter, Sort
from app.web import charts
from app.web.cards import card
from app.web.charts import Axis, Point, Series
from app.web.pages import RenderDep, new_router
from app.web.proposals import ProposalId

router = new_router()
# As many as still make a picture; the list of proposals goes on.
MOST_SHOWN = 100


class MapQuery(BaseModel):
    """What the picture is narrowed to, and whether it is for a phone's screen. Empty parameters are none."""

    campaign: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = None
    narrow: bool = False


@router.get("/proposals/{proposal_id:int}/assessment")
def show(
    proposal_id: ProposalId, session: SessionDep, actor: BrowserActor, render: RenderDep
) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id)
    city = cities.catalogue(session)
    return render(
        "assessments/show.html",
        proposal=proposal,
        card=card(city, proposal),
        results=assessment_results.published(session, proposal),
        may_arrange=may_arrange_assessment(actor, proposal),
    )


def _read_query(request: Request) -> MapQuery:
    given = {key: value for key, value in request.query_params.items() if value}
    try:
        return MapQuery.model_validate(given)
    except ValidationError as error:
        raise NotFound from error


def _shown(session: Session, query: MapQuery) -> tuple[Campaign | None, list[Proposal], bool]:
    """The campaign that is asked for, what the picture shows, and whether there is more. Raises NotFound."""
    campaign = campaigns.get(session, query.campaign) if query.campaign else None
    page = listings.published(session, Filter(campaign=query.campaign), Sort.BEST_ASSESSED, MOST_SHOWN)  # fmt: skip
    return campaign, page.items, page.next_after is not None


@router.get("/assessments/map")
def show_map(request: Request, session: SessionDep, render: RenderDep) -> Response:
    query = _read_query(request)
    campaign, found, more = _shown(session, query)
    city = cities.catalogue(session)
    results = assessment_results.newest_of(session, found)
    return render(
        "assessments/map.html",
        campaign=campaign,
        campaign_entries=[(one.id, localised(one.title)) for one in campaigns.every(session)],
        rows=[(card(city, one), results[one.id]) for one in found if one.id in results],
        more=more,
        suffix=f"campaign={campaign.id}" if campaign else "",
    )


@router.get("/assessments/map.svg")
def picture(request: Request, session: SessionDep) -> Response:
    """The picture itself: supports from left to right, scores from below to above, a colour for each pillar."""
    query = _read_query(request)
    _, found, _ = _shown(session, query)
    svg = charts.scatter(
        translate(N_("Supports and assessment scores")),
        Axis(translate(N_("Supports"))),
        Axis(translate(N_("Assessment score")), LOWEST_SCORE, HIGHEST_SCORE),
        _by_pillar(session, found),
        narrow=query.narrow,
    )
    return charts.picture(request, svg)


def _by_pillar(session: Session, found: list[Proposal]) -> list[tuple[Series, list[Point]]]:
    city = cities.catalogue(session)
    groups: list[tuple[Series, list[Point]]] = []
    for code, pillar in city.pillars.items():
        points = [_point(one) for one in found if one.pillar_code == code]
        if points:
            groups.append((Series(pillar.name, pillar.colour, pillar.colour_dark), points))
    rest = [_point(one) for one in found if one.pillar_code not in city.pillars]
    if rest:
        groups.append((Series(translate(N_("Without a pillar")), charts.DAY.soft, charts.NIGHT.soft), rest))  # fmt: skip
    return groups


def _point(proposal: Proposal) -> Point:
    # The number alone, as the table has it too: the city's letters and the year are the same for most.
    return Point(proposal.support_count, proposal.assessment_score or LOWEST_SCORE, str(proposal.id))  # fmt: skip
