"""Identities: one belongs to one account, held by a UNIQUE keyed hash; one that vouches makes its account verified.

An identity that vouches stays with its account. If it could be taken away and shown again, one person could vote by
one account after another where votes need a verified person.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from app import emails, security
from app.database import insert_if_absent, now, table_of
from app.errors import Conflict, NotFound
from app.forms import LARGEST_ID
from app.models import DESK, Account, Identity, Level
from app.settings import Settings

_identities = table_of(Identity)


@dataclass(frozen=True)
class Claim:
    """An identity that somebody has just shown to be theirs."""

    provider: str
    subject_hash: str
    vouches: bool


def claim(
    settings: Settings, provider: str, source: str, subject: str, *, vouches: bool = True
) -> Claim:
    """The claim to a subject of a source: a provider's issuer, the phone network, a kind of document."""
    hashed = security.keyed_hash(settings.secret_key, "identity", source, subject)
    return Claim(provider, hashed, vouches)


def find_owner(session: Session, claimed: Claim) -> Account | None:
    """Whose identity it is already."""
    query = select(Account).join(Identity, col(Identity.account_id) == Account.id)
    return session.exec(query.where(Identity.subject_hash == claimed.subject_hash)).first()


def attach(session: Session, settings: Settings, account: Account, claimed: Claim) -> None:
    """Make the identity the account's and tell the person; once more changes nothing but what it vouches for.

    Raises Conflict if it is another account's.
    """
    row = {
        "account_id": account.id,
        "provider": claimed.provider,
        "subject_hash": claimed.subject_hash,
        "vouches": claimed.vouches,
        "created_at": now(),
    }
    if insert_if_absent(session, _identities, row):
        if claimed.provider != DESK:  # The staff's mail says it (people.verify).
            emails.identity_connected(session, settings, account)
        return
    query = select(Identity).where(Identity.subject_hash == claimed.subject_hash)
    found = session.exec(query).one()
    if found.account_id != account.id:
        raise Conflict("identity.taken")
    found.vouches = found.vouches or claimed.vouches


def of_account(session: Session, account: Account) -> list[Identity]:
    """What the account is known by, oldest first."""
    query = select(Identity).where(Identity.account_id == account.id)
    return list(session.exec(query.order_by(col(Identity.id))).all())


def level_of(session: Session, account: Account) -> Level:
    """How well it is known who the account's person is."""
    query = select(Identity.id).where(Identity.account_id == account.id, col(Identity.vouches))
    return Level.EMAIL if session.exec(query).first() is None else Level.VERIFIED


def remove(session: Session, account: Account, identity_id: int) -> None:
    """Forget a way of signing in. Raises NotFound, or Conflict for one that vouches for the person."""
    found = session.get(Identity, identity_id) if identity_id <= LARGEST_ID else None
    if found is None or found.account_id != account.id:
        raise NotFound
    if found.vouches:
        raise Conflict("identity.stays")
    session.delete(found)
