"""All tables, enums and constraints. Rules that need more than one row live in services."""

from app.models.accounts import (
    HANDLE_LENGTH,
    Account,
    ApiToken,
    Attempts,
    LoginSession,
    Role,
    SignInCode,
)
from app.models.campaigns import Campaign
from app.models.cities import City, Department, Goal, Pillar, Reason, Tag, Ward
from app.models.events import Event, EventKind
from app.models.exports import DataExport
from app.models.outbox import Email
from app.models.proposals import (
    LISTED,
    Proposal,
    ProposalGoal,
    ProposalTag,
    ProposalWard,
    Revision,
    Status,
)
from app.models.second_factors import Authenticator, Passkey, RecoveryCode
from app.models.votes import Vote, Voter, VoteValue

__all__ = [
    "HANDLE_LENGTH",
    "LISTED",
    "Account",
    "ApiToken",
    "Attempts",
    "Authenticator",
    "Campaign",
    "City",
    "DataExport",
    "Department",
    "Email",
    "Event",
    "EventKind",
    "Goal",
    "LoginSession",
    "Passkey",
    "Pillar",
    "Proposal",
    "ProposalGoal",
    "ProposalTag",
    "ProposalWard",
    "Reason",
    "RecoveryCode",
    "Revision",
    "Role",
    "SignInCode",
    "Status",
    "Tag",
    "Vote",
    "VoteValue",
    "Voter",
    "Ward",
]
