"""Deletions: a person leaves, and nothing stays that leads to that person.

What has been published belongs to the public record: it passes to the one account that stands for all former members.
Published verdicts on proposals stay without anybody (ON DELETE SET NULL), because two of one round may have left.
Everything else goes with the account. Rows are locked in the order in which all others take them (mailed code, account,
voter, votes, proposals by number, comments by number), so that whoever does something at the same moment waits, and nobody blocks another.
"""

from dataclasses import dataclass

from sqlalchemy import or_, update
from sqlmodel import Session, SQLModel, col, delete, func, select

from app import addresses
from app.database import table_of
from app.errors import Conflict, FieldError, Invalid, NotSignedIn
from app.forms import DeletionForm
from app.i18n import N_
from app.lifecycle import Part, part_required
from app.models import (
    Account,
    AccountEvent,
    CoAuthorInvitation,
    Comment,
    CommentEvent,
    Email,
    Event,
    Invitation,
    LoginSession,
    MergeSuggestion,
    PendingEdit,
    Proposal,
    QueueItem,
    QueueKind,
    Revision,
    Role,
    Ruling,
    SignInCode,
    Status,
    Voter,
)
from app.services import (
    accounts,
    attachments,
    left_comments,
    outbox,
    phones,
    proposals,
    queue,
    second_factors,
    stored_files,
    verdicts,
    votes,
)
from app.services.left_comments import Left
from app.services.tallies import Moves
from app.services.votes import Forgotten
from app.settings import Settings

# What refers to an account and outlives it: handed over to the former member, or parted from everyone (votes.forget).
# All other references go with their rows, by ON DELETE CASCADE.
HANDED_OVER: tuple[tuple[type[SQLModel], str], ...] = ((Proposal, "author_id"), (Event, "actor_id"), (Revision, "edited_by"), (AccountEvent, "actor_id"), (Comment, "author_id"), (CommentEvent, "actor_id"))  # fmt: skip
PARTED: tuple[tuple[type[SQLModel], str], ...] = ((Voter, "account_id"),)


@dataclass(frozen=True)
class Done:
    """What a deletion did, for the page that says so."""

    removed: int
    withdrawn: int
    kept: int
    votes: Forgotten
    comments: Left


@dataclass(frozen=True)
class Outlook:
    """What an account holds, for the page that asks whether to delete it."""

    unpublished: int
    published: int
    votes: Forgotten
    comments: int


def outlook(session: Session, account: Account) -> Outlook:
    """What there is to be deleted."""
    numbers = select(func.count(), func.count(col(Proposal.published_at)))
    written, published = session.exec(numbers.where(Proposal.author_id == account.id)).one()
    return Outlook(
        written - published,
        published,
        votes.forgettable(session, account),
        left_comments.count(session, account),
    )


def delete_account(
    session: Session, settings: Settings, account: Account, login: LoginSession, form: DeletionForm
) -> Done:
    """Delete the account of whoever is signed in by this session.

    Raises BadRequest where its second factor has not been given, Invalid if what was typed is not the account's,
    Conflict for the last administrator, NotSignedIn if another request has just deleted it.
    """
    second_factors.require_given(session, account, login)
    _require_own(settings, account, form.confirmation)
    # Ends the share in the account that signing in took (accounts.HELD): two deletions would wait for each other's.
    session.commit()
    session.exec(delete(SignInCode).where(col(SignInCode.email_key) == account.email_key))
    session.exec(delete(Invitation).where(col(Invitation.email_key) == account.email_key))
    _lock(session, account)
    # Now: whoever accepts one holds the account before the invitation.
    invited = col(CoAuthorInvitation.email_key) == account.email_key
    session.exec(delete(CoAuthorInvitation).where(invited))
    former = accounts.former_member(session)
    _lock_work(session, account)
    moves = Moves()
    forgotten = votes.forget(session, account, moves)
    left = left_comments.part(session, account, former, moves, erase=form.comments == "erase")
    moves.carry_out(session)
    _remove_edits(session, account)
    _leave_cases(session, account)
    queue.leave_all(session, account)
    removed = _remove_unpublished(session, account)
    withdrawn = _withdraw(session, account) if form.proposals == "withdraw" else 0
    kept = _hand_over(session, account, former) - withdrawn
    _forget_mail(session, settings, account)
    _forget_words(session, account)
    _forget_merge_words(session, account)
    verdicts.forget(session, account)
    session.exec(delete(Account).where(col(Account.id) == account.id))
    return Done(removed, withdrawn, kept, forgotten, left)


