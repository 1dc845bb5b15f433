"""Signing in: a six-digit code or a link by email, valid for minutes and once; a new email voids the one before.

Five wrong tries lock a code whoever makes them. Above that stand limits for the person, the address and the network
that a request comes from, because each new code brings five new tries.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, delete, select

from app import addresses, emails, security
from app.database import insert_or_update, now, table_of
from app.errors import BadRequest
from app.models import Account, LoginSession, SignInCode
from app.services import accounts, limits
from app.services.limits import Limit
from app.settings import Settings

MOST_WRONG_TRIES = 5
_HOUR, _DAY = 3600, 24 * 3600
_NETWORK_FACTOR = 5
_codes = table_of(SignInCode)


@dataclass(frozen=True)
class Visitor:
    """Where a request to sign in comes from: an IP address, and the browser's name for the list of sessions."""

    address: str
    device: str = ""


@dataclass(frozen=True)
class Login:
    """A browser's session and whose it is."""

    row: LoginSession
    account: Account


def _count_request(session: Session, settings: Settings, visitor: Visitor) -> None:
    most = settings.sign_in_requests_per_hour
    network = Limit("sign-in network", most * _NETWORK_FACTOR, _HOUR, "limit.requests")
    host = Limit("sign-in host", most, _HOUR, "limit.requests")
    limits.count(session, settings, network, addresses.network_of(visitor.address))
    limits.count(session, settings, host, addresses.host_of(visitor.address))


def _count_code(session: Session, settings: Settings, visitor: Visitor, key: str) -> None:
    # First for the place a request comes from, so that nobody's mail can be stopped from one other place.
    most, network = settings.sign_in_codes_per_hour, addresses.network_of(visitor.address)
    here = Limit("codes from a network", most, _HOUR, "limit.requests")
    everywhere = Limit("codes", most * _NETWORK_FACTOR, _HOUR, "limit.requests")
    limits.count(session, settings, here, f"{key} {network}")
    limits.count(session, settings, everywhere, key)


def request_code(session: Session, settings: Settings, visitor: Visitor, email: str, target: str = "/") -> None:  # fmt: skip
    """Mail a new code and link to the person of this address, known or not; a former code is void.

    The link goes on to `target`. A known person is written to at the address of the account, so that nobody signs in
    by another spelling of it. Raises TooMany.
    """
    _count_request(session, settings, visitor)
    key = addresses.email_key(settings, email)
    _count_code(session, settings, visitor, key)
    code, link = security.new_code(), security.new_token()
    values = {
        "email": email,
        "code_hash": security.keyed_hash(settings.secret_key, key, code),
        "link_hash": security.hash_token(link),
        "wrong_tries": 0,
        "expires_at": now() + timedelta(minutes=settings.sign_in_code_minutes),
    }
    insert_or_update(session, _codes, {"email_key": key, **values}, values)
    known = accounts.find_by_email(session, settings, email)
    recipient = known.email if known and known.email else email
    emails.sign_in_code(session, settings, recipient, code, link, target)


def redeem_code(
    session: Session, settings: Settings, visitor: Visitor, email: str, code: str
) -> str:
    """The address that the code was asked for: whoever has the code has shown that it is theirs.

    Raises BadRequest if the code is wrong, used, expired or locked, TooMany.
    """
    _count_request(session, settings, visitor)
    key = addresses.email_key(settings, email)
    tries = Limit("tries", settings.sign_in_tries_per_day, _DAY, "limit.codes")
    limits.count(session, settings, tries, key)
    _count_try(session, key)
    given = security.keyed_hash(settings.secret_key, key, code.strip())
    right = (_codes.c.email_key == key) & (_codes.c.code_hash == given)
    found = _take(session, right & (_codes.c.wrong_tries <= MOST_WRONG_TRIES))
    if found is None:
        session.commit()  # The count of wrong tries must outlive the refusal.
        raise BadRequest("sign_in.code_invalid")
    limits.give_back(session, settings, tries, key)
    return found


def find_link(session: Session, link: str) -> SignInCode | None:
    """The valid code that this mailed link belongs to. Looking uses nothing up."""
    query = select(SignInCode).where(SignInCode.link_hash == security.hash_token(link))
    return session.exec(query.where(col(SignInCode.expires_at) > now())).first()


def redeem_link(session: Session, link: str) -> str:
    """The address that the link was mailed for. Raises BadRequest for one used or expired."""
    found = _take(session, _codes.c.link_hash == security.hash_token(link))
    if found is None:
        raise BadRequest("sign_in.link_invalid")
    return found


def _count_try(session: Session, key: str) -> None:
    # Counted before the comparison and in one statement, so that parallel guesses cannot share a try.
    session.execute(
        update(_codes).where(_codes.c.email_key == key).values(wrong_tries=_codes.c.wrong_tries + 1)
    )


def _take(session: Session, condition: ColumnElement[bool]) -> str | None:
    """Delete the valid code that meets the condition and return its email address: of two who try, one gets it."""
    taking = _codes.delete().where(condition, _codes.c.expires_at > now())
    return session.execute(taking.returning(_codes.c.email)).scalar()


def find_login(session: Session, token: str, *, hold: bool = False) -> Login | None:
    """The session of this cookie, unless it has expired. It may still lack its second factor.

    One from before the privacy notice changed counts no more: at the next sign-in the person is asked to agree anew.
    `hold` keeps the account from being deleted until the transaction ends.
    """
    query = (
        select(LoginSession, Account)
        .join(Account, col(LoginSession.account_id) == Account.id)
        .where(LoginSession.token_hash == security.hash_token(token))
        .where(LoginSession.expires_at > now())
        # A session that was being opened while the account was banned counts no more than those that were ended.
        .where(col(Account.banned_at).is_(None))
    )
    if hold:
        query = query.with_for_update(of=Account, **accounts.HELD)
    found = session.exec(query).first()
    return Login(*found) if found and accounts.has_agreed(found[1]) else None


def open_session(
    session: Session,
    settings: Settings,
    account: Account,
    device: str = "",
    *,
    pending: bool = False,
    second_factor: bool = False,
) -> str:
    """A new browser session of the account: its cookie's value. A pending one waits for the second factor."""
    token = security.new_token()
    session.add(
        LoginSession(
            token_hash=security.hash_token(token),
            account_id=account.id,
            device=device,
            is_pending=pending,
            second_factor_at=now() if second_factor else None,
            expires_at=now() + timedelta(days=settings.session_days),
        )
    )
    return token


def complete(session: Session, settings: Settings, login: Login) -> str:
    """A session that has given its second factor, in place of one that had not: its cookie's value."""
    session.delete(login.row)
    return open_session(session, settings, login.account, login.row.device, second_factor=True)


def sessions_of(session: Session, account: Account) -> list[LoginSession]:
    """The account's sessions that are still open, newest first."""
    query = select(LoginSession).where(LoginSession.account_id == account.id)
    query = query.where(col(LoginSession.expires_at) > now(), ~col(LoginSession.is_pending))
    return list(session.exec(query.order_by(col(LoginSession.created_at).desc())).all())


def close_session(session: Session, token: str) -> None:
    """End the browser session of this cookie; an unknown one is no error."""
    query = delete(LoginSession).where(col(LoginSession.token_hash) == security.hash_token(token))
    session.exec(query)
