"""How campaigns are run: what is moderated beforehand, by which criteria evaluators judge, and when the city owes an answer. Administrators set it, for every
campaign: the standing one and imported ones too, whose texts and dates come from elsewhere.
"""

from sqlmodel import Session

from app.errors import FieldError, Invalid
from app.forms import RulesForm
from app.i18n import N_
from app.models import Account, Campaign, SetupMatter
from app.permissions import may_manage_campaigns, require
from app.services import campaigns, setup_events


def of(campaign: Campaign) -> RulesForm:
    """The rules as they are."""
    return RulesForm(**{name: getattr(campaign, name) for name in RulesForm.model_fields})


def change(session: Session, actor: Account, campaign: Campaign, form: RulesForm) -> None:
    """Set the rules of a campaign whose row the caller has locked; rounds of assessment keep the criteria they began with.

    Raises Forbidden, or Invalid where two criteria share a code.
    """
    require(may_manage_campaigns(actor), actor)
    _require_distinct(form)
    before, after = of(campaign).model_dump(), form.model_dump()
    for name, value in after.items():
        setattr(campaign, name, value)
    title = campaigns.title_of(session, campaign)
    setup_events.record(session, actor, SetupMatter.CAMPAIGN_RULES, campaign.id, title, before, after)  # fmt: skip


def _require_distinct(form: RulesForm) -> None:
    codes = [criterion.code for criterion in form.rubric or []]
    twice = [number for number, code in enumerate(codes) if code in codes[:number]]
    message = N_("Two criteria have the same code.")
    if twice:
        raise Invalid([FieldError(f"rubric.{twice[0]}.code", "duplicate", message, {})])
