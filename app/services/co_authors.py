"""Co-authors: invited by a proposal's author, named on it by their own consent, and free to leave.

They may change the text as its author may, and are bound by what binds the author: nobody judges their own. Handing it in,
withdrawing it, and choosing who writes at it stay with the author. Whether an address has an account is told to nobody.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, delete, func, or_, select

from app import addresses, emails, security
from app.database import insert_or_update, now, table_of
from app.emails import CoAuthorStep
from app.errors import BadRequest, Conflict, Forbidden, NotFound
from app.forms import CoAuthorForm
from app.i18n import format_date, language
from app.labels import member_name, status_label
from app.lifecycle import EDITABLE
from app.models import (
    HANDLE_LENGTH,
    Account,
    AssessmentRound,
    CoAuthor,
    CoAuthorInvitation,
    Evaluator,
    EventKind,
    Proposal,
    QueueKind,
    Ruling,
)
from app.permissions import Actor, is_author, is_owner, may_choose_co_authors, require
from app.privacy import INVITATIONS_KEPT
from app.services import accounts, limits, proposals, transitions
from app.services.limits import Limit
from app.settings import Settings

MOST = 5
_invitations = table_of(CoAuthorInvitation)


@dataclass(frozen=True)
class Offer:
    """An invitation, and the proposal that it is about."""

    invitation: CoAuthorInvitation
    proposal: Proposal


def invite(
    session: Session, settings: Settings, actor: Account, proposal_id: int, form: CoAuthorForm
) -> Proposal:
    """Mail an invitation to an address; a former one to it is void. Each is counted before it is looked at.

    Raises NotFound, Forbidden, TooMany, Conflict for oneself, a co-author, somebody who has declined, or one too many.
    """
    proposal = proposals.get_visible(session, actor, proposal_id)
    require(may_choose_co_authors(actor, proposal), actor)
    most = settings.co_author_invitations_per_day
    limits.count_of(session, settings, Limit("co_author", most, 86400, "limit.co_authors"), actor)
    session.expire(proposal)
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    require(may_choose_co_authors(actor, proposal), actor)
    key = addresses.email_key(settings, form.email)
    _require_possible(session, actor, proposal, key)
    token = _keep(session, actor, proposal, form.email, key)
    wanted = form.language or language.get()
    emails.co_author_invitation(session, settings, actor, proposal, form.email, wanted, token, INVITATIONS_KEPT.days)  # fmt: skip
    return proposal


def _require_possible(session: Session, actor: Account, proposal: Proposal, key: str) -> None:
    if proposal.status not in EDITABLE:
        raise Conflict("proposal.locked", status=status_label(proposal.status))
    if key == actor.email_key:
        raise Conflict("invitation.own")
    if key in {link.account.email_key for link in proposal.co_author_links if link.left_at is None}:
        raise Conflict("co_author.known")
    sent = _current(session, proposal)
    refused = [one for one in sent if one.email_key == key and one.declined_at is not None]
    if refused:
        raise Conflict("co_author.declined", day=format_date(refused[0].expires_at))
    others = [one for one in sent if one.email_key != key and one.declined_at is None]
    if len(proposal.co_authors) + len(others) >= MOST:
        raise Conflict("co_author.full", most=MOST)


def _keep(session: Session, actor: Account, proposal: Proposal, email: str, key: str) -> str:
    """Store the invitation in place of a former one, and return its token."""
    token = security.new_token()
    values = {
        "email": email,
        "token_hash": security.hash_token(token),
        "invited_by": actor.id,
        "created_at": now(),
        "declined_at": None,
        "expires_at": now() + INVITATIONS_KEPT,
    }
    insert_or_update(session, _invitations, {"proposal_id": proposal.id, "email_key": key, **values}, values)  # fmt: skip
    return token


def sent(session: Session, actor: Actor, proposal: Proposal) -> list[CoAuthorInvitation]:
    """The invitations to a proposal that wait or have been declined, the newest first; to others than its author, none."""
    return _current(session, proposal) if may_choose_co_authors(actor, proposal) else []


def _current(session: Session, proposal: Proposal) -> list[CoAuthorInvitation]:
    about = CoAuthorInvitation.proposal_id == proposal.id
    query = select(CoAuthorInvitation).where(about, col(CoAuthorInvitation.expires_at) > now())
    return list(session.exec(query.order_by(col(CoAuthorInvitation.created_at).desc())).all())


def revoke(session: Session, actor: Account, proposal: Proposal, handle: str) -> None:
    """Make an invitation worthless that waits. Raises Forbidden or NotFound."""
    require(may_choose_co_authors(actor, proposal), actor)
    if not accounts.is_handle(handle):
        raise NotFound
    named = func.substr(CoAuthorInvitation.token_hash, 1, HANDLE_LENGTH) == handle
    taking = delete(CoAuthorInvitation).where(
        named,
        col(CoAuthorInvitation.proposal_id) == proposal.id,
        col(CoAuthorInvitation.declined_at).is_(None),
    )
    if session.exec(taking.returning(col(CoAuthorInvitation.email_key))).first() is None:
        raise NotFound


def find(session: Session, actor: Actor, token: str, *, lock: bool = False) -> Offer:
    """The invitation of this link, for whoever received it or is not signed in yet. Looking uses nothing up.

    `lock` holds the proposal first, so that of two answers one comes too late. Raises BadRequest for one that is not
    valid, Forbidden for somebody else's.
    """
    number = _about(session, token)
    proposal = proposals.load(session, number, lock=lock) if number is not None else None
    query = select(CoAuthorInvitation).where(_valid(token))
    found = session.exec(query.execution_options(populate_existing=True)).first()
    if proposal is None or found is None or not _is_worth(found, proposal):
        raise BadRequest("co_author.invalid")
    if actor is not None and actor.email_key != found.email_key:
        raise Forbidden("invitation.other_person")
    return Offer(found, proposal)


def _about(session: Session, token: str) -> int | None:
    """The number of the proposal to which an invitation leads."""
    return session.exec(select(CoAuthorInvitation.proposal_id).where(_valid(token))).first()


def _valid(token: str) -> ColumnElement[bool]:
    return and_(
        col(CoAuthorInvitation.token_hash) == security.hash_token(token),
        col(CoAuthorInvitation.declined_at).is_(None),
        col(CoAuthorInvitation.expires_at) > now(),
    )


def _is_worth(invitation: CoAuthorInvitation, proposal: Proposal) -> bool:
    """An invitation is worth as much as the right of whoever sent it is now."""
    author = proposal.author
    return invitation.invited_by == author.id and author.banned_at is None


def accept(session: Session, settings: Settings, actor: Account, token: str) -> Proposal:
    """Become a co-author, which uses the invitation up; the author is told. Raises as find(), Conflict."""
    offer = find(session, actor, token, lock=True)
    proposal = offer.proposal
    _require_fit(session, actor, proposal)
    session.delete(offer.invitation)
    _join(proposal, actor)
    transitions.record(session, actor, proposal, EventKind.CO_AUTHOR_JOINED, proposal.status)
    emails.co_author_changed(session, settings, proposal.author, proposal, CoAuthorStep.JOINED, member_name(actor))  # fmt: skip
    session.flush()
    return proposal


def _join(proposal: Proposal, actor: Account) -> None:
    former = next((one for one in proposal.co_author_links if one.account_id == actor.id), None)
    if former is None:
        proposal.co_author_links.append(CoAuthor(account_id=actor.id, account=actor))
    else:
        former.left_at = None


def _require_fit(session: Session, actor: Account, proposal: Proposal) -> None:
    """Raise Conflict where nobody, or not this person, can become a co-author now."""
    if proposal.status not in EDITABLE:
        raise Conflict("proposal.locked", status=status_label(proposal.status))
    if is_author(actor, proposal):
        raise Conflict("co_author.known")
    if len(proposal.co_authors) >= MOST:
        raise Conflict("co_author.full", most=MOST)
    asked = select(Evaluator.id).join(
        AssessmentRound, col(AssessmentRound.id) == Evaluator.round_id
    )
    asked = asked.where(
        AssessmentRound.proposal_id == proposal.id, Evaluator.account_id == actor.id
    )
    # Who has declared a conflict of interest gives no verdict, and may well be one.
    free = or_(col(Evaluator.has_conflict).is_(None), col(Evaluator.has_conflict).is_(False))
    if session.exec(asked.where(free).limit(1)).first() is not None:
        raise Conflict("co_author.asked")
    about = (
        col(Ruling.kind).in_([QueueKind.PROPOSAL, QueueKind.EDIT]),
        Ruling.subject_id == proposal.id,
    )
    if session.exec(select(Ruling.id).where(*about, Ruling.actor_id == actor.id).limit(1)).first():
        raise Conflict("co_author.decided")


def decline(session: Session, settings: Settings, actor: Account, token: str) -> None:
    """Say no; the author is told, and cannot ask again before the invitation's end. Raises as find()."""
    offer = find(session, actor, token, lock=True)
    offer.invitation.declined_at = now()
    author = offer.proposal.author
    emails.co_author_changed(session, settings, author, offer.proposal, CoAuthorStep.DECLINED, offer.invitation.email)  # fmt: skip


