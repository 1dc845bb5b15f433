"""Limits: how often something may be tried in a time. Counted in the database, so that all processes share the count.

Time is cut into windows of fixed length. Who tries is kept only as a keyed hash, which is forgotten with its window.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session

from app import security
from app.database import insert_if_absent, insert_or_update, now, table_of
from app.errors import NotSignedIn, TooMany
from app.models import Account, Attempts
from app.privacy import ATTEMPTS_KEPT
from app.services import accounts
from app.settings import Settings

_attempts = table_of(Attempts)


@dataclass(frozen=True)
class Limit:
    """At most so many tries in so many seconds; `error` names the sentence of the refusal."""

    name: str
    most: int
    seconds: int
    error: str

    def __post_init__(self) -> None:
        if self.seconds > ATTEMPTS_KEPT.total_seconds():
            raise ValueError("longer than attempts may be kept (app/privacy.py)")


def count(session: Session, settings: Settings, limit: Limit, who: str) -> None:
    """Count one try and commit it. Raises TooMany if it is one too many."""
    key, ends_at = _window(settings, limit, who)
    row = {"key": key, "tries": 1, "ends_at": ends_at}
    found = insert_or_update(session, _attempts, row, {"tries": _attempts.c.tries + 1})
    session.commit()  # What was tried counts, whatever becomes of the request.
    if found.tries > limit.most:
        left = (ends_at - now()).total_seconds()
        raise TooMany(limit.error, retry_after=max(1, round(left)))


def count_of(session: Session, settings: Settings, limit: Limit, actor: Account) -> None:
    """Count one try of somebody who is signed in. Raises TooMany, NotSignedIn if the account is being deleted."""
    count(session, settings, limit, str(actor.id))
    # Counting has ended the transaction that kept the account.
    if accounts.hold(session, actor.id) is None:
        raise NotSignedIn


def give_back(session: Session, settings: Settings, limit: Limit, who: str) -> None:
    """Take one counted try back, because it was a right one."""
    key, _ = _window(settings, limit, who)
    session.execute(
        update(_attempts).where(_attempts.c.key == key).values(tries=_attempts.c.tries - 1)
    )


def use_once(session: Session, settings: Settings, purpose: str, name: str, seconds: int) -> bool:
    """Whether something that is valid for these seconds is used for the first time."""
    key = security.keyed_hash(settings.secret_key, purpose, name)
    row = {"key": key, "tries": 1, "ends_at": now() + timedelta(seconds=seconds)}
    return insert_if_absent(session, _attempts, row)


def _window(settings: Settings, limit: Limit, who: str) -> tuple[str, datetime]:
    number = int(now().timestamp()) // limit.seconds
    ends_at = datetime.fromtimestamp(0, UTC) + timedelta(seconds=(number + 1) * limit.seconds)
    return security.keyed_hash(settings.secret_key, limit.name, who, str(number)), ends_at
