"""Secrets: random tokens and codes, and the only form in which the database knows them."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """256 random bits, for a cookie or an API token."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is stored of a token. Its 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**6):06d}"


def hash_code(code: str, email: str, key: str) -> str:
    """What is stored of a sign-in code. Six digits could be guessed from a plain hash, so it is keyed."""
    return hmac.new(key.encode(), f"{email}\0{code}".encode(), "sha256").hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two strings are equal, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