def remove(
    session: Session, settings: Settings, actor: Account, proposal: Proposal, number: int
) -> None:
    """End somebody's part in a proposal whose row the caller has locked: one's own, or as its author another's.

    Both are told. Raises Forbidden, NotFound if that is no co-author.
    """
    require(may_remove(actor, proposal, number), actor)
    link = next((one for one in proposal.co_author_links if one.account_id == number), None)
    if link is None or link.left_at is not None:
        raise NotFound
    leaves, account = number == actor.id, link.account
    link.left_at = now()
    kind = EventKind.CO_AUTHOR_LEFT if leaves else EventKind.CO_AUTHOR_REMOVED
    transitions.record(session, actor, proposal, kind, proposal.status)
    theirs = CoAuthorStep.YOU_LEFT if leaves else CoAuthorStep.YOU_WERE_REMOVED
    authors = CoAuthorStep.LEFT if leaves else CoAuthorStep.REMOVED
    emails.co_author_changed(session, settings, account, proposal, theirs)
    emails.co_author_changed(session, settings, proposal.author, proposal, authors, member_name(account))  # fmt: skip
    session.flush()


def may_remove(actor: Actor, proposal: Proposal, number: int) -> bool:
    """Whether it is the actor's to end this part: the author's with everybody, and everybody's with themselves."""
    own = actor is not None and actor.id == number and is_author(actor, proposal)
    return is_owner(actor, proposal) or own


# What a person can read of it all


def shared_with(session: Session, account: Account) -> list[tuple[CoAuthor, Proposal]]:
    """The proposals of others that somebody writes at, or wrote at, by number."""
    query = select(CoAuthor, Proposal).join(Proposal, col(Proposal.id) == CoAuthor.proposal_id)
    query = query.where(CoAuthor.account_id == account.id).order_by(col(Proposal.id))
    return list(session.exec(query.options(*proposals.with_details())).all())


def sent_by(session: Session, account: Account) -> list[CoAuthorInvitation]:
    """The invitations that somebody has sent."""
    return _those(session, col(CoAuthorInvitation.invited_by) == account.id)


def sent_to(session: Session, account: Account) -> list[CoAuthorInvitation]:
    """The invitations that were sent to somebody's address."""
    return _those(session, col(CoAuthorInvitation.email_key) == account.email_key)


def _those(session: Session, wanted: ColumnElement[bool]) -> list[CoAuthorInvitation]:
    query = select(CoAuthorInvitation).where(wanted)
    return list(session.exec(query.order_by(col(CoAuthorInvitation.created_at))).all())
