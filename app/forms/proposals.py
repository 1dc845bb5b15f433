"""Proposals and votes as they may be sent."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StrictBool, StringConstraints

from app.forms.accounts import EmailForm
from app.forms.base import Form
from app.forms.fields import (
    Code,
    Codes,
    Identifier,
    Language,
    cleaner,
    line,
    lower_line,
    text,
    unique,
)
from app.models import VoteValue

TITLE_LENGTH = 200
SUMMARY_LENGTH = 500
BODY_LENGTH = 20_000
TAG_LENGTH = 40
MOST_TAGS = 8

TagText = Annotated[
    str,
    cleaner(lower_line, TAG_LENGTH),
    StringConstraints(min_length=1, max_length=TAG_LENGTH, strict=True),
]
Tags = Annotated[list[TagText], Field(max_length=MOST_TAGS), AfterValidator(unique)]


class DraftForm(Form):
    """A proposal that is still being written: only a title is needed."""

    title: line(TITLE_LENGTH, 3)  # type: ignore[valid-type]
    summary: text(SUMMARY_LENGTH) = ""  # type: ignore[valid-type]
    problem: text(BODY_LENGTH) = ""  # type: ignore[valid-type]
    solution: text(BODY_LENGTH) = ""  # type: ignore[valid-type]
    expected_impact: text(BODY_LENGTH) = ""  # type: ignore[valid-type]
    resources_needed: text(BODY_LENGTH) = ""  # type: ignore[valid-type]
    pillar: Code | None = None
    goals: Codes = Field(default_factory=list)
    wards: Codes = Field(default_factory=list)
    tags: Tags = Field(default_factory=list)
    campaign_id: Identifier | None = None
    language: Language | None = None


class ProposalForm(DraftForm):
    """A proposal ready for others to read."""

    summary: text(SUMMARY_LENGTH, 1)  # type: ignore[valid-type]
    problem: text(BODY_LENGTH, 1)  # type: ignore[valid-type]
    solution: text(BODY_LENGTH, 1)  # type: ignore[valid-type]
    expected_impact: text(BODY_LENGTH, 1)  # type: ignore[valid-type]
    resources_needed: text(BODY_LENGTH, 1)  # type: ignore[valid-type]
    pillar: Code


class NewProposal(ProposalForm):
    """The body of POST /proposals."""

    draft: StrictBool = False


_LEFT_OUT: Any = None


class ProposalPatch(Form):
    """The body of PATCH: any of a proposal's fields; those left out stay. No default is ever used, so null is refused."""

    title: line(TITLE_LENGTH, 3) = _LEFT_OUT  # type: ignore[valid-type]
    summary: text(SUMMARY_LENGTH, 1) = _LEFT_OUT  # type: ignore[valid-type]
    problem: text(BODY_LENGTH, 1) = _LEFT_OUT  # type: ignore[valid-type]
    solution: text(BODY_LENGTH, 1) = _LEFT_OUT  # type: ignore[valid-type]
    expected_impact: text(BODY_LENGTH, 1) = _LEFT_OUT  # type: ignore[valid-type]
    resources_needed: text(BODY_LENGTH, 1) = _LEFT_OUT  # type: ignore[valid-type]
    pillar: Code = _LEFT_OUT
    goals: Codes = _LEFT_OUT
    wards: Codes = _LEFT_OUT
    tags: Tags = _LEFT_OUT
    campaign_id: Identifier = _LEFT_OUT
    language: Language = _LEFT_OUT


class VoteForm(Form):
    """A vote; `follow` asks for news of what becomes of the proposal."""

    value: Literal[VoteValue.SUPPORT, VoteValue.OPPOSE]
    follow: StrictBool = False


class CoAuthorForm(EmailForm):
    """Whom to invite as a co-author, and the language of the invitation; without one, the language of whoever asks."""

    language: Language | None = None
