"""What the API returns."""

from app.api.schemas.city import (
    CampaignOut,
    CampaignPage,
    EntryOut,
    EntryPage,
    PhaseOut,
    StatisticsOut,
)
from app.api.schemas.comments import (
    CommentEventOut,
    CommentHistory,
    CommentOut,
    CommentPage,
    HelpfulOut,
    WriterOut,
)
from app.api.schemas.experts import ExpertDetail, ExpertItem, ExpertPage
from app.api.schemas.moderation import (
    CannedOut,
    CannedPage,
    PersonOut,
    QueueItem,
    QueuePage,
    ResultOut,
    ResultPage,
    RulingOut,
    SignalOut,
)
from app.api.schemas.problems import Problem, ProblemField
from app.api.schemas.proposals import (
    AuthorOut,
    EventOut,
    PendingEditOut,
    ProposalDetail,
    ProposalHtml,
    ProposalItem,
    ProposalPage,
    TallyOut,
)

__all__ = [
    "AuthorOut",
    "CampaignOut",
    "CampaignPage",
    "CannedOut",
    "CannedPage",
    "CommentEventOut",
    "CommentHistory",
    "CommentOut",
    "CommentPage",
    "EntryOut",
    "EntryPage",
    "EventOut",
    "ExpertDetail",
    "ExpertItem",
    "ExpertPage",
    "HelpfulOut",
    "PendingEditOut",
    "PersonOut",
    "PhaseOut",
    "Problem",
    "ProblemField",
    "ProposalDetail",
    "ProposalHtml",
    "ProposalItem",
    "ProposalPage",
    "QueueItem",
    "QueuePage",
    "ResultOut",
    "ResultPage",
    "RulingOut",
    "SignalOut",
    "StatisticsOut",
    "TallyOut",
    "WriterOut",
]
