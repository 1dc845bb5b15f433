"""Accounts over JSON, as staff deal with them: closing and opening them."""

from app.api.routing import new_router
from app.api.schemas import AccountOut
from app.dependencies import SessionDep, SettingsDep, TokenActor
from app.forms import BanForm, NoteForm, Number
from app.services import people

router = new_router("Moderation")


@router.post("/people/{account_id}/ban")
def ban(
    account_id: Number,
    body: BanForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> AccountOut:
    """Close an account: its sessions end, its tokens open nothing, what waits of it leaves the queue."""
    account = people.get(session, actor, account_id, lock=True)
    people.ban(session, settings, actor, account, body)
    return AccountOut.whole(account)


@router.post("/people/{account_id}/unban")
def unban(
    account_id: Number,
    body: NoteForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> AccountOut:
    """Open an account again; what waited of it stands in its old place."""
    account = people.get(session, actor, account_id, lock=True)
    people.unban(session, settings, actor, account, body)
    return AccountOut.whole(account)
