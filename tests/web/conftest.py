"""Fixtures of the pages' tests."""

import pytest

from app.database import now


@pytest.fixture(autouse=True)
def _steady_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops the clock of authenticator apps: a code made before a step of time ends is else too old after it."""
    moment = now()
    monkeypatch.setattr("app.services.second_factors.now", lambda: moment)
