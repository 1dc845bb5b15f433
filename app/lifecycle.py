"""The life of a proposal: the one table of allowed transitions, and who may make each.

Hiding and restoring stand beside the table: whatever is public can be hidden, and restoring leads back to where it was.
"""

from enum import StrEnum

from app.models import Proposal, Status


class Part(StrEnum):
    """The part someone plays towards a proposal."""

    AUTHOR = "author"
    STAFF = "staff"
    # Nobody's alone: it takes a suggestion and the consent of whoever is asked (services/mergers.py).
    AGREEMENT = "agreement"


S = Status
TRANSITIONS: dict[tuple[Status, Status], Part] = {
    (S.DRAFT, S.SUBMITTED): Part.AUTHOR,
    (S.RETURNED, S.SUBMITTED): Part.AUTHOR,
    (S.SUBMITTED, S.PUBLISHED): Part.STAFF,
    (S.SUBMITTED, S.RETURNED): Part.STAFF,
    (S.SUBMITTED, S.REJECTED): Part.STAFF,
    # After an appeal against the rejection.
    (S.REJECTED, S.PUBLISHED): Part.STAFF,
    (S.PUBLISHED, S.UNDER_CONSIDERATION): Part.STAFF,
    (S.UNDER_CONSIDERATION, S.ACCEPTED): Part.STAFF,
    (S.ACCEPTED, S.IN_PROGRESS): Part.STAFF,
    (S.IN_PROGRESS, S.COMPLETED): Part.STAFF,
    (S.PUBLISHED, S.DECLINED): Part.STAFF,
    (S.UNDER_CONSIDERATION, S.DECLINED): Part.STAFF,
    (S.PUBLISHED, S.MERGED): Part.AGREEMENT,
    (S.UNDER_CONSIDERATION, S.MERGED): Part.AGREEMENT,
    (S.DRAFT, S.WITHDRAWN): Part.AUTHOR,
    (S.SUBMITTED, S.WITHDRAWN): Part.AUTHOR,
    (S.RETURNED, S.WITHDRAWN): Part.AUTHOR,
    (S.PUBLISHED, S.WITHDRAWN): Part.AUTHOR,
    (S.UNDER_CONSIDERATION, S.WITHDRAWN): Part.AUTHOR,
}
HIDEABLE = frozenset(
    {
        S.PUBLISHED,
        S.UNDER_CONSIDERATION,
        S.ACCEPTED,
        S.IN_PROGRESS,
        S.COMPLETED,
        S.DECLINED,
        S.WITHDRAWN,
        S.MERGED,
    }
)
VOTABLE = frozenset({S.PUBLISHED, S.UNDER_CONSIDERATION})
EDITABLE = frozenset({S.DRAFT, S.SUBMITTED, S.RETURNED, S.PUBLISHED})
# While nobody but its author reads a proposal, its photos and files may change.
FILES_CHANGEABLE = frozenset({S.DRAFT, S.RETURNED})
# What the city says about a published proposal, in the order of its progress.
CITY_STATUSES = (S.UNDER_CONSIDERATION, S.ACCEPTED, S.IN_PROGRESS, S.COMPLETED, S.DECLINED)
# What the public lists show and may be filtered by; withdrawn and merged only when asked for.
LISTED_STATUSES = (S.PUBLISHED, *CITY_STATUSES)
PUBLIC_STATUSES = (*LISTED_STATUSES, S.WITHDRAWN, S.MERGED)

# Under which proposals people talk; what is withdrawn or merged stays readable with what was said.
COMMENTABLE = frozenset(LISTED_STATUSES)


def part_required(proposal: Proposal, target: Status) -> Part | None:
    """Who may bring the proposal to `target`, or None where no one can."""
    if target is S.HIDDEN:
        hideable = proposal.status in HIDEABLE and proposal.published_at is not None
        return Part.STAFF if hideable else None
    if proposal.status is S.HIDDEN:
        return Part.STAFF if target is proposal.status_before_hiding else None
    return TRANSITIONS.get((proposal.status, target))


def next_city_statuses(status: Status) -> list[Status]:
    """What the city may say next about a proposal in this status."""
    return [target for target in CITY_STATUSES if (status, target) in TRANSITIONS]
