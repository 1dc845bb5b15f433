"""The moderation desk as the API returns it."""

from datetime import datetime

from pydantic import BaseModel

from app.api.schemas.proposals import ProposalItem
from app.models import Proposal


class QueueItem(ProposalItem):
    submitted_at: datetime

    @classmethod
    def of(cls, proposal: Proposal, base_url: str) -> "QueueItem":
        values = cls.values(proposal, base_url)
        return cls.model_validate({**values, "submitted_at": proposal.submitted_at})


class QueuePage(BaseModel):
    items: list[QueueItem]
    next_cursor: str | None
