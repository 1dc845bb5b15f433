"""Edits of published proposals: the new text waits until a moderator has accepted it; until then everybody reads the former.

One text waits at a time; the author goes on from it. What is returned stays with the author, with the reason why.
"""

from typing import Any

from sqlmodel import Session, col, select

from app import emails
from app.database import now
from app.errors import Conflict, NotFound
from app.forms import DraftForm, EditDecisionForm
from app.labels import status_label
from app.models import Account, EventKind, Outcome, PendingEdit, Proposal, QueueKind, Status
from app.permissions import may_decide_on, may_edit_proposal, require
from app.services import canned, proposals, queue, rulings, transitions
from app.settings import Settings


def find(session: Session, proposal: Proposal) -> PendingEdit | None:
    """The new text that waits, or has come back to its author."""
    return session.get(PendingEdit, proposal.id, populate_existing=True)


def content(session: Session, proposal: Proposal) -> dict[str, Any]:
    """The content from which the author goes on: the new text, where there is one."""
    pending = find(session, proposal)
    return dict(pending.content) if pending else proposals.content(proposal)


def hold(
    session: Session, actor: Account, proposal: Proposal, changes: dict[str, Any], seen: int | None, seen_edit: int | None = None
) -> PendingEdit | None:  # fmt: skip
    """Let a new text of a published proposal, whose row the caller has locked, wait for a moderator.

    None if it is the published text again: then nothing waits any more. Raises Forbidden, Conflict if the published text,
    or the one that waits, has moved on since the author saw it, Invalid.
    """
    proposals.require_editable(actor, proposal, seen)
    pending = find(session, proposal)
    if seen_edit is not None and seen_edit != (pending.version if pending else 0):
        raise Conflict("content.changed")
    form = proposals.checked(session, proposal, content(session, proposal) | changes)
    wanted = _as_content(form, proposal)
    if wanted == proposals.content(proposal):
        if pending is not None:
            take_back(session, actor, proposal)
        return None
    if pending is not None and pending.content == wanted and pending.returned_at is None:
        return pending
    return _keep(session, actor, proposal, pending, wanted)


def _as_content(form: DraftForm, proposal: Proposal) -> dict[str, Any]:
    """A form as the content of the proposal would be (proposals.content)."""
    values = form.model_dump()
    lists = {name: sorted(values[name]) for name in ("goals", "wards", "tags")}
    kept = {"campaign_id": proposal.campaign_id, "language": form.language or proposal.language}
    return {**values, **lists, **kept}


def _keep(
    session: Session, actor: Account, proposal: Proposal, pending: PendingEdit | None, wanted: dict[str, Any]
) -> PendingEdit:  # fmt: skip
    if pending is None:
        pending = PendingEdit(proposal_id=proposal.id, content=wanted)
    else:
        pending.version += 1
    pending.content, pending.sent_at, pending.returned_at = wanted, now(), None
    session.add(pending)
    # Whoever of them wrote it, it is the author's: it must not leave the queue because a co-author leaves the portal.
    queue.enter(session, QueueKind.EDIT, proposal.id, author=proposal.author, proposal=proposal)
    transitions.record(
        session, actor, proposal, EventKind.EDIT_SENT, proposal.status, at=pending.sent_at
    )
    session.flush()
    return pending


def take_back(session: Session, actor: Account, proposal: Proposal) -> None:
    """Withdraw one's new text from a proposal whose row the caller has locked. Raises Forbidden, Conflict if there is none."""
    require(may_edit_proposal(actor, proposal), actor)
    pending = find(session, proposal)
    if pending is None:
        raise Conflict("edit.none")
    session.delete(pending)
    queue.leave(session, QueueKind.EDIT, proposal.id, actor)
    session.flush()


def get(session: Session, proposal: Proposal) -> PendingEdit:
    """The new text that waits. Raises Conflict with the decision on it, or NotFound, if none does."""
    pending = find(session, proposal)
    if pending is None or pending.returned_at is not None:
        ruling = rulings.latest(session, QueueKind.EDIT, proposal.id)
        raise rulings.taken(session, ruling) if ruling else NotFound
    return pending


def decide(
    session: Session, settings: Settings, actor: Account, proposal: Proposal, form: EditDecisionForm
) -> None:
    """Accept the new text of a proposal whose row the caller has locked, or return it to the author, who is told.

    Raises Forbidden, Invalid if a reason is missing or unknown, Conflict if the text has changed since the moderator read
    it, if another has decided, or if the proposal can no longer be changed.
    """
    require(may_decide_on(actor, proposal), actor)
    form = canned.compose(session, form, proposal.author.language)
    pending = get(session, proposal)
    if form.revision is not None and form.revision != pending.version:
        raise Conflict("content.changed")
    accepts = form.outcome == "accept"
    rulings.require_reason(session, form.reason_code, needed=not accepts)
    rulings.settle(session, actor, QueueKind.EDIT, proposal.id, Outcome(form.outcome), account_id=proposal.author_id, proposal=proposal, reason_code=form.reason_code, note=form.note)  # fmt: skip
    if accepts:
        _accept(session, proposal, pending)
    else:
        pending.returned_at = proposal.updated_at = now()
        transitions.record(session, actor, proposal, EventKind.EDIT_RETURNED, proposal.status, form.reason_code, form.note, at=pending.returned_at)  # fmt: skip
    emails.edit_decided(session, settings, proposal, form)


def _accept(session: Session, proposal: Proposal, pending: PendingEdit) -> None:
    """Make the new text the proposal's. Raises Conflict where the city has taken it up, or its author withdrew it."""
    if Status.PUBLISHED not in {proposal.status, proposal.status_before_hiding}:
        raise Conflict("proposal.locked", status=status_label(proposal.status))
    form = proposals.checked(session, proposal, pending.content)
    proposals.apply(session, proposal.author, proposal, form)
    session.delete(pending)


def waiting_about(session: Session, numbers: list[int]) -> dict[int, PendingEdit]:
    """The new texts of some proposals, by the proposal's number."""
    query = select(PendingEdit).where(col(PendingEdit.proposal_id).in_(numbers))
    return {pending.proposal_id: pending for pending in session.exec(query)}
