"""Verdicts: what an expert who was asked sees and says. First they declare whether they have a conflict of interest.

Others' verdicts are hidden until one's own is in or the round is closed. When the text of the proposal changes, a verdict
can be revised once, before or after it was published; the first one stays.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, delete, select

from app.database import insert_if_absent, now, table_of
from app.errors import Conflict, Invalid, NotFound
from app.forms import LARGEST_ID, AssessmentForm, DeclarationForm, extra, missing
from app.labels import status_label
from app.models import (
    ROUND_OPEN,
    Account,
    Assessment,
    AssessmentRound,
    Evaluator,
    EventKind,
    Proposal,
)
from app.permissions import may_judge, require
from app.services import assessment_results, assessments, proposals, rubrics, transitions
from app.services.assessment_results import Voice
from app.settings import Settings

MOST_SHOWN = 200
_assessments = table_of(Assessment)


class State(StrEnum):
    """How far an evaluator is."""

    ASKED = "asked"
    RECUSED = "recused"
    WAITING = "waiting"
    GIVEN = "given"
    MISSED = "missed"


def state(evaluator: Evaluator) -> State:
    """How far this evaluator is, whose round and verdicts are loaded."""
    if evaluator.verdicts:
        return State.GIVEN
    if evaluator.is_recused:
        return State.RECUSED
    if not evaluator.round.is_open:
        return State.MISSED
    return State.ASKED if evaluator.declared_at is None else State.WAITING


def of_account(session: Session, account: Account) -> list[Evaluator]:
    """All that an account has been asked to judge, the newest first, with round, proposal and verdicts."""
    query = select(Evaluator).where(Evaluator.account_id == account.id)
    loaded = selectinload(Evaluator.round).selectinload(AssessmentRound.proposal)  # type: ignore[arg-type]
    query = query.options(loaded, selectinload(Evaluator.verdicts))  # type: ignore[arg-type]
    return list(session.exec(query.order_by(col(Evaluator.id).desc())).all())


def mine(session: Session, actor: Account) -> list[Evaluator]:
    """What the actor has been asked to judge and everybody may read, the newest first."""
    return [one for one in of_account(session, actor) if one.round.proposal.is_public][:MOST_SHOWN]


def get(session: Session, actor: Account, evaluator_id: int, *, lock: bool = False) -> Evaluator:
    """What the actor has been asked for under this number, with round, proposal and all who take part.

    `lock` keeps others from changing it until the transaction ends. Raises NotFound for what is another's, what is
    nothing, and while the proposal is hidden.
    """
    if evaluator_id > LARGEST_ID:
        raise NotFound
    # Only numbers, so that nothing is kept from before the rows are locked.
    query = select(Evaluator.round_id, AssessmentRound.proposal_id).join(AssessmentRound)
    query = query.where(Evaluator.id == evaluator_id, Evaluator.account_id == actor.id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound
    proposal = proposals.get_visible(session, actor, found[1], lock=lock)
    if not proposal.is_public:
        raise NotFound
    round_ = assessment_results.get(session, found[0], lock=lock)
    mine = next((one for one in round_.evaluators if one.id == evaluator_id), None)
    if mine is None:
        raise NotFound
    return mine


def others(evaluator: Evaluator) -> list[Voice]:
    """The verdicts of the others in the round, once one's own is in or the round is closed."""
    if evaluator.round.is_open and not evaluator.verdicts:
        return []
    voices = assessment_results.of_round(evaluator.round).voices
    return [voice for voice in voices if voice.evaluator.id != evaluator.id]


def may_submit(actor: Account, evaluator: Evaluator) -> bool:
    """Whether the actor could send a verdict now, the first or the one revision of it."""
    return may_judge(actor, evaluator) and _refusal(evaluator, evaluator.round.proposal) is None


