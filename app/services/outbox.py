"""The outbox: emails wait here until the mail server has taken them; in development they can be read here.

A worker claims an email by moving its due moment on, which only one of several can do. If the worker dies, the moment
comes, and another tries again. What has been sent keeps neither text nor recipient: a sign-in code or a private word
has done its work.
"""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from app import addresses
from app.database import now
from app.errors import NotFound
from app.models import Account, Channel, Email
from app.settings import Settings

# Longer than any delivery may take (smtp.TIMEOUT for each of its few steps).
LEASE = timedelta(minutes=10)
# Minutes from each failed try to the next; after the last one the email is given up.
BACKOFF = (1, 5, 15, 60, 240, 720)


def newest(session: Session, limit: int = 50) -> list[Email]:
    return list(session.exec(select(Email).order_by(col(Email.id).desc()).limit(limit)).all())


def get(session: Session, email_id: int) -> Email:
    """One email. Raises NotFound."""
    email = session.get(Email, email_id)
    if email is None:
        raise NotFound
    return email


def addressed_to(session: Session, settings: Settings, account: Account) -> list[Email]:
    """The emails on their way to the person, at whatever spelling of the address; those sent name nobody any more."""
    if account.email_key is None:
        return []
    waiting = session.exec(select(Email).where(Email.recipient != "").order_by(col(Email.id)))
    key = account.email_key
    return [one for one in waiting if addresses.email_key(settings, one.recipient) == key]


def next_due(session: Session, channel: Channel = Channel.EMAIL) -> Email | None:
    """What has waited longest on this channel, if anything is due."""
    query = select(Email).where(col(Email.due_at) <= now(), Email.channel == channel)
    return session.exec(query.order_by(col(Email.due_at)).limit(1)).first()


def claim(session: Session, email: Email) -> bool:
    """Take an email that is due for oneself; False if another worker was faster, or if it was tried often enough.

    One whose every try ended with its worker is given up here.
    """
    if email.attempts > len(BACKOFF):
        mark_failed(session, email.id, permanent=True)
        return False
    taking = (
        update(Email)
        .where(col(Email.id) == email.id, col(Email.due_at) == email.due_at)
        .values(due_at=now() + LEASE, attempts=Email.attempts + 1)
        .returning(col(Email.id))
        .execution_options(synchronize_session=False)
    )
    return session.execute(taking).first() is not None


def mark_sent(session: Session, email_id: int) -> None:
    """The mail server has taken it. Its row may be gone: the recipient has deleted the account meanwhile."""
    email = session.get(Email, email_id)
    if email is not None:
        email.sent_at, email.due_at = now(), None
        _forget(email)


def mark_failed(session: Session, email_id: int, *, permanent: bool = False) -> None:
    """It was not taken: try again later, or give up if that is pointless or was done often enough."""
    email = session.get(Email, email_id)
    if email is None:
        return
    if permanent or email.attempts > len(BACKOFF):
        email.gave_up_at, email.due_at = now(), None
        _forget(email)
    else:
        email.due_at = now() + timedelta(minutes=BACKOFF[email.attempts - 1])


def _forget(email: Email) -> None:
    email.recipient = email.subject = email.text = email.html = ""
    email.unsubscribe_url = None
