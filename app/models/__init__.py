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
from app.models.cities import City, Department, Expertise, Goal, Pillar, Reason, Tag, Ward
from app.models.events import Event, EventKind
from app.models.experts import CURRENT, EXPERT, ApplicationStatus, ExpertApplication, Invitation
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
    "CURRENT",
    "EXPERT",
    "HANDLE_LENGTH",
    "LISTED",
    "Account",
    "ApiToken",
    "ApplicationStatus",
    "Attempts",
    "Authenticator",
    "Campaign",
    "City",
    "Department",
    "Email",
    "Event",
    "EventKind",
    "ExpertApplication",
    "Expertise",
    "Goal",
    "Invitation",
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
