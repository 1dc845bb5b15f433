"""Invitations to be an expert: mailed by a moderator to one person, good for one use and for two weeks.

Whoever takes an invitation up is signed in with the very address that received it; their application is then approved
as it is sent. A new invitation voids the former one of the same person.
"""

from sqlmodel import Session, col, delete, func, select

from app import addresses, emails, security
from app.database import insert_or_update, now, table_of
from app.errors import BadRequest, Conflict, Forbidden, NotFound
from app.forms import ApplicationForm, InvitationForm
from app.models import HANDLE_LENGTH, Account, Invitation
from app.permissions import Actor, may_apply, may_invite, require
from app.privacy import INVITATIONS_KEPT
from app.services import accounts, applications
from app.settings import Settings

_invitations = table_of(Invitation)


def invite(session: Session, settings: Settings, actor: Account, form: InvitationForm) -> None:
    """Mail an invitation; a former one of the same person is void. Raises Forbidden, Invalid, Conflict for oneself."""
    require(may_invite(actor), actor)
    applications.require_known_field(session, form.field)
    key, token = addresses.email_key(settings, form.email), security.new_token()
    if key == actor.email_key:
        raise Conflict("invitation.own")
    values = {
        "email": form.email,
        "token_hash": security.hash_token(token),
        "field_code": form.field,
        "invited_by": actor.id,
        "created_at": now(),
        "expires_at": now() + INVITATIONS_KEPT,
    }
    insert_or_update(session, _invitations, {"email_key": key, **values}, values)
    emails.expert_invitation(session, settings, form, token, INVITATIONS_KEPT.days)


def open_ones(session: Session, actor: Account) -> list[Invitation]:
    """The invitations that can still be used, newest first. Raises Forbidden."""
    require(may_invite(actor), actor)
    query = select(Invitation).where(Invitation.expires_at > now())
    return list(session.exec(query.order_by(col(Invitation.created_at).desc()).limit(200)).all())


def revoke(session: Session, actor: Account, handle: str) -> None:
    """Make an invitation worthless. Raises Forbidden or NotFound."""
    require(may_invite(actor), actor)
    if not accounts.is_handle(handle):
        raise NotFound
    named = func.substr(Invitation.token_hash, 1, HANDLE_LENGTH) == handle
    taking = delete(Invitation).where(named).returning(col(Invitation.email_key))
    if session.exec(taking).first() is None:
        raise NotFound


def find(session: Session, actor: Actor, token: str) -> Invitation:
    """The invitation of this link, for whoever received it or is not signed in yet. Looking uses nothing up.

    Raises BadRequest for one that is not valid, Forbidden for somebody else's or for people who cannot be experts.
    """
    query = select(Invitation).where(Invitation.token_hash == security.hash_token(token))
    found = session.exec(query.where(col(Invitation.expires_at) > now())).first()
    if found is None:
        raise BadRequest("invitation.invalid")
    _require_inviter(session, found.invited_by)
    if actor is not None:
        _require_for(actor, found.email_key)
    return found


def accept(
    session: Session, settings: Settings, actor: Account, token: str, form: ApplicationForm
) -> None:
    """Use the invitation up and approve the application. Raises as find(), Invalid, Conflict.

    Of two who send it at once, one deletes the row; a refusal after that rolls back with the transaction.
    """
    using = delete(Invitation).where(
        col(Invitation.token_hash) == security.hash_token(token),
        col(Invitation.expires_at) > now(),
    )
    found = session.execute(using.returning(_invitations.c.email_key, _invitations.c.invited_by)).first()  # fmt: skip
    if found is None:
        raise BadRequest("invitation.invalid")
    _require_inviter(session, found.invited_by)
    _require_for(actor, found.email_key)
    applications.approve_invited(session, settings, actor, form, found.invited_by)


def _require_inviter(session: Session, account_id: int | None) -> None:
    """An invitation is worth as much as the right of whoever sent it is now."""
    inviter = session.get(Account, account_id) if account_id is not None else None
    if inviter is None or inviter.banned_at is not None or not may_invite(inviter):
        raise BadRequest("invitation.invalid")


def _require_for(actor: Account, email_key: str) -> None:
    if actor.email_key != email_key:
        raise Forbidden("invitation.other_person")
    require(may_apply(actor), actor)
