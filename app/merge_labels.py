"""What the interface calls the ways and the ends of suggestions to merge."""

from app.i18n import N_, translate
from app.models import MergeOutcome, MergeWay

# By whose consent a proposal was merged, for everybody.
_MERGE_WAYS = {
    MergeWay.BY_AUTHOR: N_("Its author suggested it, and the author of the other agreed."),
    MergeWay.BY_MODERATOR: N_("The moderators suggested it, and its author agreed."),
    MergeWay.OWN: N_("Both are by the same author, who wanted it."),
    MergeWay.AUTHOR_LEFT: N_(
        "The moderators did it: its author has no account here any more, so that nobody could be asked."
    ),
}
_MERGE_OUTCOMES = {
    MergeOutcome.ACCEPTED: N_("agreed"),
    MergeOutcome.DECLINED: N_("not agreed"),
    MergeOutcome.TAKEN_BACK: N_("taken back"),
    MergeOutcome.VOID: N_("ended without an answer"),
}


def merge_way_label(way: MergeWay) -> str:
    """By whose consent a proposal was merged into another."""
    return translate(_MERGE_WAYS[way])


def merge_outcome_label(outcome: MergeOutcome) -> str:
    """What became of a suggestion to merge."""
    return translate(_MERGE_OUTCOMES[outcome])
