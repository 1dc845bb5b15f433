"""Signing in: a six-digit code by email, valid for minutes and once; a new one voids the old; five wrong tries lock it."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, col, delete

from app import emails, security
from app.database import now
from app.errors import BadRequest
from app.i18n import N_, language, translate
from app.models import Account, LoginSession, SignInCode
from app.services import accounts
from app.settings import Settings

MOST_WRONG_TRIES = 5
# Who gives no name is called this; nothing of the address is ever shown.
NAMELESS = N_("A resident")


def request_code(session: Session, settings: Settings, email: str) -> None:
    """Mail a new code to the address, whether or not it has an account; a former code is void."""
    code = security.new_code()
    session.merge(
        SignInCode(
            email=email,
            code_hash=security.hash_code(code, email, settings.secret_key),
            wrong_tries=0,
            expires_at=now() + timedelta(minutes=settings.sign_in_code_minutes),
        )
    )
    emails.sign_in_code(session, settings, email, code)


def redeem_code(
    session: Session, settings: Settings, email: str, code: str, name: str = ""
) -> Account:
    """The account of the address for which the code was mailed; a first sign-in makes it, under `name` if given.

    Raises BadRequest if the code is wrong, used, expired or locked; the failed try is counted even so.
    """
    _count_try(session, email)
    found = session.get(SignInCode, email, with_for_update=True)
    given = security.hash_code(code.strip(), email, settings.secret_key)
    usable = (
        found is not None
        and found.wrong_tries <= MOST_WRONG_TRIES
        and found.expires_at > now()
        and security.same(found.code_hash, given)
    )
    if found is None or not usable:
        session.commit()  # The count of wrong tries must outlive the refusal.
        raise BadRequest("sign_in.code_invalid")
    session.delete(found)
    account = accounts.find_by_email(session, email)
    return account or accounts.create(
        session, email, name or translate(NAMELESS), language=language.get()
    )


def _count_try(session: Session, email: str) -> None:
    # Counted before the comparison and in one statement, so that parallel guesses cannot share a try.
    session.execute(
        update(SignInCode)
        .where(col(SignInCode.email) == email)
        .values(wrong_tries=col(SignInCode.wrong_tries) + 1)
    )


def open_session(session: Session, settings: Settings, account: Account) -> str:
    """A new browser session of the account: its cookie's value. Expired ones of all accounts are swept out."""
    session.exec(delete(LoginSession).where(col(LoginSession.expires_at) <= now()))
    token = security.new_token()
    session.add(
        LoginSession(
            token_hash=security.hash_token(token),
            account_id=account.id,
            expires_at=now() + timedelta(days=settings.session_days),
        )
    )
    return token


def close_session(session: Session, token: str) -> None:
    """End the browser session of this cookie; an unknown one is no error."""
    query = delete(LoginSession).where(col(LoginSession.token_hash) == security.hash_token(token))
    session.exec(query)
