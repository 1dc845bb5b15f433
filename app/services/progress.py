"""Progress: how far a proposal has come, as one line of steps from its publication to its end."""

from dataclasses import dataclass
from datetime import datetime

from app.lifecycle import CITY_STATUSES
from app.models import Event, EventKind, Proposal, Status

# The way of a proposal that the city carries out.
WAY = (Status.PUBLISHED, *(one for one in CITY_STATUSES if one is not Status.DECLINED))


@dataclass(frozen=True)
class Stage:
    """A step of the line; without a moment it has not been reached, or was passed over."""

    status: Status
    reached_at: datetime | None
    is_reached: bool
    is_current: bool


def line(proposal: Proposal, events: list[Event]) -> list[Stage]:
    """The steps of a published proposal, by what has happened to it; none before it was published.

    What ends elsewhere, declined, withdrawn or merged, has the steps it reached and that end.
    """
    if proposal.published_at is None:
        return []
    current = proposal.status_before_hiding or proposal.status
    moments = _moments(events) | {Status.PUBLISHED: proposal.published_at}
    way = WAY if current in WAY else (*(one for one in WAY if one in moments), current)
    place = way.index(current)
    return [
        Stage(status, moments.get(status) if at <= place else None, at <= place, at == place)
        for at, status in enumerate(way)
    ]


def _moments(events: list[Event]) -> dict[Status, datetime]:
    """When each status was reached first; to be shown again is not to reach it."""
    found: dict[Status, datetime] = {}
    for event in events:
        if event.kind is EventKind.STATUS and event.from_status is not Status.HIDDEN:
            found.setdefault(event.to_status, event.created_at)
    return found
