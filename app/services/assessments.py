"""Assessments: staff ask experts to judge a listed proposal; what they say is published together when the round closes.

A round closes when everybody who takes part has given a verdict, when its deadline is over and two are in, or when staff
close it. Until then nobody but the evaluator reads a verdict: staff only see who has given one, the author nothing.

Rows are locked in one order, proposal, round, evaluator, so that nobody blocks another.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app import emails
from app.database import insert_if_absent, now, table_of
from app.errors import Conflict, FieldError, Invalid
from app.forms import EvaluatorsForm, RoundForm
from app.i18n import N_
from app.labels import member_name, status_label
from app.lifecycle import LISTED_STATUSES, VOTABLE
from app.models import (
    ROUND_OPEN,
    Account,
    AssessmentRound,
    Campaign,
    Cause,
    Evaluator,
    EventKind,
    Proposal,
)
from app.permissions import may_arrange_assessment, may_moderate, require
from app.services import (
    answer_calls,
    assessment_results,
    cities,
    evaluators,
    proposals,
    rubrics,
    transitions,
)
from app.services.assessment_results import FEWEST, Result, with_voices
from app.settings import Settings

LONGEST = timedelta(days=365)
_MOST_SHOWN = 200
_rounds, _evaluators = table_of(AssessmentRound), table_of(Evaluator)


def open_round(
    session: Session, settings: Settings, actor: Account, proposal: Proposal, form: RoundForm
) -> AssessmentRound:
    """Ask experts to judge a proposal whose row the caller has locked, and tell them.

    Raises Forbidden, Invalid for a day that cannot be, fewer than two evaluators or an unfit one, Conflict if the
    proposal is not listed or a round is open already.
    """
    require(may_arrange_assessment(actor, proposal), actor)
    require_listed(proposal)
    people = evaluators.require_fit(session, proposal, form.evaluators)
    if len(people) < FEWEST:
        too_few = N_("Please choose at least two evaluators.")
        raise Invalid([FieldError("evaluators", "too_few", too_few, {})])
    made = AssessmentRound(
        proposal_id=proposal.id,
        rubric=rubrics.of(proposal.campaign),
        opened_by=actor.id,
        due_at=_end_of(session, settings, form),
    )
    if not insert_if_absent(session, _rounds, made.model_dump(exclude={"id"})):
        raise Conflict("assessment.open")
    round_ = get_open(session, proposal, lock=True)
    transitions.record(session, actor, proposal, EventKind.ASSESSMENT_OPENED)
    return _ask(session, settings, actor, round_, people)


def add_evaluators(
    session: Session, settings: Settings, actor: Account, proposal: Proposal, form: EvaluatorsForm
) -> AssessmentRound:
    """Ask more experts in the open round of a proposal whose row the caller has locked.

    Raises Forbidden, Invalid for an unfit one, Conflict where no round is open or somebody takes part already.
    """
    require(may_arrange_assessment(actor, proposal), actor)
    require_listed(proposal)
    round_ = get_open(session, proposal, lock=True)
    people = evaluators.require_fit(session, proposal, form.evaluators)
    evaluators.require_new(round_, people)
    return _ask(session, settings, actor, round_, people)


def close(session: Session, settings: Settings, actor: Account, proposal: Proposal) -> None:
    """Close the open round of a proposal whose row the caller has locked, whatever has been given, and publish it.

    Raises Forbidden, or Conflict where no round is open.
    """
    require(may_arrange_assessment(actor, proposal), actor)
    _close(session, settings, actor, proposal, get_open(session, proposal, lock=True))


def settle(
    session: Session, settings: Settings, proposal: Proposal, round_: AssessmentRound
) -> bool:
    """Close a round that has come to its end by itself; says whether it had. The caller has locked both rows."""
    if not round_.is_open or not is_over(round_):
        return False
    _close(session, settings, None, proposal, round_)
    return True


def is_over(round_: AssessmentRound) -> bool:
    """Whether two verdicts are in and no more are to be waited for: all have been given, or the deadline is over."""
    given = [one for one in round_.evaluators if one.verdicts]
    return len(given) >= FEWEST and (not pending(round_) or round_.due_at <= now())


def pending(round_: AssessmentRound) -> list[Evaluator]:
    """Who still has a verdict to give."""
    return [one for one in round_.evaluators if not one.is_recused and not one.verdicts]


def taking_part(round_: AssessmentRound) -> list[Evaluator]:
    """Who has not withdrawn."""
    return [one for one in round_.evaluators if not one.is_recused]


def is_overdue(round_: AssessmentRound) -> bool:
    """Whether it is open past its deadline, for want of verdicts."""
    return round_.is_open and round_.due_at <= now()


def publish(session: Session, proposal: Proposal) -> Result | None:
    """Bring the proposal's score to what has been published; returns the result that it comes from.

    A round without a verdict changes nothing. A recommendation calls for the city's answer, where the campaign says so.
    """
    session.flush()
    result = assessment_results.newest_of(session, [proposal]).get(proposal.id)
    if result is not None:
        proposal.assessment_score = result.score
        if result.is_recommended and proposal.status in VOTABLE:
            _call_for_answer(session, proposal)
    return result


def unanswered(session: Session) -> list[int]:
    """The recommended proposals that nobody was asked about: their campaign began later to ask on recommendations."""
    query = select(Proposal).join(Campaign, col(Campaign.id) == Proposal.campaign_id)
    query = query.where(col(Campaign.answer_on_recommendation), col(Proposal.status).in_(list(VOTABLE)))  # fmt: skip
    assessed = session.exec(
        query.where(col(Proposal.assessment_score).is_not(None), answer_calls.unasked())
    ).all()
    found = assessment_results.newest_of(session, assessed)
    return [number for number, result in found.items() if result.is_recommended]


def call_unanswered(session: Session, proposal_id: int) -> None:
    """Ask for the answer that unanswered() has found, unless it has changed or another process has."""
    query = select(Proposal).where(Proposal.id == proposal_id).with_for_update()
    proposal = session.exec(query).first()
    if proposal is not None:
        publish(session, proposal)


def _call_for_answer(session: Session, proposal: Proposal) -> None:
    proposal.campaign = session.get_one(Campaign, proposal.campaign_id)
    if proposal.campaign.answer_on_recommendation:
        answer_calls.call_for(session, proposal, Cause.RECOMMENDATION)


# Reading


def find_open(
    session: Session, proposal: Proposal, *, lock: bool = False
) -> AssessmentRound | None:
    """The proposal's open round with all who take part; `lock` keeps others from changing it."""
    query = select(AssessmentRound.id).where(ROUND_OPEN, AssessmentRound.proposal_id == proposal.id)
    number = session.exec(query).first()
    return assessment_results.get(session, number, lock=lock) if number is not None else None


