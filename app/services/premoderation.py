"""Premoderation: what authors send waits for a moderator, unless they are trusted and the campaign allows it.

Trusted is who has published several proposals, none of which a moderator has hidden in a year, or has shown again since.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from app.database import now
from app.lifecycle import LISTED_STATUSES
from app.models import Account, Outcome, PendingEdit, Proposal, QueueKind, Ruling, Status
from app.services import edits, proposals, queue, signals, transitions
from app.settings import Settings

SPOTLESS = timedelta(days=365)


def is_trusted(session: Session, settings: Settings, account: Account) -> bool:
    """Whether the account's texts need no moderator beforehand, where a campaign allows it."""
    mine = select(func.count()).select_from(Proposal).where(Proposal.author_id == account.id)
    published = session.exec(mine.where(col(Proposal.status).in_(LISTED_STATUSES))).one()
    if published < settings.trusted_after:
        return False
    later = aliased(Ruling)
    restored = exists().where(
        col(later.kind) == Ruling.kind,
        col(later.subject_id) == Ruling.subject_id,
        col(later.outcome) == Outcome.RESTORE,
        col(later.id) > col(Ruling.id),
    )
    hidden = select(Ruling.id).where(
        Ruling.account_id == account.id,
        Ruling.outcome == Outcome.HIDE,
        col(Ruling.decided_at) > now() - SPOTLESS,
        ~restored,
    )
    return session.exec(hidden.limit(1)).first() is None


def submit(session: Session, settings: Settings, actor: Account, proposal: Proposal) -> Proposal:
    """Hand a proposal, whose row the caller has locked, to the moderators; a trusted author's is published at once.

    Raises as proposals.submit does.
    """
    proposals.submit(session, actor, proposal)
    if _skips(session, settings, actor, proposal):
        queue.leave(session, QueueKind.PROPOSAL, proposal.id, actor)
        transitions.publish_unseen(session, actor, proposal)
    else:
        _note_signals(
            session, settings, actor, proposal, QueueKind.PROPOSAL, proposals.content(proposal)
        )
    return proposal


def edit(
    session: Session, settings: Settings, actor: Account, proposal: Proposal, changes: dict[str, Any], seen: int | None = None, seen_edit: int | None = None
) -> PendingEdit | None:  # fmt: skip
    """Change a proposal whose row the caller has locked. The new text of a published one waits, and is returned.

    Where a text of the author's waits already, or has come back, all goes on from that one: it must not replace later
    what was published meanwhile. Raises as proposals.edit and edits.hold do.
    """
    if proposal.status is Status.PUBLISHED and (
        edits.find(session, proposal) is not None or not _skips(session, settings, actor, proposal)
    ):
        pending = edits.hold(session, actor, proposal, changes, seen, seen_edit)
        if pending is not None:
            _note_signals(session, settings, actor, proposal, QueueKind.EDIT, pending.content)
        return pending
    proposals.edit(session, actor, proposal, changes, seen)
    _note_signals(
        session, settings, actor, proposal, QueueKind.PROPOSAL, proposals.content(proposal)
    )
    return None


def _note_signals(
    session: Session, settings: Settings, actor: Account, proposal: Proposal, kind: QueueKind, content: dict[str, Any]
) -> None:  # fmt: skip
    """Tell the moderators what is noticed about a text, while it waits for them."""
    item = queue.find(session, kind, proposal.id)
    if item is not None:
        texts = {name: content[name] for name in proposals.TEXTS}
        found = signals.compute(session, settings, texts, actor, proposal_id=proposal.id)
        queue.mark(session, item.id, found)


def _skips(session: Session, settings: Settings, actor: Account, proposal: Proposal) -> bool:
    if not proposal.campaign.trusted_skip:
        return False
    # Words of any of them may be in it, and all stand under the author's name.
    people = {one.id: one for one in (actor, proposal.author, *proposal.co_authors)}
    return all(is_trusted(session, settings, one) for one in people.values())