def _require_own(settings: Settings, account: Account, typed: str) -> None:
    """An account without an address is confirmed by its name."""
    if account.email_key is None:
        own = typed == account.name
    else:
        own = addresses.email_key(settings, typed) == account.email_key
    if not own:
        raise Invalid([FieldError("confirmation", "not_yours", N_("This is not what stands above."), {})])  # fmt: skip


def _lock(session: Session, account: Account) -> None:
    """Lock the account against everybody; an administrator's together with those of all others, to count them."""
    wanted = col(Account.id) == account.id
    if account.role is Role.ADMIN:
        wanted |= col(Account.role) == Role.ADMIN
    query = select(Account).where(wanted).order_by(col(Account.id)).with_for_update()
    found = session.exec(query.execution_options(populate_existing=True)).all()
    if account.id not in [one.id for one in found]:
        raise NotSignedIn
    others = [one for one in found if one.id != account.id and one.banned_at is None]
    if account.role is Role.ADMIN and not others:
        raise Conflict("account.last_admin")


def _lock_work(session: Session, account: Account) -> None:
    """Lock the account's votes, then the proposals written, voted on, assessed and commented on, then comments; all by
    number.
    """
    votes.lock(session, account)
    own, number = col(Proposal.author_id) == account.id, col(Proposal.id)
    lists = (votes.voted_on, verdicts.asked_about, left_comments.commented_on)
    touched = or_(own, *(number.in_(numbers(account)) for numbers in lists))
    query = select(Proposal.id).where(touched).order_by(number)
    session.exec(query.with_for_update(of=Proposal)).all()
    left_comments.lock(session, account)


def _remove_edits(session: Session, account: Account) -> None:
    """New texts of published proposals that the public has not seen go as well."""
    own = select(Proposal.id).where(Proposal.author_id == account.id)
    session.exec(delete(PendingEdit).where(col(PendingEdit.proposal_id).in_(own)))


def _leave_cases(session: Session, account: Account) -> None:
    """What readers have reported of the account's texts goes on waiting: the texts stay."""
    items = table_of(QueueItem)
    own = (items.c.author_id == account.id) & (items.c.kind == QueueKind.REPORT)
    session.execute(update(items).where(own).values(author_id=None))


def _remove_unpublished(session: Session, account: Account) -> int:
    """Remove what the public has never seen, with its revisions, links, files and events."""
    own = (col(Proposal.author_id) == account.id, col(Proposal.published_at).is_(None))
    numbers = list(session.exec(select(Proposal.id).where(*own)).all())
    keys = attachments.keys_of(session, numbers)
    session.exec(delete(Proposal).where(*own))
    stored_files.erase_unused(session, keys)
    return len(numbers)


def _withdraw(session: Session, account: Account) -> int:
    """Withdraw what its author still can; the city goes on with the rest."""
    query = select(Proposal).where(Proposal.author_id == account.id).order_by(col(Proposal.id))
    mine = [one for one in session.exec(query) if part_required(one, Status.WITHDRAWN) is Part.AUTHOR]  # fmt: skip
    for proposal in mine:
        proposals.withdraw(session, account, proposal)
    session.flush()
    return len(mine)


def _hand_over(session: Session, account: Account, former: int) -> int:
    """Put the former member in the account's place; returns the number of proposals."""
    query = select(func.count()).select_from(Proposal).where(Proposal.author_id == account.id)
    written = session.exec(query).one()
    for model, name in HANDED_OVER:
        column = table_of(model).c[name]
        session.execute(update(column.table).where(column == account.id).values({column: former}))
    return written


def _forget_words(session: Session, account: Account) -> None:
    """Erase what moderators wrote to the person; the decisions themselves are part of the public record."""
    words = table_of(Ruling)
    session.execute(update(words).where(words.c.account_id == account.id).values(note=""))


def _forget_merge_words(session: Session, account: Account) -> None:
    """Erase the person's words about merging proposals; what was agreed stays, and what waits ends without an answer."""
    table = table_of(MergeSuggestion)
    for person, words in ((table.c.suggested_by, table.c.note), (table.c.asked_id, table.c.answer)):
        said = (person == account.id) & (words != "")
        session.execute(update(table).where(said).values({words: ""}))


def _forget_mail(session: Session, settings: Settings, account: Account) -> None:
    waiting = [email.id for email in outbox.addressed_to(session, settings, account)]
    waiting += [text.id for text in phones.texts_to(session, settings, account)]
    session.exec(delete(Email).where(col(Email.id).in_(waiting)))
