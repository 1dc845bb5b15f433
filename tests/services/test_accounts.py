"""Accounts and the one list of who may do what."""

import pytest

from app import permissions, security
from app.errors import Conflict, Forbidden, NotSignedIn
from app.models import Account, ApiToken, Role
from app.services import accounts, sign_in
from tests.builders import Make
from tests.databases import Database


def test_an_address_has_one_account(make: Make, db: Database, ha: Account) -> None:
    with pytest.raises(Conflict), db.session() as session:
        accounts.create(session, db.settings, "ha@example.org", "Hà khác")
    assert db.count(Account, Account.email == "ha@example.org") == 1


def test_only_a_hash_of_a_token_is_kept(db: Database, ha: Account) -> None:
    with db.session() as session:
        token = accounts.new_api_token(session, ha)
    assert [row.token_hash for row in db.all(ApiToken)] == [security.hash_token(token)]
    with db.session(writes=False) as session:
        assert accounts.find_by_api_token(session, token).id == ha.id
        assert accounts.find_by_api_token(session, db.all(ApiToken)[0].token_hash) is None
        assert sign_in.find_login(session, token) is None


def test_require_tells_guests_from_members() -> None:
    permissions.require(True)
    with pytest.raises(NotSignedIn):
        permissions.require(False)
    with pytest.raises(Forbidden):
        permissions.require(False, Account(name="Hà"))


@pytest.mark.parametrize(("role", "allowed"), [(None, False), (Role.CITIZEN, False), (Role.EXPERT, False), (Role.MODERATOR, True), (Role.ADMIN, True)])  # fmt: skip
def test_who_moderates(role: Role | None, allowed: bool) -> None:
    actor = Account(name="x", role=role) if role else None
    assert permissions.may_moderate(actor) is allowed
    assert permissions.may_vote(actor) is (role is not None)
    assert permissions.may_submit(actor) is (role is not None)
