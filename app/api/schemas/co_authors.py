"""Co-authors as the API returns them."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.api.schemas.proposals import AuthorOut
from app.models import CoAuthor, CoAuthorInvitation, Proposal


class CoAuthorOut(AuthorOut):
    """Somebody who has written a proposal with its author."""

    joined_at: datetime

    @classmethod
    def of_link(cls, link: CoAuthor) -> "CoAuthorOut":
        return cls(**AuthorOut.of(link.account).model_dump(), joined_at=link.joined_at)


class CoAuthorInvitationOut(BaseModel):
    """An invitation that the author has sent."""

    handle: str = Field(description="Names it in the address that withdraws it; it opens nothing")
    email: str
    created_at: datetime
    declined_at: datetime | None
    expires_at: datetime

    @classmethod
    def of(cls, invitation: CoAuthorInvitation) -> "CoAuthorInvitationOut":
        return cls(**{name: getattr(invitation, name) for name in cls.model_fields})


class CoAuthorsOut(BaseModel):
    """Who has written a proposal beside its author."""

    items: list[CoAuthorOut]
    invitations: list[CoAuthorInvitationOut] = Field(description="For its author; others get none")

    @classmethod
    def of(cls, proposal: Proposal, invitations: list[CoAuthorInvitation]) -> "CoAuthorsOut":
        named = {account.id for account in proposal.co_authors}
        links = [link for link in proposal.co_author_links if link.account_id in named]
        return cls(
            items=[CoAuthorOut.of_link(link) for link in links],
            invitations=[CoAuthorInvitationOut.of(one) for one in invitations],
        )