def declare(
    session: Session, settings: Settings, actor: Account, evaluator: Evaluator, form: DeclarationForm
) -> None:  # fmt: skip
    """Record whether a conflict of interest keeps the evaluator from judging; if so, they are out at once.

    The caller has locked the rows. Raises Forbidden, Invalid for a conflict without words, Conflict where it has been
    said already or the round is closed.
    """
    require(may_judge(actor, evaluator), actor)
    round_, proposal = evaluator.round, evaluator.round.proposal
    if evaluator.declared_at is not None:
        raise Conflict("assessment.declared")
    if not round_.is_open:
        raise Conflict("assessment.closed")
    assessments.require_listed(proposal)
    if form.has_conflict and not form.words:
        raise Invalid([missing("words")])
    evaluator.declared_at, evaluator.has_conflict = now(), form.has_conflict
    evaluator.conflict_words = form.words if form.has_conflict else ""
    kind = EventKind.EVALUATOR_RECUSED if form.has_conflict else EventKind.EVALUATOR_DECLARED
    transitions.record(session, actor, proposal, kind, at=evaluator.declared_at)
    session.flush()
    # Perhaps everybody else has given theirs.
    assessments.settle(session, settings, proposal, round_)


def submit(
    session: Session, settings: Settings, actor: Account, evaluator: Evaluator, form: AssessmentForm
) -> None:  # fmt: skip
    """Record a verdict, the first or the one revision of it. The caller has locked the rows.

    Raises Forbidden, Invalid unless it scores the rubric's criteria, Conflict where none can be given now or the text has
    changed since it was read.
    """
    require(may_judge(actor, evaluator), actor)
    round_, proposal = evaluator.round, evaluator.round.proposal
    refusal = _refusal(evaluator, proposal)
    if refusal is not None:
        raise refusal
    if form.revision != proposal.revision:
        raise Conflict("content.changed")
    _require_criteria(round_, form)
    made = Assessment(
        evaluator_id=evaluator.id,
        version=len(evaluator.verdicts) + 1,
        **form.model_dump(),
    )
    if not insert_if_absent(session, _assessments, made.model_dump()):
        raise Conflict("assessment.given")
    kind = EventKind.VERDICT_GIVEN if round_.is_open else EventKind.VERDICT_REVISED
    transitions.record(session, actor, proposal, kind, at=made.submitted_at)
    _after(session, settings, proposal, assessment_results.reload(session, round_))


def _after(
    session: Session, settings: Settings, proposal: Proposal, round_: AssessmentRound
) -> None:
    if round_.is_open:
        assessments.settle(session, settings, proposal, round_)
    else:
        assessments.publish(session, proposal)


def _refusal(evaluator: Evaluator, proposal: Proposal) -> Conflict | None:
    """Why no verdict can be given now, or None where one can."""
    refusal = None
    given = evaluator.verdicts
    if evaluator.is_recused:
        refusal = "assessment.recused"
    elif len(given) > 1:
        refusal = "assessment.revised"
    elif given and given[0].revision >= proposal.revision:
        refusal = "assessment.given"
    elif not given and not evaluator.round.is_open:
        refusal = "assessment.closed"
    elif evaluator.declared_at is None:
        refusal = "assessment.declare_first"
    if refusal is not None:
        return Conflict(refusal)
    if not assessments.may_be_assessed(proposal):
        return Conflict("assessment.not_listed", status=status_label(proposal.status))
    return None


def _require_criteria(round_: AssessmentRound, form: AssessmentForm) -> None:
    codes = [criterion.code for criterion in rubrics.criteria(round_)]
    errors = [missing(f"scores.{code}") for code in codes if code not in form.scores]
    errors += [extra(f"scores.{code}") for code in form.scores if code not in codes]
    if errors:
        raise Invalid(errors)


# When an expert leaves


def asked_about(account: Account) -> Any:
    """The numbers of the proposals that the account was asked to judge, as a subquery."""
    asked = select(AssessmentRound.proposal_id).join(Evaluator)
    return asked.where(Evaluator.account_id == account.id)


def forget(session: Session, account: Account) -> None:
    """Remove what has not been published of a person who leaves; published verdicts lose their author with the account.

    The caller has locked the proposals.
    """
    unpublished = select(AssessmentRound.id).where(ROUND_OPEN)
    given = select(Assessment.evaluator_id)
    nothing = col(Evaluator.round_id).in_(unpublished) | col(Evaluator.id).not_in(given)
    session.exec(delete(Evaluator).where(col(Evaluator.account_id) == account.id, nothing))
