"""Setting up campaigns: the form of a new one and of one that is to change. Moments are typed in the city's time."""

from typing import Any

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import SessionDep, SignedIn
from app.errors import Conflict, Invalid
from app.forms import QUESTION_LENGTH, TITLE_LENGTH, CampaignForm, read
from app.i18n import LANGUAGES
from app.models import Campaign
from app.permissions import may_manage_campaigns, require
from app.services import campaigns, cities, days
from app.web import refusals
from app.web.campaigns import CampaignId
from app.web.pages import Posted, Render, RenderDep, new_router, see_other, text_of

router = new_router()
MOMENTS = ("submission_opens_at", "submission_closes_at", "voting_opens_at", "voting_closes_at")


def _page(
    render: Render, values: dict[str, Any], campaign: Campaign | None, error: Conflict | Invalid | None = None
) -> Response:  # fmt: skip
    return render(
        "campaigns/form.html",
        values=values,
        campaign=campaign,
        **refusals.shown(error),
        moments=MOMENTS,
        limits={"title": TITLE_LENGTH, "question": QUESTION_LENGTH},
    )


def _typed(posted: FormData) -> dict[str, Any]:
    """The posted fields as they were typed."""
    plain = (*MOMENTS, "votes_per_person", "votes_need", "budget", "currency")
    return {
        **{name: text_of(posted, name).strip() for name in plain},
        "title": {code: text_of(posted, f"title_{code}") for code in LANGUAGES},
        "question": {code: text_of(posted, f"question_{code}") for code in LANGUAGES},
        "allows_opposition": bool(text_of(posted, "allows_opposition")),
    }


def _read(session: Session, typed: dict[str, Any]) -> CampaignForm:
    """The form in what was typed. Raises Invalid."""
    zone = cities.catalogue(session).timezone
    moments = {name: days.read_moment(typed[name], zone) for name in MOMENTS}
    empty = {name: typed[name] or None for name in ("votes_per_person", "budget", "currency")}
    return read(CampaignForm, {**typed, **moments, **empty})


def _values_of(session: Session, campaign: Campaign) -> dict[str, Any]:
    zone = cities.catalogue(session).timezone
    moments = {name: getattr(campaign, name) for name in MOMENTS}
    plain = ("title", "question", "votes_per_person", "votes_need", "budget", "currency", "allows_opposition")  # fmt: skip
    return {
        **{name: getattr(campaign, name) for name in plain},
        **{name: days.show_moment(at, zone) for name, at in moments.items()},
    }


@router.get("/campaigns/new")
def new(session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    require(may_manage_campaigns(actor), actor)
    blank = Campaign(slug="", title={}, question={})
    return _page(render, _values_of(session, blank), None)


@router.post("/campaigns/new")
def create(posted: Posted, session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    require(may_manage_campaigns(actor), actor)
    typed = _typed(posted)
    try:
        campaign = campaigns.create(session, actor, _read(session, typed))
    except Invalid as error:
        return _page(render, typed, None, error)
    return see_other(campaign.path, "campaign.saved")


@router.get("/campaigns/{campaign_id:int}/edit")
def edit(
    campaign_id: CampaignId, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:
    require(may_manage_campaigns(actor), actor)
    campaign = campaigns.get(session, campaign_id)
    campaigns.require_own(campaign)
    return _page(render, _values_of(session, campaign), campaign)


@router.post("/campaigns/{campaign_id:int}/edit")
def save(
    campaign_id: CampaignId,
    posted: Posted,
    session: SessionDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    require(may_manage_campaigns(actor), actor)
    campaign = campaigns.get(session, campaign_id, lock=True)
    typed = _typed(posted)
    try:
        with session.begin_nested():
            campaigns.edit(session, actor, campaign, _read(session, typed))
    except (Conflict, Invalid) as error:
        session.refresh(campaign)
        return _page(render, typed, campaign, error)
    return see_other(campaign.path, "campaign.saved")
