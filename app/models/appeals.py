"""Appeals: against a moderator's decision, once, by whom it concerns; another moderator decides."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Text
from sqlmodel import Field, SQLModel

from app.models.columns import child_of, moment, moment_now
from app.models.desk import Outcome, QueueKind, Ruling

# The decisions that go against somebody and are final until they are reversed. What is returned can be sent again.
_AGAINST = frozenset(
    {
        (QueueKind.PROPOSAL, Outcome.REJECT),
        (QueueKind.PROPOSAL, Outcome.HIDE),
        (QueueKind.COMMENT, Outcome.REJECT),
        (QueueKind.COMMENT, Outcome.HIDE),
        (QueueKind.APPLICATION, Outcome.REFUSE),
        (QueueKind.APPLICATION, Outcome.END),
        (QueueKind.ACCOUNT, Outcome.BAN),
    }
)


def is_appealable(ruling: Ruling) -> bool:
    """Whether there is an appeal against a decision of this kind."""
    return (ruling.kind, ruling.outcome) in _AGAINST


class Appeal(SQLModel, table=True):
    """Why a decision is wrong, in the words of the person concerned. The answer to it is the ruling on the appeal."""

    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)
    ruling_id: int = Field(
        sa_column=Column(ForeignKey("ruling.id", ondelete="CASCADE"), nullable=False, unique=True)
    )
    account_id: int = child_of("account.id", index=True)
    words: str = Field(sa_type=Text)
    created_at: datetime = moment_now()
    decided_at: datetime | None = moment()
