"""The outbox read back: the newest emails, for the development mailbox."""

from sqlmodel import Session, col, select

from app.errors import NotFound
from app.models import Email


def newest(session: Session, limit: int = 50) -> list[Email]:
    return list(session.exec(select(Email).order_by(col(Email.id).desc()).limit(limit)).all())


def get(session: Session, email_id: int) -> Email:
    """One email. Raises NotFound."""
    email = session.get(Email, email_id)
    if email is None:
        raise NotFound
    return email
