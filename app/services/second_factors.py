"""Second factors: an authenticator app (RFC 6238) or passkeys (WebAuthn), and recovery codes for when both are lost.

What a page hands out and gets back (a new secret, a challenge) is sealed: signed, bound to one account or session, and
valid for minutes. Nothing is stored before it has been proved to work.
"""

import json
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import pyotp
import webauthn
from cryptography.fernet import Fernet
from sqlalchemy import update
from sqlmodel import Session, col, delete, func, select
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
)

from app import emails, security
from app.database import insert_if_absent, now, table_of
from app.errors import BadRequest, Conflict, NotFound, NotSignedIn
from app.models import Account, Authenticator, LoginSession, Passkey, RecoveryCode
from app.services import accounts, limits
from app.services.limits import Limit
from app.settings import Settings

SEAL_SECONDS = 15 * 60
RECOVERY_CODES = 10
# 50 random bits: ten characters without those that look alike.
_RECOVERY_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_RECOVERY_LENGTH = 10
_TRIES = Limit("second factor", 10, 900, "limit.second_factor")
_TRIES_OF_A_DAY = Limit("second factor of a day", 50, 24 * 3600, "limit.second_factor")
_STEP = 30
LONGEST_CREDENTIAL = 20_000
LONGEST_ID = 1400
_PLAIN_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_ID}}}")


@dataclass(frozen=True)
class Enrolled:
    """What an account has."""

    authenticator: Authenticator | None
    passkeys: list[Passkey]
    recovery_codes: int

    def __bool__(self) -> bool:
        return self.authenticator is not None or bool(self.passkeys)


@dataclass(frozen=True)
class Offer:
    """A new secret for an authenticator app, as an address for its QR code, and sealed for the form."""

    secret: str
    address: str
    sealed: str


def enrolled(session: Session, account: Account) -> Enrolled:
    """The account's second factors."""
    passkeys = select(Passkey).where(Passkey.account_id == account.id)
    codes = select(func.count()).where(RecoveryCode.account_id == account.id)
    return Enrolled(
        session.get(Authenticator, account.id),
        list(session.exec(passkeys.order_by(col(Passkey.created_at))).all()),
        session.exec(codes).one(),
    )


def require_given(session: Session, account: Account, login: LoginSession) -> None:
    """Raise BadRequest where the account has a second factor and this session has not given it."""
    if enrolled(session, account) and login.second_factor_at is None:
        raise BadRequest("second_factor.give_first")


# The authenticator app


def offer_authenticator(settings: Settings, account: Account, portal_name: str) -> Offer:
    """A new secret. It counts only when a code made from it comes back with the seal."""
    secret = pyotp.random_base32()
    address = pyotp.TOTP(secret).provisioning_uri(
        name=account.email or account.name, issuer_name=portal_name
    )
    return Offer(secret, address, _seal(settings, "authenticator", [account.id, secret]))


def reoffer(settings: Settings, account: Account, portal_name: str, sealed: str) -> Offer:
    """The same offer once more, after a wrong code. Raises BadRequest for a seal that is not valid any more."""
    owner, secret = _unseal(settings, "authenticator", sealed)
    if owner != account.id:
        raise BadRequest("second_factor.expired")
    address = pyotp.TOTP(secret).provisioning_uri(
        name=account.email or account.name, issuer_name=portal_name
    )
    return Offer(secret, address, sealed)


def enrol_authenticator(
    session: Session, settings: Settings, account: Account, sealed: str, code: str
) -> None:
    """Take the app into use, in place of a former one. Raises BadRequest if the code is wrong or the seal too old."""
    owner, secret = _unseal(settings, "authenticator", sealed)
    if owner != account.id:
        raise BadRequest("second_factor.expired")
    _count_try(session, settings, account)
    step = _matching_step(secret, code)
    if step is None:
        raise BadRequest("second_factor.wrong")
    sealed_secret = _vault(settings).encrypt(secret.encode()).decode()
    session.merge(Authenticator(account_id=account.id, sealed_secret=sealed_secret, last_step=step))
    emails.second_factor_changed(session, settings, account)


def _matching_step(secret: str, code: str) -> int | None:
    """The time step whose code this is: the current one, or its neighbour for clocks that differ."""
    given, current = "".join(code.split()), int(now().astimezone(UTC).timestamp()) // _STEP
    for step in (current, current - 1, current + 1):
        if pyotp.TOTP(secret).verify(given, for_time=step * _STEP):
            return step
    return None


def _vault(settings: Settings) -> Fernet:
    key = sha256(b"second factor\0" + settings.secret_key.encode()).digest()
    return Fernet(urlsafe_b64encode(key))


