"""The page on which an administrator sets how a campaign is run."""

from typing import Any

from starlette.responses import Response

from app.dependencies import SessionDep, SignedIn
from app.errors import Invalid
from app.forms import RulesForm, read
from app.models import Campaign
from app.permissions import may_manage_campaigns, require
from app.services import campaign_rules, campaigns
from app.web import refusals
from app.web.campaigns import CampaignId
from app.web.pages import Posted, Render, RenderDep, new_router, see_other, text_of

router = new_router()
_TICKS = ("comments_premoderated", "trusted_skip", "answer_on_recommendation")
_NUMBERS = ("answer_threshold", "answer_days")


def _page(
    render: Render, campaign: Campaign, values: dict[str, Any], error: Invalid | None = None
) -> Response:
    return render(
        "campaigns/rules.html",
        status=error.status if error else 200,
        campaign=campaign,
        values=values,
        errors=refusals.sentences(error),
        error_list=refusals.lines(error),
    )


@router.get("/campaigns/{campaign_id:int}/rules")
def show(
    campaign_id: CampaignId, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:
    require(may_manage_campaigns(actor), actor)
    campaign = campaigns.get(session, campaign_id)
    return _page(render, campaign, campaign_rules.of(campaign).model_dump())


@router.post("/campaigns/{campaign_id:int}/rules")
def save(
    campaign_id: CampaignId,
    posted: Posted,
    session: SessionDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    require(may_manage_campaigns(actor), actor)
    campaign = campaigns.get(session, campaign_id, lock=True)
    values = {
        **{name: bool(text_of(posted, name)) for name in _TICKS},
        **{name: text_of(posted, name).strip() for name in _NUMBERS},
    }
    empty = {name: values[name] or None for name in _NUMBERS}
    try:
        campaign_rules.change(session, actor, campaign, read(RulesForm, values | empty))
    except Invalid as error:
        return _page(render, campaign, values, error)
    return see_other(campaign.path, "campaign.saved")
