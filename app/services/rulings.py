"""Rulings: every decision of a moderator, kept singly, with the rule it cites and how long the matter had waited.

settle() is the one way out of the queue by a decision: whoever decides calls it, so that nothing is decided while another
moderator has taken it up, and nothing is decided twice.
"""

from sqlmodel import Session, col, select

from app.database import now
from app.errors import Conflict, Invalid
from app.forms import missing, unknown
from app.i18n import format_datetime, localised, time_zone
from app.labels import member_name, outcome_label
from app.models import Account, Outcome, Proposal, QueueKind, Reason, Ruling, Step
from app.services import cities, impartiality, queue

# What counts as one decision; what followed from another stands in the record, but was not decided again.
COUNTED = ~col(Ruling.is_consequence)


def settle(
    session: Session, actor: Account | None, kind: QueueKind, subject_id: int, outcome: Outcome, *, account_id: int | None, proposal: Proposal | None = None, reason_code: str | None = None, note: str = ""
) -> Ruling:  # fmt: skip
    """Record a decision about a subject whose row the caller has locked, and take it out of the queue if it waits there.

    `account_id` is whose text or account it is about. Raises Forbidden for what is not for the actor to decide, Conflict
    while another moderator has taken it up. What was done on the command line has no actor, and does not wait.
    """
    ruling = Ruling(
        kind=kind,
        subject_id=subject_id,
        proposal_id=proposal.id if proposal else None,
        account_id=account_id,
        actor_id=actor.id if actor else None,
        outcome=outcome,
        reason_code=reason_code,
        note=note,
        decided_at=now(),
    )
    if actor is not None:
        impartiality.require(session, actor, ruling)
    item = queue.find(session, kind, subject_id, lock=True)
    if item is not None:
        assert actor is not None, "what waits is decided by a person"
        queue.require_free(session, actor, item)
        ruling.item_id, ruling.waited_since = item.id, item.since
        queue.note(session, item, Step.DECIDED, actor)
        queue.remove(session, item)
    session.add(ruling)
    session.flush()
    return ruling


def require_reason(session: Session, reason_code: str | None, *, needed: bool) -> None:
    """Raise Invalid for a reason that the city's policy doesn't have, or for none where one is needed."""
    if reason_code is None and needed:
        raise Invalid([missing("reason_code")])
    if reason_code is not None and reason_code not in cities.catalogue(session).reasons:
        raise Invalid([unknown("reason_code")])


def latest(session: Session, kind: QueueKind, subject_id: int) -> Ruling | None:
    """The newest decision about a subject."""
    query = select(Ruling).where(Ruling.kind == kind, Ruling.subject_id == subject_id)
    return session.exec(query.order_by(col(Ruling.id).desc()).limit(1)).first()


def of_item(session: Session, item_id: int) -> Ruling | None:
    """The decision on what had this number in the queue."""
    return session.exec(select(Ruling).where(Ruling.item_id == item_id)).first()


def taken(session: Session, ruling: Ruling) -> Conflict:
    """The refusal that shows what another has decided meanwhile, in the reader's language and the city's time."""
    time_zone.set(cities.catalogue(session).timezone)
    actor = session.get(Account, ruling.actor_id) if ruling.actor_id else None
    reason = session.get(Reason, ruling.reason_code) if ruling.reason_code else None
    return Conflict(
        "decision.taken",
        name=member_name(actor) if actor else "–",
        moment=format_datetime(ruling.decided_at),
        outcome=outcome_label(ruling.outcome),
        reason=f" ({localised(reason.names)})" if reason else "",
        note=f" “{ruling.note}”" if ruling.note else "",
    )


def conflict_about(session: Session, kind: QueueKind, subject_id: int, otherwise: Conflict) -> Conflict:  # fmt: skip
    """What to refuse a decision with that comes too late: the one made meanwhile, or `otherwise` if there is none."""
    ruling = latest(session, kind, subject_id)
    return taken(session, ruling) if ruling else otherwise
