"""What moderators decide, and what the city says."""

from enum import StrEnum
from typing import Literal

from pydantic import StrictInt

from app.forms.base import Form
from app.forms.fields import Code, Identifier, text


class Decision(StrEnum):
    PUBLISH = "publish"
    RETURN = "return"
    REJECT = "reject"
    HIDE = "hide"
    RESTORE = "restore"

    @property
    def needs_reason(self) -> bool:
        return self in {Decision.RETURN, Decision.REJECT, Decision.HIDE}


class WordsForm(Form):
    """The words that go with a decision. Those of the canned answer, where one is named, come before one's own."""

    note: text(4000) = ""  # type: ignore[valid-type]
    canned: Identifier | None = None


class DecisionForm(WordsForm):
    """A moderator's decision. `revision`, where given, is the one the moderator read."""

    decision: Decision
    reason_code: Code | None = None
    revision: StrictInt | None = None


class EditDecisionForm(WordsForm):
    """A decision on the new text of a published proposal. `revision` is the version of it that the moderator read."""

    outcome: Literal["accept", "return"]
    reason_code: Code | None = None
    revision: StrictInt | None = None


class StatusForm(Form):
    """What the city says about a published proposal."""

    status: Literal["under_consideration", "accepted", "in_progress", "completed", "declined"]
    note: text(4000) = ""  # type: ignore[valid-type]


class MergeSuggestionForm(Form):
    """A suggestion that a proposal closes in favour of another, by its number, with words to whoever is asked."""

    into: Identifier
    note: text(2000) = ""  # type: ignore[valid-type]


class MergeAnswerForm(Form):
    """Words that go with an answer to such a suggestion; those of a refusal are kept."""

    note: text(2000) = ""  # type: ignore[valid-type]


class JudgementForm(WordsForm):
    """Whether readers' reports, or an appeal, are right. `revision`, where given, is the text that the moderator read."""

    outcome: Literal["uphold", "dismiss"]
    reason_code: Code | None = None
    revision: StrictInt | None = None