# Signing in


def check(session: Session, settings: Settings, account: Account, code: str) -> None:
    """Accept a code of the authenticator app or a recovery code, each once. Raises BadRequest or TooMany."""
    _count_try(session, settings, account)
    if not _use_authenticator(session, settings, account, code):
        if not _use_recovery(session, settings, account, code):
            raise BadRequest("second_factor.wrong")
        emails.recovery_code_used(session, settings, account)
    for limit in (_TRIES, _TRIES_OF_A_DAY):
        limits.give_back(session, settings, limit, str(account.id))


def _count_try(session: Session, settings: Settings, account: Account) -> None:
    for limit in (_TRIES, _TRIES_OF_A_DAY):
        limits.count(session, settings, limit, str(account.id))
    lock(session, account)  # Counting has ended the hold that signing in took.


def lock(session: Session, account: Account) -> None:
    """Keep others from changing the account's second factors until the transaction ends. Raises NotSignedIn if it is gone.

    Those who only hold the account (accounts.HELD) are not waited for: two who hold it would wait for each other.
    """
    query = select(Account.id).where(Account.id == account.id).with_for_update(key_share=True)
    if session.exec(query).first() is None:
        raise NotSignedIn


def _use_authenticator(session: Session, settings: Settings, account: Account, code: str) -> bool:
    device = session.get(Authenticator, account.id)
    if device is None:
        return False
    step = _matching_step(_vault(settings).decrypt(device.sealed_secret).decode(), code)
    if step is None:
        return False
    table = table_of(Authenticator)
    using = (
        update(table)
        .where(table.c.account_id == account.id, table.c.last_step < step)
        .values(last_step=step)
    )
    return session.execute(using.returning(table.c.last_step)).first() is not None


def _use_recovery(session: Session, settings: Settings, account: Account, code: str) -> bool:
    given = _recovery_hash(settings, account, code)
    using = delete(RecoveryCode).where(
        col(RecoveryCode.code_hash) == given, col(RecoveryCode.account_id) == account.id
    )
    return session.exec(using.returning(col(RecoveryCode.code_hash))).first() is not None


