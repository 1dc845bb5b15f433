"""The page on which an administrator sets how a campaign is run."""

from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import SessionDep, SignedIn
from app.errors import Invalid
from app.forms import (
    CODE_LENGTH,
    DESCRIPTION_LENGTH,
    MOST_CRITERIA,
    NAME_LENGTH,
    RulesForm,
    read,
)
from app.i18n import DEFAULT_LANGUAGE, LANGUAGES, translate
from app.labels import field_label
from app.models import Campaign
from app.permissions import may_manage_campaigns, require
from app.services import campaign_rules, campaigns, rubrics
from app.web.campaigns import CampaignId
from app.web.pages import Posted, Render, RenderDep, new_router, see_other, text_of

router = new_router()
_TICKS = ("comments_premoderated", "trusted_skip", "answer_on_recommendation")
_NUMBERS = ("answer_threshold", "answer_days")
_SPARE = 2  # empty rows for criteria that are to be added
Row = dict[str, Any]
_BLANK: Row = {"code": "", "names": {}, "descriptions": {}}


def _page(
    render: Render, campaign: Campaign, values: dict[str, Any], error: Invalid | None = None
) -> Response:
    errors = _sentences(error)
    rows = values["rubric"] or []
    return render(
        "campaigns/rules.html",
        status=error.status if error else 200,
        campaign=campaign,
        values=values,
        rows=[*rows, *[_BLANK] * min(_SPARE, MOST_CRITERIA - len(rows))],
        usual=[rubrics.Criterion(**row) for row in rubrics.usual()],
        limits={"code": CODE_LENGTH, "name": NAME_LENGTH, "description": DESCRIPTION_LENGTH},
        errors=errors,
        error_list=[
            (f"field-{name}", f"{field_label(name.split('-')[0])}: {text}")
            for name, text in errors.items()
        ],
    )


def _sentences(error: Invalid | None) -> dict[str, str]:
    """A sentence for each bad field; those of a criterion by the id of their field, as `rubric-0-names-vi`."""
    found: dict[str, str] = {}
    for one in error.errors if error else []:
        name = one.field.replace(".", "-")
        name = f"{name}-{DEFAULT_LANGUAGE}" if name.endswith("names") else name
        found.setdefault(name, translate(one.message, **one.arguments))
    return found


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
        "rubric": _typed_rubric(posted) or None,
    }
    empty = {name: values[name] or None for name in _NUMBERS}
    try:
        campaign_rules.change(session, actor, campaign, read(RulesForm, values | empty))
    except Invalid as error:
        return _page(render, campaign, values, error)
    return see_other(campaign.path, "campaign.saved")


def _typed_rubric(posted: FormData) -> list[Row]:
    """The criteria as they were typed, without the empty rows; none of them means the usual ones."""
    rows = []
    for number in range(MOST_CRITERIA):
        texts = {
            part: {
                code: text
                for code in LANGUAGES
                if (text := text_of(posted, f"rubric-{number}-{part}-{code}").strip())
            }
            for part in ("names", "descriptions")
        }
        code = text_of(posted, f"rubric-{number}-code").strip()
        if code or texts["names"] or texts["descriptions"]:
            rows.append({"code": code, **texts})
    return rows
