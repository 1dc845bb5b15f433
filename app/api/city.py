"""The city's lists and campaigns over JSON."""

from app.api.routing import new_router
from app.api.schemas import CampaignOut, CampaignPage, EntryOut, EntryPage
from app.database import now
from app.dependencies import SessionDep, SettingsDep, TokenActor
from app.forms import Number, RulesForm
from app.permissions import may_manage_campaigns, require
from app.services import campaign_rules, campaigns, cities

router = new_router("City")


@router.get("/campaigns")
def list_campaigns(session: SessionDep, settings: SettingsDep) -> CampaignPage:
    """All campaigns, the standing one first, then the newest."""
    at = now()
    found = campaigns.every(session)
    return CampaignPage(items=[CampaignOut.of(one, settings.base_url, at) for one in found])


@router.get("/campaigns/{campaign_id}")
def read_campaign(
    campaign_id: Number,
    session: SessionDep,
    settings: SettingsDep,
) -> CampaignOut:
    """One campaign."""
    return CampaignOut.of(campaigns.get(session, campaign_id), settings.base_url, now())


@router.get("/campaigns/{campaign_id}/rules")
def read_rules(campaign_id: Number, session: SessionDep) -> RulesForm:
    """How a campaign is run."""
    return campaign_rules.of(campaigns.get(session, campaign_id))


@router.put("/campaigns/{campaign_id}/rules")
def change_rules(
    campaign_id: Number, body: RulesForm, session: SessionDep, actor: TokenActor
) -> RulesForm:
    """Set how a campaign is run; for administrators."""
    require(may_manage_campaigns(actor), actor)
    campaign = campaigns.get(session, campaign_id, lock=True)
    campaign_rules.change(session, actor, campaign, body)
    return campaign_rules.of(campaign)


@router.get("/pillars")
def pillars(session: SessionDep) -> EntryPage:
    """The pillars under which proposals stand."""
    found = cities.catalogue(session).pillars.values()
    return EntryPage(items=[EntryOut.of(entry) for entry in found])


@router.get("/goals")
def goals(session: SessionDep) -> EntryPage:
    """The city's goals."""
    found = cities.catalogue(session).goals.values()
    return EntryPage(items=[EntryOut.of(entry) for entry in found])


@router.get("/wards")
def wards(session: SessionDep) -> EntryPage:
    """The wards and communes, by official code."""
    found = cities.catalogue(session).wards.values()
    return EntryPage(items=[EntryOut.of(entry) for entry in found])


@router.get("/reasons")
def reasons(session: SessionDep) -> EntryPage:
    """The reasons of the moderation policy."""
    found = cities.catalogue(session).reasons.values()
    return EntryPage(items=[EntryOut.of(entry) for entry in found])


@router.get("/expertises")
def expertises(session: SessionDep) -> EntryPage:
    """The fields of expertise."""
    found = cities.catalogue(session).expertises.values()
    return EntryPage(items=[EntryOut.of(entry) for entry in found])


@router.get("/departments")
def departments(session: SessionDep) -> EntryPage:
    """The departments that answer for the city."""
    found = cities.catalogue(session).departments.values()
    return EntryPage(items=[EntryOut.of(entry) for entry in found])
