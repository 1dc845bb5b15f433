"""Suggestions to merge proposals as the API returns them."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.models import Account, MergeOutcome, MergeSuggestion, MergeWay, Proposal


class MergeSideOut(BaseModel):
    """One of the two proposals."""

    id: int
    ref: str
    title: str
    url: str
    support_count: int

    @classmethod
    def of(cls, proposal: Proposal, base_url: str) -> "MergeSideOut":
        plain = {name: getattr(proposal, name) for name in ("id", "ref", "title", "support_count")}
        return cls(**plain, url=base_url + proposal.path)


class MergeSuggestionOut(BaseModel):
    """That a proposal closes in favour of another. Who of the staff has suggested it is not said."""

    id: int
    proposal: MergeSideOut = Field(description="The one that would close")
    into: MergeSideOut = Field(description="The one that would go on")
    way: MergeWay = Field(description="Who suggested it: the author of the one that closes (the author of the other is asked), or a moderator (the author of the one that closes is). `own` and `author_left` were carried out at once")  # fmt: skip
    by_you: bool
    asks_you: bool = Field(description="Whether the answer is yours to give")
    note: str
    created_at: datetime
    open_until: datetime
    outcome: MergeOutcome | None = Field(description="null while it waits")
    answer: str = Field(description="The words of whoever declined")
    ended_at: datetime | None

    @classmethod
    def of(cls, one: MergeSuggestion, actor: Account, base_url: str) -> "MergeSuggestionOut":
        plain = ("id", "way", "note", "created_at", "open_until", "outcome", "answer", "ended_at")
        return cls(
            **{name: getattr(one, name) for name in plain},
            proposal=MergeSideOut.of(one.proposal, base_url),
            into=MergeSideOut.of(one.into, base_url),
            by_you=one.suggested_by == actor.id,
            asks_you=one.asked_id == actor.id and one.outcome is None,
        )


class MergeSuggestionsOut(BaseModel):
    """What has been suggested about a proposal, the newest first."""

    items: list[MergeSuggestionOut]
