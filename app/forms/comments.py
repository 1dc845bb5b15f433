"""Comments as they may be sent, and what moderators decide about them."""

from enum import StrEnum
from typing import Any

from pydantic import StrictInt

from app.forms import fields
from app.forms.base import Form
from app.forms.fields import Code, Identifier, Language
from app.forms.moderation import WordsForm
from app.models import Stance, Voice

COMMENT_LENGTH = 4000
_LEFT_OUT: Any = None


class CommentForm(Form):
    """A comment, or with `parent_id` a reply. `voice` is for whom it speaks."""

    text: fields.text(COMMENT_LENGTH, 1)  # type: ignore[valid-type]
    stance: Stance = Stance.NEUTRAL
    parent_id: Identifier | None = None
    voice: Voice = Voice.PERSON
    language: Language | None = None


class CommentPatch(Form):
    """Another text or stance of one's own comment; what is left out stays. No default is ever used, so null is refused."""

    text: fields.text(COMMENT_LENGTH, 1) = _LEFT_OUT  # type: ignore[valid-type]
    stance: Stance = _LEFT_OUT


class CommentDecision(StrEnum):
    """What a moderator decides about a comment that waits, that everybody reads, or that is hidden."""

    PUBLISH = "publish"
    REJECT = "reject"
    KEEP = "keep"
    HIDE = "hide"
    RESTORE = "restore"

    @property
    def needs_reason(self) -> bool:
        return self in {CommentDecision.REJECT, CommentDecision.HIDE}


class CommentDecisionForm(WordsForm):
    """A moderator's decision. `revision`, where given, is the text that the moderator read."""

    decision: CommentDecision
    reason_code: Code | None = None
    revision: StrictInt | None = None
