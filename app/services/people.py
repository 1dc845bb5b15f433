"""People, as staff deal with them: found by the address they give, verified at a desk, banned, given a role.

Whatever staff does to an account leaves an event with a reason, and the person is told.
"""

import re
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app import emails
from app.errors import Conflict, NotFound, NotSignedIn
from app.forms import LARGEST_ID, BanForm, DeskForm, NoteForm, RoleForm
from app.labels import member_name
from app.models import (
    DESK,
    Account,
    AccountEvent,
    AccountEventKind,
    Outcome,
    QueueKind,
    Role,
    Ruling,
)
from app.permissions import may_ban, may_see_people, may_set_role, may_verify, require
from app.services import accounts, applications, identities, queue, rulings
from app.settings import Settings

Kind = AccountEventKind


@dataclass(frozen=True)
class Entry:
    """An event of an account, and who did it; nobody's name for what was done on the command line."""

    event: AccountEvent
    actor: str | None


def find(session: Session, settings: Settings, actor: Account, email: str) -> Account | None:
    """The account of the person whose address this is. Raises Forbidden."""
    require(may_see_people(actor), actor)
    return accounts.find_by_email(session, settings, email)


def get(session: Session, actor: Account, account_id: int, *, lock: bool = False) -> Account:
    """A person's account. Raises Forbidden, NotFound.

    `lock` keeps others from changing it meanwhile, and from changing what the actor may do: of two who take each
    other's role away at once, the second has lost it.
    """
    if lock:
        _lock(session, actor, account_id)
    require(may_see_people(actor), actor)
    account = session.get(Account, account_id) if account_id <= LARGEST_ID else None
    if account is None or account.email is None:
        raise NotFound
    return account


def _lock(session: Session, actor: Account, account_id: int) -> None:
    both = col(Account.id).in_([actor.id, min(account_id, LARGEST_ID)])
    query = select(Account).where(both).order_by(col(Account.id)).with_for_update(key_share=True)
    session.exec(query.execution_options(populate_existing=True)).all()
    if actor.banned_at is not None:
        raise NotSignedIn


def history(session: Session, account: Account) -> list[Entry]:
    """What staff did to the account, newest first."""
    query = (
        select(AccountEvent, Account)
        .outerjoin(Account, col(AccountEvent.actor_id) == Account.id)
        .where(AccountEvent.account_id == account.id)
        .order_by(col(AccountEvent.id).desc())
    )
    return [Entry(event, member_name(who) if who else None) for event, who in session.exec(query)]


def verify(
    session: Session, settings: Settings, actor: Account, account: Account, form: DeskForm
) -> None:
    """Record that the person showed this document at a desk. Of its number only a keyed hash is kept.

    Raises Forbidden, or Conflict if the document confirms another account.
    """
    require(may_verify(actor, account), actor)
    # However it is written: with blanks, hyphens or dots between its letters and digits.
    number = re.sub(r"[^0-9A-Z]", "", form.document.upper())
    claimed = identities.claim(settings, DESK, DESK, number)
    owner = identities.find_owner(session, claimed)
    if owner is not None and owner.id != account.id:
        raise Conflict("person.document_known", number=owner.id)
    identities.attach(session, settings, account, claimed)
    record(session, settings, actor, account, Kind.VERIFIED, form.note)


def ban(
    session: Session, settings: Settings, actor: Account, account: Account, form: BanForm
) -> None:
    """Close the account: its sessions end, nobody can sign in, and what waits of it leaves the moderators' queue.

    Raises Forbidden, Invalid for a rule that the policy doesn't have, Conflict if it is closed.
    """
    require(may_ban(actor, account), actor)
    rulings.require_reason(session, form.reason_code, needed=True)
    close(session, settings, actor, account, form.note, form.reason_code)


def unban(
    session: Session, settings: Settings, actor: Account, account: Account, form: NoteForm
) -> None:
    """Open the account again. Raises Forbidden, Conflict if it is open."""
    require(may_ban(actor, account), actor)
    reopen(session, settings, actor, account, form.note)


def close(
    session: Session, settings: Settings, actor: Account | None, account: Account, note: str = "", reason_code: str | None = None
) -> None:  # fmt: skip
    """Close an account, and tell the person why and how to appeal. Without an actor: done on the command line.

    Raises Conflict if it is closed.
    """
    if account.banned_at is not None:
        raise Conflict("person.banned")
    accounts.ban(session, account)
    queue.set_aside(session, account, aside=True)
    ruling = _rule(session, actor, account, Outcome.BAN, note, reason_code)
    event = _note(session, actor, account, Kind.BANNED, note, reason_code)
    emails.account_changed(session, settings, account, event, ruling)


def reopen(
    session: Session, settings: Settings, actor: Account | None, account: Account, note: str = ""
) -> None:
    """Open a closed account, and tell the person. Without an actor: done on the command line.

    Raises Conflict if it is open.
    """
    if account.banned_at is None:
        raise Conflict("person.not_banned")
    event = open_again(session, actor, account, note)
    emails.account_changed(session, settings, account, event)


def open_again(
    session: Session, actor: Account | None, account: Account, note: str = ""
) -> AccountEvent:
    """Open a closed account; what waited of it stands in its old place again. Tells nobody yet."""
    accounts.unban(session, account)
    queue.set_aside(session, account, aside=False)
    _rule(session, actor, account, Outcome.UNBAN, note)
    return _note(session, actor, account, Kind.UNBANNED, note)


def set_role(
    session: Session, settings: Settings, actor: Account, account: Account, form: RoleForm
) -> None:
    """Give the account another role; its sessions end. Raises Forbidden, Conflict if it has the role already."""
    require(may_set_role(actor, account), actor)
    role = Role(form.role)
    if account.role is role:
        raise Conflict("person.has_role")
    accounts.set_role(session, account, role)
    applications.follow_role(session, account)
    record(session, settings, actor, account, Kind.ROLE, form.note)


def record(
    session: Session, settings: Settings, actor: Account | None, account: Account, kind: Kind, note: str = ""
) -> None:  # fmt: skip
    """Add an event to the account's history and tell the person. Without an actor: done on the command line."""
    event = _note(session, actor, account, kind, note)
    emails.account_changed(session, settings, account, event)


def _note(
    session: Session, actor: Account | None, account: Account, kind: Kind, note: str, reason_code: str | None = None
) -> AccountEvent:  # fmt: skip
    event = AccountEvent(
        account_id=account.id,
        actor_id=actor.id if actor else None,
        kind=kind,
        reason_code=reason_code,
        note=note,
    )
    session.add(event)
    return event


def _rule(
    session: Session, actor: Account | None, account: Account, outcome: Outcome, note: str, reason_code: str | None = None
) -> Ruling:  # fmt: skip
    kind = QueueKind.ACCOUNT
    return rulings.settle(session, actor, kind, account.id, outcome, account_id=account.id, reason_code=reason_code, note=note)  # fmt: skip
