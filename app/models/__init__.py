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
from app.models.comments import (
    Comment,
    CommentEvent,
    CommentEventKind,
    CommentState,
    HelpfulMark,
    Stance,
    Voice,
)
from app.models.events import Event, EventKind
from app.models.experts import CURRENT, EXPERT, ApplicationStatus, ExpertApplication, Invitation
from app.models.exports import DataExport
from app.models.identities import (
    DESK,
    PHONE,
    AccountEvent,
    AccountEventKind,
    Identity,
    Level,
    PhoneCode,
)
from app.models.outbox import Channel, Email
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
    "DESK",
    "EXPERT",
    "HANDLE_LENGTH",
    "LISTED",
    "PHONE",
    "Account",
    "AccountEvent",
    "AccountEventKind",
    "ApiToken",
    "ApplicationStatus",
    "Attempts",
    "Authenticator",
    "Campaign",
    "Channel",
    "City",
    "Comment",
    "CommentEvent",
    "CommentEventKind",
    "CommentState",
    "DataExport",
    "Department",
    "Email",
    "Event",
    "EventKind",
    "ExpertApplication",
    "Expertise",
    "Goal",
    "HelpfulMark",
    "Identity",
    "Invitation",
    "Level",
    "LoginSession",
    "Passkey",
    "PhoneCode",
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
    "Stance",
    "Status",
    "Tag",
    "Voice",
    "Vote",
    "VoteValue",
    "Voter",
    "Ward",
]
