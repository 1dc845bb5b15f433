"""What the city answers, what it promises, how far it is, and who wants to hear of it."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

from app.forms.accounts import NoteForm
from app.forms.base import Form
from app.forms.experts import WebAddress
from app.forms.fields import Code, Moment, line, text

WORDS_LENGTH = 10_000
EVIDENCE_LENGTH = 4000
MILESTONE_LENGTH = 200
MOST_MILESTONES = 12
_DATE_LENGTH = 10
_YEARS = range(2000, 2200)


def _day(value: Any) -> Any:
    """A day as 2027-01-31, and nothing else that pydantic would take for one."""
    if isinstance(value, date) and not hasattr(value, "hour"):
        return value
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and len(value) == _DATE_LENGTH else None  # fmt: skip
    except ValueError:
        found = None
    if found is None or found.year not in _YEARS:
        kind = "missing" if value in {None, ""} else "date_parsing"
        raise PydanticCustomError(kind, "no date")
    return found


def _secure(value: str) -> str:
    if not value.startswith("https://"):
        raise PydanticCustomError("secure_address", "no https address")
    return value


def _nothing_for_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


Day = Annotated[date, BeforeValidator(_day)]
Link = Annotated[WebAddress, AfterValidator(_secure)]


class DepartmentForm(NoteForm):
    """For which department an officer answers, and why."""

    department: Code


class CallForm(Form):
    """A moderator asks for an answer, of a department or of whichever takes it."""

    department: Code | None = None


class AssignForm(Form):
    """Which department is to answer."""

    department: Code


class PromiseForm(Form):
    """What will happen by the end of a day."""

    title: line(MILESTONE_LENGTH, 3)  # type: ignore[valid-type]
    due_on: Day


class AnswerForm(Form):
    """An answer of the city: a status, words for everybody (Markdown), and what will happen by when.

    It is published at `publish_at`, or at once when it has been approved.
    """

    status: Literal["under_consideration", "accepted", "in_progress", "completed", "declined"]
    words: text(WORDS_LENGTH, 1)  # type: ignore[valid-type]
    milestones: Annotated[list[PromiseForm], Field(max_length=MOST_MILESTONES)] = Field(
        default_factory=list
    )
    publish_at: Moment | None = None


class AnswerEditForm(AnswerForm):
    """The whole answer anew. `version` is the one that was read: nobody's words are overwritten unseen."""

    version: StrictInt


class VersionForm(Form):
    """The version of an answer that was read."""

    version: StrictInt


class ReturnForm(Form):
    """Why an answer is taken back to its draft."""

    note: text(EVIDENCE_LENGTH) = ""  # type: ignore[valid-type]


class MilestoneForm(Form):
    """How far a milestone is, with what shows it. `due_on`, where given, moves its day; `version` is the one read."""

    progress: Annotated[StrictInt, Field(ge=0, le=100)]
    due_on: Day | None = None
    words: text(EVIDENCE_LENGTH) = ""  # type: ignore[valid-type]
    link: Annotated[Link | None, BeforeValidator(_nothing_for_blank)] = None
    version: StrictInt


class NewsMailForm(Form):
    """Whether mails about proposals are wanted."""

    wanted: StrictBool
