"""Taking an invitation up, where no page has looked at it before: the service itself refuses."""

from datetime import timedelta

import pytest

from app.database import now
from app.errors import BadRequest, Forbidden, PortalError
from app.forms import ApplicationForm, InvitationForm
from app.models import Account, ExpertApplication, Invitation
from app.services import invitations
from tests.builders import Make, profile
from tests.databases import Database


@pytest.fixture
def token(db: Database, lan: Account, monkeypatch: pytest.MonkeyPatch) -> str:
    """The token of an invitation for ha@example.org."""
    monkeypatch.setattr("app.security.new_token", lambda: "a token")
    with db.session() as session:
        form = InvitationForm(email="ha@example.org", language="vi")
        invitations.invite(session, db.settings, lan, form)
    return "a token"


def accept(db: Database, actor: Account, token: str) -> None:
    with db.session() as session:
        form = ApplicationForm(**profile())
        invitations.accept(session, db.settings, session.get_one(Account, actor.id), token, form)


def refused(db: Database, actor: Account, token: str, error: type[PortalError]) -> None:
    with pytest.raises(error):
        accept(db, actor, token)
    assert (db.count(Invitation), db.count(ExpertApplication)) == (1, 0)


def test_by_whom_it_is_for(db: Database, ha: Account, token: str) -> None:
    accept(db, ha, token)
    assert (db.count(Invitation), db.get(Account, ha.id).is_expert) == (0, True)


def test_not_by_another(db: Database, outsider: Account, token: str) -> None:
    refused(db, outsider, token, Forbidden)


def test_not_with_another_token(db: Database, ha: Account, token: str) -> None:
    (row,) = db.all(Invitation)
    for wrong in ("", "another", row.token_hash, row.handle):
        refused(db, ha, wrong, BadRequest)


def test_not_too_late(db: Database, ha: Account, token: str) -> None:
    with db.session() as session:
        session.merge(db.all(Invitation)[0]).expires_at = now() - timedelta(seconds=1)
    refused(db, ha, token, BadRequest)


@pytest.mark.parametrize("who", ["ha", "outsider"])
def test_only_moderators_invite(db: Database, make: Make, ha: Account, outsider: Account, who: str) -> None:  # fmt: skip
    actor = {"ha": ha, "outsider": outsider}[who]
    form = InvitationForm(email="x@example.org", language="vi")
    with db.session() as session, pytest.raises(Forbidden):
        invitations.invite(session, db.settings, actor, form)
    assert db.count(Invitation) == 0
