"""What readers report, and what people say against decisions that concern them."""

from app.forms.base import Form
from app.forms.fields import Code, text

REPORT_LENGTH = 1_000
APPEAL_LENGTH = 4_000


class ReportForm(Form):
    """Which rule of the policy a text breaks, and what else a moderator should know."""

    reason_code: Code
    words: text(REPORT_LENGTH) = ""  # type: ignore[valid-type]


class AppealForm(Form):
    """Why a decision is wrong."""

    words: text(APPEAL_LENGTH, 10)  # type: ignore[valid-type]