def get_open(session: Session, proposal: Proposal, *, lock: bool = False) -> AssessmentRound:
    """The proposal's open round. Raises Conflict where there is none."""
    found = find_open(session, proposal, lock=lock)
    if found is None:
        raise Conflict("assessment.not_open")
    return found


def of_proposal(session: Session, actor: Account, proposal: Proposal) -> list[AssessmentRound]:
    """All of a proposal's rounds for staff, the newest first. Raises Forbidden."""
    require(may_arrange_assessment(actor, proposal), actor)
    query = select(AssessmentRound).where(AssessmentRound.proposal_id == proposal.id)
    query = query.options(*with_voices()).order_by(col(AssessmentRound.id).desc())
    return list(session.exec(query).all())


def open_ones(session: Session, actor: Account) -> list[tuple[AssessmentRound, Proposal]]:
    """Every open round with its proposal, for the staff's desk, what is due first. Raises Forbidden."""
    require(may_moderate(actor), actor)
    query = select(AssessmentRound).where(ROUND_OPEN).options(*with_voices())
    order = (col(AssessmentRound.due_at), col(AssessmentRound.id))
    found = list(session.exec(query.order_by(*order).limit(_MOST_SHOWN)).all())
    known = proposals.by_numbers(session, [one.proposal_id for one in found])
    shown = [(one, known[one.proposal_id]) for one in found]
    return [(one, it) for one, it in shown if may_arrange_assessment(actor, it)]


def may_be_assessed(proposal: Proposal) -> bool:
    """Whether the public lists show it."""
    return proposal.status in LISTED_STATUSES


def require_listed(proposal: Proposal) -> None:
    """Raise Conflict for a proposal that the public lists don't show."""
    if not may_be_assessed(proposal):
        raise Conflict("assessment.not_listed", status=status_label(proposal.status))


# The steps


def usual_day(session: Session, settings: Settings) -> date:
    """The last day for verdicts of a round that is opened now, unless another is chosen."""
    return _today(session) + timedelta(days=settings.assessment_days)


def _today(session: Session) -> date:
    return now().astimezone(ZoneInfo(cities.catalogue(session).timezone)).date()


def _end_of(session: Session, settings: Settings, form: RoundForm) -> datetime:
    """The last second of the last day in the city's time. Raises Invalid for a day before tomorrow or after a year."""
    zone = ZoneInfo(cities.catalogue(session).timezone)
    day = form.due_on or usual_day(session, settings)
    if not timedelta(0) < day - _today(session) <= LONGEST:
        message = N_("Please choose a day from tomorrow to a year from now.")
        raise Invalid([FieldError("due_on", "out_of_range", message, {})])
    return datetime.combine(day, time(23, 59, 59), zone)


def _ask(
    session: Session, settings: Settings, actor: Account, round_: AssessmentRound, people: list[Account]
) -> AssessmentRound:  # fmt: skip
    """Add evaluators to a round and tell them; returns the round with all who take part now."""
    proposal, fields = round_.proposal, evaluators.fields_of(session, people)
    for account in people:
        asked = Evaluator(
            round_id=round_.id,
            account_id=account.id,
            field_code=fields.get(account.id),
            assigned_by=actor.id,
        )
        if not insert_if_absent(session, _evaluators, asked.model_dump(exclude={"id"})):
            raise Conflict("assessment.assigned", name=member_name(account))
        transitions.record(session, actor, proposal, EventKind.EVALUATOR_ASSIGNED)
    round_, new = assessment_results.reload(session, round_), {account.id for account in people}
    for evaluator in round_.evaluators:
        if evaluator.account is not None and evaluator.account_id in new:
            emails.assessment_assigned(session, settings, evaluator.account, evaluator, proposal)
    return round_


def _close(
    session: Session, settings: Settings, actor: Account | None, proposal: Proposal, round_: AssessmentRound
) -> None:  # fmt: skip
    round_.closed_at, round_.closed_by = now(), actor.id if actor else None
    session.add(round_)
    transitions.record(session, actor, proposal, EventKind.ASSESSMENT_CLOSED, at=round_.closed_at)
    publish(session, proposal)
    opener = session.get(Account, round_.opened_by) if round_.opened_by else None
    concerned = [
        proposal.author,
        *proposal.co_authors,
        opener,
        *(one.account for one in taking_part(round_)),
    ]
    told = {one.id: one for one in concerned if one is not None}
    verdicts = len([one for one in round_.evaluators if one.verdicts])
    for account in told.values():
        emails.assessment_closed(session, settings, account, proposal, verdicts)
