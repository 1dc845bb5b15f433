"""Moderation: a proposal that waits is published, returned or rejected; a public one can be hidden and shown again.

Every decision has a person, a time and, unless it publishes, a reason of the city's policy; the author is told.
"""

from sqlmodel import Session

from app import emails
from app.errors import Conflict
from app.forms import Decision, DecisionForm, StatusForm
from app.labels import status_label
from app.models import Account, Outcome, Proposal, QueueKind, Reportable, Ruling, Status
from app.permissions import may_decide_on, require
from app.services import answer_calls, canned, news, report_cases, rulings, transitions
from app.settings import Settings

_TARGETS = {
    Decision.PUBLISH: Status.PUBLISHED,
    Decision.RETURN: Status.RETURNED,
    Decision.REJECT: Status.REJECTED,
    Decision.HIDE: Status.HIDDEN,
}
_FOR_WAITING = frozenset({Decision.PUBLISH, Decision.RETURN, Decision.REJECT})


def decide(
    session: Session, settings: Settings, actor: Account, proposal: Proposal, form: DecisionForm
) -> Proposal:
    """Carry out a decision on a proposal whose row the caller has locked, and tell its author.

    Raises Forbidden, Invalid if a reason is missing or unknown, Conflict if the decision does not fit the proposal's
    status or its text has changed since the moderator read it.
    """
    require(may_decide_on(actor, proposal), actor)
    form = canned.compose(session, form, proposal.author.language)
    rulings.require_reason(session, form.reason_code, needed=form.decision.needs_reason)
    if form.revision is not None and form.revision != proposal.revision:
        raise Conflict("content.changed")
    target = _target(session, proposal, form.decision)
    ruling = _settle(session, actor, proposal, Outcome(form.decision), form.note, form.reason_code)
    transitions.move(session, actor, proposal, target, reason_code=form.reason_code, note=form.note)
    if form.decision is Decision.HIDE:
        _uphold_reports(session, actor, proposal, form)
    emails.decision(session, settings, proposal, form, ruling)
    return proposal


def _uphold_reports(
    session: Session, actor: Account, proposal: Proposal, form: DecisionForm
) -> None:
    """Whoever hides what readers have reported has decided on their reports, too."""
    report_cases.uphold(
        session, actor, Reportable.PROPOSAL, proposal.id, proposal,
        author_id=proposal.author_id, reason_code=form.reason_code, note=form.note,
    )  # fmt: skip


def reverse(session: Session, actor: Account, proposal: Proposal, ruling: Ruling) -> None:
    """After an appeal: publish what was rejected, or show what was hidden, a proposal whose row the caller has locked.

    `ruling` is the newest decision on the proposal. Raises Forbidden.
    """
    require(may_decide_on(actor, proposal), actor)
    if ruling.outcome is Outcome.HIDE:
        outcome, target = Outcome.RESTORE, proposal.status_before_hiding
    else:
        outcome, target = Outcome.PUBLISH, Status.PUBLISHED
    assert target is not None, "the newest decision has hidden it"
    _settle(session, actor, proposal, outcome, "")
    transitions.move(session, actor, proposal, target)


def _settle(
    session: Session, actor: Account, proposal: Proposal, outcome: Outcome, note: str, reason_code: str | None = None
) -> Ruling:  # fmt: skip
    return rulings.settle(
        session,
        actor,
        QueueKind.PROPOSAL,
        proposal.id,
        outcome,
        account_id=proposal.author_id,
        proposal=proposal,
        reason_code=reason_code,
        note=note,
    )


def set_status(
    session: Session, actor: Account, proposal: Proposal, form: StatusForm
) -> Proposal:  # fmt: skip
    """Record what the city says about a published proposal, for its author and followers to hear of.

    Raises Forbidden, or Conflict where the lifecycle has no such step.
    """
    require(may_decide_on(actor, proposal), actor)
    _require_shown(proposal)
    event = transitions.move(session, actor, proposal, Status(form.status), note=form.note)
    answer_calls.settle_by_status(session, proposal, form.note)
    news.tell(session, event)
    return proposal


def _require_shown(proposal: Proposal) -> None:
    # The lifecycle leads from hidden back to where it was; that step is Decision.RESTORE and no other.
    if proposal.status is Status.HIDDEN:
        raise Conflict("decision.impossible", status=status_label(proposal.status))


def _target(session: Session, proposal: Proposal, decision: Decision) -> Status:
    """The status a decision leads to.

    Raises Conflict where it makes no sense for where the proposal is, with what another moderator has decided meanwhile.
    """
    hidden, waits = proposal.status is Status.HIDDEN, proposal.status is Status.SUBMITTED
    fits = hidden if decision is Decision.RESTORE else not hidden
    if not fits or (decision in _FOR_WAITING and not waits):
        impossible = Conflict("decision.impossible", status=status_label(proposal.status))
        raise rulings.conflict_about(session, QueueKind.PROPOSAL, proposal.id, impossible)
    if decision is Decision.RESTORE:
        assert proposal.status_before_hiding is not None
        return proposal.status_before_hiding
    return _TARGETS[decision]


def possible_decisions(actor: Account | None, proposal: Proposal) -> list[Decision]:
    """The decisions that the actor could make now."""
    if not may_decide_on(actor, proposal):
        return []
    if proposal.status is Status.SUBMITTED:
        return [Decision.PUBLISH, Decision.RETURN, Decision.REJECT]
    if proposal.status is Status.HIDDEN:
        return [Decision.RESTORE]
    return [Decision.HIDE] if proposal.published_at is not None else []
