"""Retention: nothing is kept longer than the list in app/privacy.py says."""

from sqlmodel import Session

from app.database import now
from app.privacy import rules


def sweep(session: Session) -> None:
    """Delete whatever should be gone by now."""
    for rule in rules():
        session.execute(rule.overdue(now()))
