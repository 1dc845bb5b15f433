"""Moderation of comments: one that waits is published or rejected, one that everybody reads is kept or hidden, and
what is hidden can be shown again.

Every decision leaves a ruling and an event. Hiding and rejecting name a rule of the policy, which everybody reads where
the comment was; its writer is told.
"""

from sqlmodel import Session

from app import emails
from app.errors import Conflict
from app.forms import CommentDecision, CommentDecisionForm
from app.models import (
    Account,
    Comment,
    CommentEventKind,
    CommentState,
    Outcome,
    Proposal,
    QueueKind,
    Reportable,
    Ruling,
)
from app.permissions import Actor, may_decide_on_comment, require
from app.services import accounts, canned, comments, queue, report_cases, rulings
from app.settings import Settings

D, K, S = CommentDecision, CommentEventKind, CommentState
# What each decision is about, and the event it leaves.
_ABOUT = {D.PUBLISH: S.WAITING, D.REJECT: S.WAITING, D.KEEP: S.VISIBLE, D.HIDE: S.VISIBLE, D.RESTORE: S.HIDDEN}  # fmt: skip
_EVENTS = {D.PUBLISH: K.PUBLISHED, D.REJECT: K.REJECTED, D.KEEP: K.KEPT, D.HIDE: K.HIDDEN, D.RESTORE: K.RESTORED}  # fmt: skip

_TAKES_AWAY = frozenset({D.REJECT, D.HIDE})


def decide(
    session: Session, settings: Settings, actor: Account, proposal: Proposal, comment: Comment, form: CommentDecisionForm
) -> Comment:  # fmt: skip
    """Carry out a decision on a comment, and tell its writer what has been taken away or given back.

    Raises Forbidden, Invalid if a reason is missing or unknown, Conflict if the decision does not fit what the comment
    is now, its text has changed since the moderator read it, or another moderator has taken it up.
    """
    require(may_decide_on_comment(actor, proposal, comment), actor)
    writer = _hold_writer(session, comment)
    form = canned.compose(session, form, writer.language)
    rulings.require_reason(session, form.reason_code, needed=form.decision.needs_reason)
    comments.lock(session, comment)
    if form.revision is not None and form.revision != comment.revision:
        raise Conflict("content.changed")
    _require_fitting(session, comment, form.decision)
    reason = form.reason_code if form.decision.needs_reason else None
    ruling = _settle(session, actor, proposal, comment, form.decision, reason, form.note)
    if form.decision in _TAKES_AWAY:
        # Whoever hides what readers have reported has decided on their reports, too; so has who rejects it, edited since.
        report_cases.uphold(session, actor, Reportable.COMMENT, comment.id, proposal, author_id=comment.author_id, reason_code=reason, note=form.note)  # fmt: skip
    emails.comment_decision(session, settings, writer, proposal, comment, form, ruling)
    return comment


def _settle(
    session: Session, actor: Account, proposal: Proposal, comment: Comment, decision: CommentDecision, reason: str | None = None, note: str = ""
) -> Ruling:  # fmt: skip
    """Keep a decision that fits, and carry it out."""
    ruling = rulings.settle(
        session, actor, QueueKind.COMMENT, comment.id, Outcome(decision),
        account_id=comment.author_id, proposal=proposal, reason_code=reason, note=note,
    )  # fmt: skip
    _carry_out(session, comment, decision, reason)
    comments.record(session, actor, comment, _EVENTS[decision], reason_code=reason, note=note)
    session.flush()
    return ruling


def reverse(session: Session, actor: Account, proposal: Proposal, comment: Comment) -> None:
    """After an appeal: let everybody read a comment again, or for the first time, that the caller has locked.

    Raises Forbidden, Conflict if its writer has erased it meanwhile.
    """
    require(may_decide_on_comment(actor, proposal, comment), actor)
    _require_fitting(session, comment, D.RESTORE)
    _settle(session, actor, proposal, comment, D.RESTORE)


def _hold_writer(session: Session, comment: Comment) -> Account:
    """Who wrote it. The ruling refers to the account, and whoever leaves locks it before anything they wrote: it is kept
    first, or the two would wait for each other.
    """
    writer = accounts.hold(session, comment.author_id)
    if writer is None:
        raise Conflict("content.changed")
    return writer


def possible_decisions(
    session: Session, actor: Actor, proposal: Proposal, comment: Comment
) -> list[CommentDecision]:
    """The decisions that the actor could make now."""
    if not may_decide_on_comment(actor, proposal, comment):
        return []
    found = [decision for decision, about in _ABOUT.items() if about is comment.state]
    waits = queue.find(session, QueueKind.COMMENT, comment.id) is not None
    return [decision for decision in found if decision is not D.KEEP or waits]


def _require_fitting(session: Session, comment: Comment, decision: CommentDecision) -> None:
    fits = _ABOUT[decision] is comment.state
    if decision is D.KEEP:  # Something to keep is there only while it is in question.
        fits = fits and queue.find(session, QueueKind.COMMENT, comment.id) is not None
    if not fits:
        decided = Conflict("comment.decided")
        raise rulings.conflict_about(session, QueueKind.COMMENT, comment.id, decided)


def _carry_out(
    session: Session, comment: Comment, decision: CommentDecision, reason_code: str | None
) -> None:
    if decision in {D.PUBLISH, D.RESTORE}:
        comments.show(session, comment)
    elif decision in _TAKES_AWAY:
        comments.conceal(session, comment, S.HIDDEN, reason_code)
