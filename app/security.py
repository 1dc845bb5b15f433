"""Secrets: random tokens and codes, and the only form in which the database knows them."""

import hashlib
import hmac
import secrets
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer


def new_token() -> str:
    """256 random bits, for a cookie, a link or an API token."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is stored of a token. Its 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**6):06d}"


def keyed_hash(key: str, *parts: str) -> str:
    """What is stored of something that could be guessed from a plain hash: a code, an address, a phone number."""
    return hmac.new(key.encode(), "\0".join(parts).encode(), "sha256").hexdigest()


def seal(key: str, purpose: str, value: Any) -> str:
    """A JSON value signed for one purpose, to be handed out and taken back. It can be read by whoever holds it."""
    return str(URLSafeTimedSerializer(key, salt=purpose).dumps(value))


def unseal(key: str, purpose: str, sealed: str, seconds: int) -> Any:
    """The value of a seal made for this purpose within the last seconds. Raises ValueError for any other text."""
    try:
        return URLSafeTimedSerializer(key, salt=purpose).loads(sealed, max_age=seconds)
    except (BadSignature, TypeError) as error:
        raise ValueError("not a valid seal") from error
