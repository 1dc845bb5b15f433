"""How a campaign is run, as an administrator sets it."""

from typing import Annotated

from pydantic import Field, StrictBool

from app.forms.base import Form
from app.forms.rubrics import Rubric

MOST_SUPPORTS = 10_000_000
LONGEST_ANSWER = 730


class RulesForm(Form):
    """Moderation and answers in a campaign.

    `rubric` has the criteria by which evaluators judge (none: the usual ones). `answer_threshold` is the number of supports at which the city owes an answer (none: never for its supports),
    `answer_days` within how many days.
    """

    comments_premoderated: StrictBool = False
    trusted_skip: StrictBool = False
    rubric: Rubric | None = None
    answer_threshold: Annotated[int, Field(ge=1, le=MOST_SUPPORTS)] | None = None
    answer_on_recommendation: StrictBool = False
    answer_days: Annotated[int, Field(ge=1, le=LONGEST_ANSWER)] = 60
