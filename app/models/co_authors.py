"""Invitations to be a co-author of a proposal."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.models.accounts import HANDLE_LENGTH
from app.models.columns import child_of, moment, moment_now


class CoAuthorInvitation(SQLModel, table=True):
    """The one invitation of an address to a proposal. Accepting deletes it; one that is declined stays until its end.

    So whoever has said no is not asked again the next day.
    """

    __tablename__ = "co_author_invitation"

    proposal_id: int = child_of("proposal.id", primary_key=True)
    email_key: str = Field(primary_key=True, max_length=254, index=True)
    email: str = Field(max_length=254)
    token_hash: str = Field(max_length=64, unique=True)
    invited_by: int = child_of("account.id", index=True)
    created_at: datetime = moment_now()
    declined_at: datetime | None = moment()
    expires_at: datetime = moment(nullable=False, index=True)

    @property
    def handle(self) -> str:
        """Names the invitation to its author. It opens nothing: it is part of a hash."""
        return self.token_hash[:HANDLE_LENGTH]
