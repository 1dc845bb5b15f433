"""What moderators send at their desk, over all kinds of things that wait."""

from typing import Annotated

from pydantic import Field, StrictInt

from app.forms.base import Form
from app.forms.fields import Code, Identifier, Number, line, text
from app.forms.moderation import WordsForm
from app.models import Outcome

MOST_AT_ONCE = 100


class RulingForm(WordsForm):
    """A decision on something in the queue. `revision`, where given, is the state of the text that the moderator read."""

    outcome: Outcome
    reason_code: Code | None = None
    revision: StrictInt | None = None


class BulkForm(WordsForm):
    """One decision on many things in the queue. `revisions` says by an item's number which state of its text was read."""

    items: Annotated[list[Identifier], Field(min_length=1, max_length=MOST_AT_ONCE)]
    revisions: Annotated[dict[Number, StrictInt], Field(max_length=MOST_AT_ONCE)] = Field(
        default_factory=dict
    )
    outcome: Outcome
    reason_code: Code | None = None


class CannedForm(Form):
    """Words to keep at hand, by language."""

    title: line(120, 1)  # type: ignore[valid-type]
    texts: dict[str, text(3000)]  # type: ignore[valid-type]
    reason_code: Code | None = None
