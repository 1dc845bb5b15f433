"""Accounts: made by signing in for the first time, or by an administrator on the command line."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from app import security
from app.database import now
from app.errors import Conflict
from app.models import Account, ApiToken, LoginSession, Role


def create(
    session: Session, email: str, name: str, *, role: Role = Role.CITIZEN, language: str = "vi"
) -> Account:
    """A new account. Raises Conflict if the email address is taken."""
    account = Account(email=email, name=name, role=role, language=language)
    session.add(account)
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise Conflict("account.taken") from error
    return account


def find_by_email(session: Session, email: str) -> Account | None:
    return session.exec(select(Account).where(Account.email == email)).first()


def new_api_token(session: Session, account: Account) -> str:
    """A new API token of the account; only its hash is stored, so it is shown this once."""
    token = security.new_token()
    session.add(ApiToken(token_hash=security.hash_token(token), account_id=account.id))
    return token


def find_by_api_token(session: Session, token: str) -> Account | None:
    query = (
        select(Account)
        .join(ApiToken, col(ApiToken.account_id) == Account.id)
        .where(ApiToken.token_hash == security.hash_token(token))
    )
    return session.exec(query).first()


def find_by_session_token(session: Session, token: str) -> Account | None:
    """The account that a browser's cookie is signed in to, unless the session has expired."""
    query = (
        select(Account)
        .join(LoginSession, col(LoginSession.account_id) == Account.id)
        .where(LoginSession.token_hash == security.hash_token(token))
        .where(LoginSession.expires_at > now())
    )
    return session.exec(query).first()


def count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Account)).one()
