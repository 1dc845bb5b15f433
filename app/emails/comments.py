"""Emails to those who write comments."""

from sqlmodel import Session

from app.emails.appeals import appeal_offer
from app.emails.sending import send_to
from app.forms import CommentDecision, CommentDecisionForm
from app.models import Account, Comment, Proposal, Reason, Ruling
from app.settings import Settings

_NAMES = {
    CommentDecision.REJECT: "comment_rejected",
    CommentDecision.HIDE: "comment_hidden",
    CommentDecision.RESTORE: "comment_restored",
}


def comment_decision(
    session: Session, settings: Settings, writer: Account, proposal: Proposal, comment: Comment, form: CommentDecisionForm, ruling: Ruling
) -> None:  # fmt: skip
    """What a moderator took away or gave back, why, and how to appeal. That nothing was found wrong needs no email."""
    name = _NAMES.get(form.decision)
    if name is None or writer.email is None or writer.banned_at is not None:
        return
    reason = session.get(Reason, form.reason_code) if form.decision.needs_reason else None
    address = settings.base_url + comment.path
    values = {"reason": reason, "note": form.note, "appeal": appeal_offer(settings, ruling)}
    send_to(session, settings, writer, name, proposal=proposal, address=address, **values)
