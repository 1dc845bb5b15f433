"""How campaigns are run: what is moderated beforehand, and when the city owes an answer. Administrators set it, for every
campaign: the standing one and imported ones too, whose texts and dates come from elsewhere.
"""

from sqlmodel import Session

from app.forms import RulesForm
from app.models import Account, Campaign
from app.permissions import may_manage_campaigns, require


def of(campaign: Campaign) -> RulesForm:
    """The rules as they are."""
    return RulesForm(**{name: getattr(campaign, name) for name in RulesForm.model_fields})


def change(session: Session, actor: Account, campaign: Campaign, form: RulesForm) -> None:
    """Set the rules of a campaign whose row the caller has locked. Raises Forbidden."""
    require(may_manage_campaigns(actor), actor)
    for name in RulesForm.model_fields:
        setattr(campaign, name, getattr(form, name))
    session.flush()
