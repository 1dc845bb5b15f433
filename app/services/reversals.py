"""Reversals: what becomes of a decision that an appeal was right against, for each kind of thing it can be about.

What was rejected is published, what was hidden is shown (a comment either way), an application is approved, an approval holds again for the time
it still had, an account is opened. A decision that another has followed is history: nothing is left to be reversed.
"""

from collections.abc import Callable, Mapping

from sqlmodel import Session

from app.models import Account, QueueKind, Ruling
from app.permissions import may_ban, require
from app.services import (
    accounts,
    applications,
    comment_moderation,
    comments,
    moderation,
    people,
    proposals,
    rulings,
)
from app.settings import Settings

Undo = Callable[[], object]
Prepare = Callable[[Session, Settings, Account, Ruling], Undo]


def prepare(session: Session, settings: Settings, actor: Account, ruling: Ruling) -> Undo | None:
    """Lock what a decision was about; returns what reverses the decision, or None where another has followed it.

    Raises NotFound if it has gone, Forbidden where the actor may not decide about it. What is returned raises Conflict
    where the reversal is not possible.
    """
    undo = _PREPARE[ruling.kind](session, settings, actor, ruling)
    latest = rulings.latest(session, ruling.kind, ruling.subject_id)
    return undo if latest is not None and latest.id == ruling.id else None


def _proposal(session: Session, _settings: Settings, actor: Account, ruling: Ruling) -> Undo:
    proposal = proposals.get_visible(session, actor, ruling.subject_id, lock=True)
    return lambda: moderation.reverse(session, actor, proposal, ruling)


def _application(session: Session, settings: Settings, actor: Account, ruling: Ruling) -> Undo:
    application = applications.get(session, actor, ruling.subject_id, lock=True)
    return lambda: applications.uphold_appeal(session, settings, actor, application)


def _comment(session: Session, _settings: Settings, actor: Account, ruling: Ruling) -> Undo:
    comment, proposal = comments.find(session, actor, ruling.subject_id)
    accounts.hold(session, comment.author_id)
    comments.lock(session, comment)
    return lambda: comment_moderation.reverse(session, actor, proposal, comment)


def _account(session: Session, _settings: Settings, actor: Account, ruling: Ruling) -> Undo:
    account = people.get(session, actor, ruling.subject_id, lock=True)
    require(may_ban(actor, account), actor)
    return lambda: people.open_again(session, actor, account)


_PREPARE: Mapping[QueueKind, Prepare] = {
    QueueKind.PROPOSAL: _proposal,
    QueueKind.COMMENT: _comment,
    QueueKind.APPLICATION: _application,
    QueueKind.ACCOUNT: _account,
}
