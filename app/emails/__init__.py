"""Emails: one function for each. Each writes a row into the outbox, in the reader's language."""

from app.emails.accounts import (
    account_changed,
    identity_connected,
    phone_code,
    recovery_code_used,
    second_factor_changed,
    sign_in_code,
)
from app.emails.answers import MergedInto, Told, answer_held, news
from app.emails.appeals import APPEAL_SEAL, appeal_decided
from app.emails.assessments import assessment_assigned, assessment_closed, assessment_due
from app.emails.co_authors import CoAuthorStep, co_author_changed, co_author_invitation
from app.emails.comments import comment_decision
from app.emails.experts import (
    expert_approved,
    expert_ended,
    expert_invitation,
    expert_lapsed,
    expert_lapsing,
    expert_refused,
)
from app.emails.merging import MergeStep, merge_ended, merge_suggested
from app.emails.proposals import decision, edit_decided
from app.emails.reports import report_decided

__all__ = [
    "APPEAL_SEAL",
    "CoAuthorStep",
    "MergeStep",
    "MergedInto",
    "Told",
    "account_changed",
    "answer_held",
    "appeal_decided",
    "assessment_assigned",
    "assessment_closed",
    "assessment_due",
    "co_author_changed",
    "co_author_invitation",
    "comment_decision",
    "decision",
    "edit_decided",
    "expert_approved",
    "expert_ended",
    "expert_invitation",
    "expert_lapsed",
    "expert_lapsing",
    "expert_refused",
    "identity_connected",
    "merge_ended",
    "merge_suggested",
    "news",
    "phone_code",
    "recovery_code_used",
    "report_decided",
    "second_factor_changed",
    "sign_in_code",
]
