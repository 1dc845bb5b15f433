"""Accounts: made by signing in for the first time, or by an administrator on the command line."""

import re
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, func, select

from app import addresses, security
from app.database import insert_if_absent, now, table_of
from app.errors import Conflict, NotFound
from app.models import HANDLE_LENGTH, Account, ApiToken, LoginSession, Officer, Role
from app.privacy import PRIVACY_VERSION
from app.settings import Settings

# A lock that many share and that only the deletion of the account waits for, so that nothing is written for an account
# that is being deleted. SQLite needs none: its writers come one after another.
HELD: Any = {"read": True, "key_share": True}


def create(
    session: Session,
    settings: Settings,
    email: str,
    name: str,
    *,
    role: Role = Role.CITIZEN,
    language: str = "vi",
) -> Account:
    """A new account. Raises Conflict if the email address, or another of the same person's, is taken."""
    key = addresses.email_key(settings, email)
    account = Account(email=email, email_key=key, name=name, role=role, language=language)
    session.add(account)
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise Conflict("account.taken") from error
    return account


def find_by_email(session: Session, settings: Settings, email: str) -> Account | None:
    """The account of the person whose address this is; it cannot be deleted until the transaction ends."""
    key = addresses.email_key(settings, email)
    query = select(Account).where(Account.email_key == key)
    return session.exec(query.with_for_update(**HELD)).first()


def hold(session: Session, account_id: int) -> Account | None:
    """The account, which cannot be deleted until the transaction ends, or None if it has been."""
    query = select(Account).where(Account.id == account_id)
    return session.exec(query.with_for_update(**HELD)).first()


def former_member(session: Session) -> int:
    """The number of the one row that stands for all who have deleted their account, made when the first one does."""
    row = Account(name="", is_former_member=True).model_dump(exclude={"id"})
    insert_if_absent(session, table_of(Account), row)
    return session.exec(select(Account.id).where(Account.is_former_member)).one()


def new_api_token(session: Session, account: Account) -> str:
    """A new API token of the account; only its hash is stored, so it is shown this once."""
    token = security.new_token()
    session.add(ApiToken(token_hash=security.hash_token(token), account_id=account.id))
    return token


def find_by_api_token(session: Session, token: str, *, hold: bool = False) -> Account | None:
    """The account whose token this is, unless it is banned; `hold` keeps it from being deleted meanwhile."""
    query = (
        select(Account)
        .join(ApiToken, col(ApiToken.account_id) == Account.id)
        .where(ApiToken.token_hash == security.hash_token(token))
        .where(col(Account.banned_at).is_(None))
    )
    return session.exec(query.with_for_update(of=Account, **HELD) if hold else query).first()


def has_agreed(account: Account) -> bool:
    """Whether the person has agreed to the privacy notice as it is now."""
    return account.consent_version == PRIVACY_VERSION


def agree(session: Session, account: Account) -> None:
    """Record the person's consent to the privacy notice, with its version and the time."""
    account.consent_version, account.consented_at = PRIVACY_VERSION, now()
    session.add(account)


def rename(session: Session, account: Account, name: str, language: str) -> None:
    """Set the name that stands beside the person's proposals, and the language of emails to them."""
    account.name, account.language = name, language
    session.add(account)


def set_role(session: Session, account: Account, role: Role) -> None:
    """Give the account another role; whoever is signed in to it must sign in anew. Who is no officer has no department."""
    account.role = role
    session.add(account)
    if role is not Role.OFFICER:
        session.exec(delete(Officer).where(col(Officer.account_id) == account.id))
    end_sessions(session, account)


def ban(session: Session, account: Account) -> None:
    """Close the account: its sessions end, its tokens open nothing, and nobody can sign in to it."""
    account.banned_at = account.banned_at or now()
    session.add(account)
    end_sessions(session, account)


def unban(session: Session, account: Account) -> None:
    """Open the account again; its tokens are valid again."""
    account.banned_at = None
    session.add(account)


def end_sessions(session: Session, account: Account, *, but: LoginSession | None = None) -> None:
    """End the account's browser sessions, but for this one."""
    ending = delete(LoginSession).where(col(LoginSession.account_id) == account.id)
    if but is not None:
        ending = ending.where(col(LoginSession.token_hash) != but.token_hash)
    session.exec(ending)


def end_session(session: Session, account: Account, handle: str) -> None:
    """End one of the account's sessions. Raises NotFound."""
    _delete_by_handle(session, LoginSession, account, handle)


def tokens_of(session: Session, account: Account) -> list[ApiToken]:
    """The account's API tokens, newest first."""
    query = select(ApiToken).where(ApiToken.account_id == account.id)
    return list(session.exec(query.order_by(col(ApiToken.created_at).desc())).all())


def revoke_token(session: Session, account: Account, handle: str) -> None:
    """Make one of the account's tokens worthless. Raises NotFound."""
    _delete_by_handle(session, ApiToken, account, handle)


def is_handle(text: str) -> bool:
    """Whether a text can name a session, a token or an invitation: the beginning of a hash."""
    return re.fullmatch(rf"[0-9a-f]{{{HANDLE_LENGTH}}}", text) is not None


def _delete_by_handle(
    session: Session, table: type[LoginSession] | type[ApiToken], account: Account, handle: str
) -> None:
    if not is_handle(handle):
        raise NotFound
    named = func.substr(table.token_hash, 1, HANDLE_LENGTH) == handle
    gone = session.exec(delete(table).where(col(table.account_id) == account.id, named).returning(col(table.token_hash)))  # fmt: skip
    if gone.first() is None:
        raise NotFound


def count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Account)).one()
