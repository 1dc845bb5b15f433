"""Campaigns: read by everyone; the standing one takes what names no other."""

from sqlmodel import Session, col, select

from app.errors import NotFound, Unavailable
from app.models import Campaign


def find(session: Session, campaign_id: int) -> Campaign | None:
    return session.get(Campaign, campaign_id)


def get(session: Session, campaign_id: int) -> Campaign:
    """The campaign. Raises NotFound."""
    campaign = find(session, campaign_id)
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
