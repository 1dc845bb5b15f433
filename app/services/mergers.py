"""Mergers: a proposal closes and points to another that says the same. Votes stay where they were cast.

Who agrees to it before is said in services/merge_suggestions.py. Nobody's vote is moved or copied: those who supported or
followed the one that closes are told in the daily mail, and invited to support the other.
"""

from sqlmodel import Session

from app.database import now
from app.lifecycle import VOTABLE, Part, part_required
from app.models import (
    Account,
    Event,
    MergeOutcome,
    MergeSuggestion,
    MergeWay,
    Outcome,
    Proposal,
    QueueKind,
    Status,
)
from app.services import news, rulings, transitions


def is_possible(proposal: Proposal, into: Proposal | None) -> bool:
    """Whether the first can close in favour of the second: that is another one, public, and can be supported now."""
    if into is None or into.id == proposal.id or into.status not in VOTABLE:
        return False
    open_ = into.campaign.is_voting_open(now())
    return open_ and part_required(proposal, Status.MERGED) is Part.AGREEMENT


def carry_out(
    session: Session, actor: Account, suggestion: MergeSuggestion, proposal: Proposal, into: Proposal
) -> None:  # fmt: skip
    """Merge a proposal into another by a suggestion that has been agreed to; the caller has locked both rows.

    Where nobody could be asked, it is a moderator's decision, and stands in the public record as one. Raises Forbidden.
    """
    if suggestion.way is MergeWay.AUTHOR_LEFT:
        rulings.settle(
            session, actor, QueueKind.PROPOSAL, proposal.id, Outcome.MERGE,
            account_id=proposal.author_id, proposal=proposal,
        )  # fmt: skip
    proposal.merged_into_id = into.id
    event = transitions.carry_out(session, actor, proposal, Status.MERGED)
    news.tell(session, event)
    end(suggestion, MergeOutcome.ACCEPTED, event)


def end(suggestion: MergeSuggestion, outcome: MergeOutcome, event: Event, answer: str = "") -> None:
    """Write down what became of a suggestion, with the step of its proposal's history that it was."""
    suggestion.outcome, suggestion.ended_at = outcome, now()
    suggestion.answer, suggestion.ended_event_id = answer, event.id
