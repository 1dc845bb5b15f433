"""Campaigns: read by everyone, set up by administrators; the standing one takes what names no other.

Once a vote has been cast the rules of voting stay: nobody's vote may come to mean something else. Voting that has ended
is not opened again: whoever deleted an account meanwhile could vote once more.
"""

from typing import Any

from sqlmodel import Session, col, select

from app.database import now
from app.errors import Conflict, FieldError, Invalid, NotFound, Unavailable
from app.forms import CampaignForm, missing
from app.i18n import N_
from app.models import Account, Campaign, Proposal, SetupMatter, Vote
from app.permissions import may_manage_campaigns, require
from app.services import cities, setup_events
from app.text import slug

_RULES = ("votes_per_person", "votes_need", "allows_opposition")
_PHASES = (
    ("submission_opens_at", "submission_closes_at"),
    ("voting_opens_at", "voting_closes_at"),
    ("submission_opens_at", "voting_closes_at"),
)


def find(session: Session, campaign_id: int) -> Campaign | None:
    return session.get(Campaign, campaign_id)


def get(session: Session, campaign_id: int, *, lock: bool = False) -> Campaign:
    """The campaign; `lock` keeps others from changing it meanwhile. Raises NotFound."""
    query = select(Campaign).where(Campaign.id == campaign_id)
    campaign = session.exec(query.with_for_update() if lock else query).first()
    if campaign is None:
        raise NotFound
    return campaign


def standing(session: Session) -> Campaign:
    """The standing campaign. Raises Unavailable while no city is set up."""
    campaign = session.exec(select(Campaign).where(col(Campaign.is_standing))).first()
    if campaign is None:
        raise Unavailable("city.missing")
    return campaign


def every(session: Session) -> list[Campaign]:
    """All campaigns: the standing one first, then the newest first."""
    order = (col(Campaign.is_standing).desc(), col(Campaign.submission_opens_at).desc(), col(Campaign.id).desc())  # fmt: skip
    return list(session.exec(select(Campaign).order_by(*order)).all())


def create(session: Session, actor: Account, form: CampaignForm) -> Campaign:
    """A new campaign. Raises Forbidden, or Invalid where the form contradicts itself."""
    require(may_manage_campaigns(actor), actor)
    _require_sense(session, form)
    campaign = Campaign(slug="", title={}, question={})
    _write(session, campaign, form)
    session.add(campaign)
    session.flush()
    _record(session, actor, campaign, {})
    return campaign


def edit(session: Session, actor: Account, campaign: Campaign, form: CampaignForm) -> None:
    """Change a campaign whose row the caller has locked.

    Raises Forbidden, Invalid, or Conflict for one that is not set up here or whose rules votes have been cast by.
    """
    require(may_manage_campaigns(actor), actor)
    require_own(campaign)
    _require_sense(session, form)
    if rules(campaign) != {name: getattr(form, name) for name in _RULES} and has_votes(session, campaign):  # fmt: skip
        raise Conflict("campaign.votes_cast")
    if _reopens(campaign, form) and has_votes(session, campaign):
        raise Conflict("campaign.voting_over")
    before = _content(campaign)
    _write(session, campaign, form)
    _record(session, actor, campaign, before)


def _content(campaign: Campaign) -> dict[str, Any]:
    return {name: getattr(campaign, name) for name in CampaignForm.model_fields}


def _record(session: Session, actor: Account, campaign: Campaign, before: dict[str, Any]) -> None:
    title = title_of(session, campaign)
    setup_events.record(session, actor, SetupMatter.CAMPAIGN, campaign.id, title, before, _content(campaign))  # fmt: skip


def title_of(session: Session, campaign: Campaign) -> str:
    """Its title in the city's language; an imported one may have another only."""
    titles: dict[str, str] = campaign.title
    return titles.get(cities.catalogue(session).default_language) or next(iter(titles.values()), "")


def _reopens(campaign: Campaign, form: CampaignForm) -> bool:
    """Whether voting that has ended would go on. Votes of people who have left stand for good then (votes.forget)."""
    ended, end = campaign.voting_closes_at, form.voting_closes_at
    return ended is not None and ended <= now() and (end is None or end > ended)


def rules(campaign: Campaign) -> dict[str, Any]:
    """How votes count in the campaign."""
    return {name: getattr(campaign, name) for name in _RULES}


def require_own(campaign: Campaign) -> None:
    """Raise Conflict for a campaign that is not set up here."""
    if campaign.is_fixed:
        raise Conflict("campaign.fixed")


def has_votes(session: Session, campaign: Campaign) -> bool:
    """Whether anybody has voted in the campaign."""
    query = select(Vote.proposal_id).join(Proposal).where(Proposal.campaign_id == campaign.id)
    return session.exec(query.limit(1)).first() is not None


def _require_sense(session: Session, form: CampaignForm) -> None:
    language = cities.catalogue(session).default_language
    errors = [missing(name) for name in ("title", "question") if not getattr(form, name).get(language)]  # fmt: skip
    for opens, closes in _PHASES:
        begin, end = getattr(form, opens), getattr(form, closes)
        if begin is not None and end is not None and end <= begin:
            message = N_("This must be later than the opening.")
            errors.append(FieldError(closes, "too_early", message, {}))
    if form.budget is not None and form.currency is None:
        errors.append(missing("currency"))
    if errors:
        raise Invalid(errors)


def _write(session: Session, campaign: Campaign, form: CampaignForm) -> None:
    for name, value in form.model_dump(exclude={"title", "question"}).items():
        setattr(campaign, name, value)
    campaign.title = {code: words for code, words in form.title.items() if words}
    campaign.question = {code: words for code, words in form.question.items() if words}
    campaign.slug = slug(campaign.title[cities.catalogue(session).default_language])