def new_recovery_codes(session: Session, settings: Settings, account: Account) -> list[str]:
    """Ten new codes, shown this once; the former ones are void."""
    lock(session, account)
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account.id))
    codes = [
        "".join(secrets.choice(_RECOVERY_LETTERS) for _ in range(_RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    for code in codes:
        hashed = _recovery_hash(settings, account, code)
        session.add(RecoveryCode(code_hash=hashed, account_id=account.id))
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _recovery_hash(settings: Settings, account: Account, code: str) -> str:
    plain = code.replace("-", "").replace(" ", "").strip().lower()
    return security.keyed_hash(settings.secret_key, "recovery", str(account.id), plain)


# Passkeys


def passkeys_possible(settings: Settings) -> bool:
    """Browsers make passkeys for host names only, not for IP addresses."""
    host = urlsplit(settings.base_url).hostname or ""
    return host == "localhost" or (not host.replace(".", "").isdigit() and ":" not in host)


def registration_options(
    session: Session, settings: Settings, account: Account, login: LoginSession, portal_name: str
) -> tuple[str, str]:
    """What the browser needs to make a passkey, as JSON, and the sealed challenge."""
    options = webauthn.generate_registration_options(
        rp_id=_rp_id(settings),
        rp_name=portal_name,
        user_name=account.email or account.name,
        user_display_name=account.name,
        user_id=security.keyed_hash(settings.secret_key, "passkey", str(account.id))[:32].encode(),
        exclude_credentials=_descriptors(session, account),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED
        ),
    )
    return webauthn.options_to_json(options), _challenge(settings, login, options.challenge)


def enrol_passkey(
    session: Session, settings: Settings, account: Account, login: LoginSession, sealed: str, credential: str, name: str
) -> None:  # fmt: skip
    """Take a passkey into use. Raises BadRequest if it doesn't answer the challenge, Conflict if it is known."""
    challenge = _expected(settings, login, sealed)
    with _answering():
        made = webauthn.verify_registration_response(
            credential=_credential(credential),
            expected_challenge=challenge,
            expected_rp_id=_rp_id(settings),
            expected_origin=settings.base_url,
        )
    credential_id = bytes_to_base64url(made.credential_id)
    if len(credential_id) > LONGEST_ID:
        raise BadRequest("second_factor.wrong")
    lock(session, account)
    row = {
        "credential_id": credential_id,
        "account_id": account.id,
        "public_key": bytes_to_base64url(made.credential_public_key),
        "sign_count": made.sign_count,
        "name": name,
        "created_at": now(),
    }
    if not insert_if_absent(session, table_of(Passkey), row):
        raise Conflict("second_factor.known")
    emails.second_factor_changed(session, settings, account)


def authentication_options(
    session: Session, settings: Settings, account: Account, login: LoginSession
) -> tuple[str, str]:
    """What the browser needs to sign with a passkey, as JSON, and the sealed challenge."""
    options = webauthn.generate_authentication_options(
        rp_id=_rp_id(settings), allow_credentials=_descriptors(session, account)
    )
    return webauthn.options_to_json(options), _challenge(settings, login, options.challenge)


def check_passkey(
    session: Session, settings: Settings, account: Account, login: LoginSession, sealed: str, credential: str
) -> None:  # fmt: skip
    """Accept the signature of one of the account's passkeys. Raises BadRequest."""
    challenge, fields = _expected(settings, login, sealed), _credential(credential)
    passkey = session.get(Passkey, fields["id"])
    if passkey is None or passkey.account_id != account.id:
        raise BadRequest("second_factor.wrong")
    with _answering():
        done = webauthn.verify_authentication_response(
            credential=fields,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(settings),
            expected_origin=settings.base_url,
            credential_public_key=webauthn.base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
        )
    passkey.sign_count = done.new_sign_count


def _credential(text: str) -> dict[str, Any]:
    """What a browser answered, which must be an object with a plain id. Raises BadRequest."""
    try:
        fields = json.loads(text) if len(text) <= LONGEST_CREDENTIAL else {}
    except (ValueError, RecursionError):
        fields = {}
    if not isinstance(fields, dict) or not _PLAIN_ID.fullmatch(str(fields.get("id", ""))):
        raise BadRequest("second_factor.wrong")
    return fields


@contextmanager
def _answering() -> Iterator[None]:
    """The library meets whatever a stranger wrote; of its many errors each means that the answer is no good."""
    try:
        yield
    except Exception as error:
        raise BadRequest("second_factor.wrong") from error


def _rp_id(settings: Settings) -> str:
    return urlsplit(settings.base_url).hostname or ""


def _descriptors(session: Session, account: Account) -> list[PublicKeyCredentialDescriptor]:
    keys = enrolled(session, account).passkeys
    return [
        PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(key.credential_id))
        for key in keys
    ]


def _challenge(settings: Settings, login: LoginSession, challenge: bytes) -> str:
    # Bound to the session, whose token changes at every sign-in: no challenge can be answered twice.
    return _seal(settings, "challenge", [login.token_hash, bytes_to_base64url(challenge)])


def _expected(settings: Settings, login: LoginSession, sealed: str) -> bytes:
    owner, challenge = _unseal(settings, "challenge", sealed)
    if owner != login.token_hash:
        raise BadRequest("second_factor.expired")
    return webauthn.base64url_to_bytes(challenge)


# Removing


def remove(session: Session, settings: Settings, account: Account, what: str) -> None:
    """Give up the authenticator app (`authenticator`) or the passkey with this id.

    Raises NotFound, or Conflict where the account's role needs a second factor and this is the last.
    """
    lock(session, account)
    found = enrolled(session, account)
    gone = found.authenticator if what == "authenticator" else _named(found.passkeys, what)
    if gone is None:
        raise NotFound
    is_last = len(found.passkeys) + (found.authenticator is not None) == 1
    if is_last and account.acts_for_city and settings.staff_needs_second_factor:
        raise Conflict("second_factor.needed_by_role")
    session.delete(gone)
    if is_last:
        session.exec(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account.id))
    emails.second_factor_changed(session, settings, account)


def reset(session: Session, settings: Settings, account: Account) -> None:
    """Take all second factors away, for someone who has lost them; an administrator has made sure who asks.

    The account's sessions end: one of them may be a thief's.
    """
    accounts.end_sessions(session, account)
    for table in (Authenticator, Passkey, RecoveryCode):
        session.exec(delete(table).where(col(table.account_id) == account.id))
    emails.second_factor_changed(session, settings, account)


def _named(passkeys: list[Passkey], what: str) -> Passkey | None:
    return next((key for key in passkeys if key.credential_id == what), None)


def _seal(settings: Settings, purpose: str, value: list[object]) -> str:
    return security.seal(settings.secret_key, purpose, value)


def _unseal(settings: Settings, purpose: str, sealed: str) -> tuple[object, str]:
    try:
        owner, value = security.unseal(settings.secret_key, purpose, sealed, SEAL_SECONDS)
    except ValueError as error:
        raise BadRequest("second_factor.expired") from error
    return owner, str(value)
