"""Co-authors over JSON: who they are, whom the author invites and removes, and leaving. Consent is given on the page."""

from app.api.routing import ProposalId, new_router
from app.api.schemas import CoAuthorsOut
from app.dependencies import OptionalTokenActor, SessionDep, SettingsDep, TokenActor
from app.forms import CoAuthorForm, Number
from app.services import co_authors, proposals

router = new_router("Co-authors")
PATH = "/proposals/{proposal_id}/co-authors"


@router.get(PATH)
def list_co_authors(
    proposal_id: ProposalId, session: SessionDep, actor: OptionalTokenActor
) -> CoAuthorsOut:
    """The co-authors of a proposal, in the order in which they came; to its author also the invitations."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    return CoAuthorsOut.of(proposal, co_authors.sent(session, actor, proposal))


@router.post(PATH, status_code=201)
def invite(
    proposal_id: ProposalId,
    body: CoAuthorForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> CoAuthorsOut:
    """Mail somebody an invitation to be a co-author of one's own proposal; it waits for their consent.

    The answer is the same whether or not the address has an account.
    """
    proposal = co_authors.invite(session, settings, actor, proposal_id, body)
    return CoAuthorsOut.of(proposal, co_authors.sent(session, actor, proposal))


@router.delete(f"{PATH}/{{account_id}}", status_code=204)
def remove(
    proposal_id: ProposalId,
    account_id: Number,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> None:
    """Remove a co-author of one's own proposal, or leave one as a co-author. Both are told by mail."""
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    co_authors.remove(session, settings, actor, proposal, account_id)


@router.delete(f"{PATH}/invitations/{{handle}}", status_code=204)
def revoke(proposal_id: ProposalId, handle: str, session: SessionDep, actor: TokenActor) -> None:
    """Withdraw an invitation that waits."""
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    co_authors.revoke(session, actor, proposal, handle)
