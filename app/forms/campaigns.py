"""Campaigns as an administrator sets them up."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from app.forms.base import Form
from app.forms.fields import Moment, line, text
from app.forms.proposals import TITLE_LENGTH

QUESTION_LENGTH = 500
MOST_VOTES = 1000


class TitleForm(Form):
    """The title that an import may be given."""

    title: line(TITLE_LENGTH, 3)  # type: ignore[valid-type]


class CampaignForm(Form):
    """A campaign's texts by language, its phases, and the rules of its votes. An empty moment means without end."""

    title: dict[str, line(TITLE_LENGTH)]  # type: ignore[valid-type]
    question: dict[str, text(QUESTION_LENGTH)]  # type: ignore[valid-type]
    submission_opens_at: Moment | None = None
    submission_closes_at: Moment | None = None
    voting_opens_at: Moment | None = None
    voting_closes_at: Moment | None = None
    votes_per_person: Annotated[int, Field(ge=1, le=MOST_VOTES)] | None = None
    votes_need: Literal["email", "verified"] = "email"
    allows_opposition: StrictBool = False
    budget: Annotated[Decimal, Field(ge=0, lt=10**15, decimal_places=2)] | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
