"""Emails about merging proposals: the question to whoever must agree, and what became of it."""

from enum import StrEnum

from sqlmodel import Session

from app.emails.sending import send_to
from app.labels import member_name
from app.models import Account, MergeSuggestion, MergeWay
from app.settings import Settings


class MergeStep(StrEnum):
    """What became of a suggestion, to whoever reads of it."""

    MERGED = "merged"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    VOID = "void"


def merge_suggested(session: Session, settings: Settings, suggestion: MergeSuggestion) -> None:
    """The question to whoever must agree: by whom it comes, what would happen, and where to answer."""
    by_author = suggestion.way is MergeWay.BY_AUTHOR
    asked = suggestion.into.author if by_author else suggestion.proposal.author
    address = f"{settings.base_url}/proposals/{suggestion.proposal_id}/merge-suggestion"
    send_to(
        session,
        settings,
        asked,
        "merge_suggested",
        by_author=by_author,
        author=member_name(suggestion.proposal.author) if by_author else "",
        title=suggestion.proposal.title,
        other=suggestion.into.title,
        note=suggestion.note,
        until=suggestion.open_until,
        address=address,
    )


def merge_ended(
    session: Session, settings: Settings, account: Account | None, suggestion: MergeSuggestion, step: MergeStep
) -> None:  # fmt: skip
    """What became of a suggestion; with a refusal its words. Nothing is written to who has left or reads no mail."""
    if account is None or account.email is None:
        return
    send_to(
        session,
        settings,
        account,
        "merge_ended",
        step=step.value,
        title=suggestion.proposal.title,
        other=suggestion.into.title,
        words=suggestion.answer,
        address=f"{settings.base_url}/proposals/{suggestion.proposal_id}",
    )
