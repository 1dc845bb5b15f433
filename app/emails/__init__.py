"""Emails: one function for each. Each writes a row into the outbox, in the reader's language."""

from app.emails.accounts import (
    account_changed,
    identity_connected,
    phone_code,
    recovery_code_used,
    second_factor_changed,
    sign_in_code,
)
from app.emails.experts import (
    expert_approved,
    expert_ended,
    expert_invitation,
    expert_lapsed,
    expert_lapsing,
    expert_refused,
)
from app.emails.proposals import decision, edit_decided, status_changed

__all__ = [
    "account_changed",
    "decision",
    "edit_decided",
    "expert_approved",
    "expert_ended",
    "expert_invitation",
    "expert_lapsed",
    "expert_lapsing",
    "expert_refused",
    "identity_connected",
    "phone_code",
    "recovery_code_used",
    "second_factor_changed",
    "sign_in_code",
    "status_changed",
]
