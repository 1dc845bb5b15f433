"""Assessments: whom staff ask and until when, what evaluators declare, their verdicts."""

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

from app.forms.base import Form
from app.forms.fields import Code, Identifier, text
from app.forms.rubrics import MOST_CRITERIA
from app.models import HIGHEST_SCORE, LOWEST_SCORE, Recommendation

MOST_EVALUATORS = 20
CONFLICT_LENGTH = 2_000
CRITERION_LENGTH = 2_000
VERDICT_LENGTH = 5_000


def _day(value: Any) -> date:
    """A day as it is written in an address or a browser's field, and nothing else that Python would take for one."""
    try:
        return date.fromisoformat(value if len(value) == len("2026-01-31") else "")
    except (TypeError, ValueError) as error:
        raise PydanticCustomError("date_parsing", "no date") from error


Day = Annotated[date, BeforeValidator(_day)]
Evaluators = Annotated[list[Identifier], Field(min_length=1, max_length=MOST_EVALUATORS)]


class RoundForm(Form):
    """The evaluators who are asked first, by the numbers of their accounts, and the last day for their verdicts."""

    evaluators: Evaluators
    due_on: Day | None = None


class EvaluatorsForm(Form):
    """Evaluators who are asked beside the first."""

    evaluators: Evaluators


class DeclarationForm(Form):
    """Whether a conflict of interest keeps the evaluator from judging; if so, which. Only staff read the words."""

    has_conflict: StrictBool
    words: text(CONFLICT_LENGTH) = ""  # type: ignore[valid-type]


class ScoreForm(Form):
    """A score for one criterion, and why."""

    score: Annotated[StrictInt, Field(ge=LOWEST_SCORE, le=HIGHEST_SCORE)]
    words: text(CRITERION_LENGTH, 1)  # type: ignore[valid-type]


class AssessmentForm(Form):
    """A verdict on the revision that was read. `scores` has each criterion of the round's rubric, by its code."""

    revision: Annotated[StrictInt, Field(ge=1)]
    scores: Annotated[dict[Code, ScoreForm], Field(max_length=MOST_CRITERIA)]
    recommendation: Recommendation
    words: text(VERDICT_LENGTH) = ""  # type: ignore[valid-type]
