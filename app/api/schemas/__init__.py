"""What the API returns."""

from app.api.schemas.city import (
    CampaignOut,
    CampaignPage,
    EntryOut,
    EntryPage,
    PhaseOut,
    StatisticsOut,
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
    ProposalDetail,
    ProposalHtml,
    ProposalItem,
    ProposalPage,
    TallyOut,
)
from app.api.schemas.record import (
    RecordEntry,
    RecordMonthOut,
    RecordMonthPage,
    RecordPage,
    ShareOut,
    WaitingOut,
    WorkloadOut,
)

__all__ = [
    "AuthorOut",
    "CampaignOut",
    "CampaignPage",
    "CannedOut",
    "CannedPage",
    "EntryOut",
    "EntryPage",
    "EventOut",
    "ExpertDetail",
    "ExpertItem",
    "ExpertPage",
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
    "RecordEntry",
    "RecordMonthOut",
    "RecordMonthPage",
    "RecordPage",
    "ResultOut",
    "ResultPage",
    "RulingOut",
    "ShareOut",
    "SignalOut",
    "StatisticsOut",
    "TallyOut",
    "WaitingOut",
    "WorkloadOut",
]
