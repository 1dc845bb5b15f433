"""Milestones: what a department has promised by the end of a day, how far it is, and what shows it.

They begin with an official answer. Every change is a step of the proposal's history and is told to whoever follows it.
"""

from datetime import date

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from app.database import now
from app.errors import Conflict, FieldError, Invalid, NotFound
from app.forms import LARGEST_ID, MilestoneForm, PromiseForm
from app.i18n import N_
from app.models import (
    Account,
    Event,
    EventKind,
    Milestone,
    MilestoneUpdate,
    OfficialAnswer,
    Proposal,
)
from app.permissions import Actor, may_answer, may_see_proposal, require
from app.services import cities, days, news, officers, transitions
from app.services.proposals import with_details

DONE = 100
_DETAILS = selectinload(Milestone.updates)  # type: ignore[arg-type]


def of_proposal(session: Session, proposal: Proposal) -> list[Milestone]:
    """What has been promised about a proposal, by its day, with its history."""
    query = select(Milestone).where(Milestone.proposal_id == proposal.id).options(_DETAILS)
    return list(session.exec(query.order_by(col(Milestone.due_at), col(Milestone.id))).all())


def get(session: Session, actor: Actor, milestone_id: int, *, lock: bool = False) -> Milestone:
    """A milestone with its proposal, which `lock` keeps others from changing. Raises NotFound where that is not visible."""
    found = session.get(Milestone, milestone_id) if milestone_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    query = select(Proposal).where(Proposal.id == found.proposal_id).options(*with_details())
    if lock:
        query = query.with_for_update(of=Proposal)
    proposal = session.exec(query.execution_options(populate_existing=lock)).one()
    if not may_see_proposal(actor, proposal):
        raise NotFound
    own = select(Milestone).where(Milestone.id == milestone_id).options(_DETAILS)
    if lock:
        own = own.with_for_update(of=Milestone)
    milestone = session.exec(own.execution_options(populate_existing=True)).one()
    milestone.proposal = proposal
    return milestone


def begin(session: Session, actor: Account | None, answer: OfficialAnswer) -> None:
    """Keep what an answer promises, which is just being published and is news itself."""
    zone = cities.catalogue(session).timezone
    for row in answer.promises:
        promise = PromiseForm.model_validate(row)
        milestone = _new(answer.proposal, answer.department_code, promise, zone)
        milestone.answer_id = answer.id
        _keep(session, actor, milestone)


def add(session: Session, actor: Account, proposal: Proposal, form: PromiseForm) -> Milestone:
    """Promise one thing more on a proposal that has been answered and whose row the caller has locked.

    Raises Forbidden, Invalid for a day in the past, Conflict where the city has not answered yet.
    """
    answer = _newest_answer(session, proposal)
    own = officers.department_of(session, actor)
    department = answer.department_code if answer else own
    require(may_answer(actor, proposal, department, own), actor)
    if answer is None:
        raise Conflict("milestone.no_answer")
    zone = cities.catalogue(session).timezone
    require_not_past(zone, {"due_on": form.due_on})
    milestone = _new(proposal, answer.department_code, form, zone)
    event = _keep(session, actor, milestone)
    news.tell(session, event)
    return milestone


def _newest_answer(session: Session, proposal: Proposal) -> OfficialAnswer | None:
    query = select(OfficialAnswer).where(OfficialAnswer.proposal_id == proposal.id)
    query = query.where(col(OfficialAnswer.published_at).is_not(None))
    return session.exec(query.order_by(col(OfficialAnswer.id).desc()).limit(1)).first()


def update(session: Session, actor: Account, milestone: Milestone, form: MilestoneForm) -> None:
    """Record how far a locked milestone is.

    Raises Forbidden, Invalid for a new day in the past, Conflict if it has changed since it was read or nothing would.
    """
    own = officers.department_of(session, actor)
    require(may_answer(actor, milestone.proposal, milestone.department_code, own), actor)
    if milestone.version != form.version:
        raise Conflict("content.changed")
    zone = cities.catalogue(session).timezone
    before = (milestone.progress, milestone.due_at)
    if form.due_on is not None and form.due_on != days.day_of(milestone.due_at, zone):
        require_not_past(zone, {"due_on": form.due_on})
        milestone.due_at = days.end_of(form.due_on, zone)
    reached = form.progress == DONE and milestone.done_at is None
    milestone.progress = form.progress
    milestone.done_at = (milestone.done_at or now()) if form.progress == DONE else None
    if before == (milestone.progress, milestone.due_at) and not form.words and form.link is None:
        raise Conflict("milestone.unchanged")
    milestone.version += 1
    kind = EventKind.MILESTONE_REACHED if reached else EventKind.MILESTONE_CHANGED
    _log(session, actor, milestone, form.words, form.link)
    news.tell(session, _record(session, actor, milestone, kind))


def require_not_past(zone: str, given: dict[str, date]) -> None:
    """Raise Invalid for each field whose day is over in the city."""
    today, message = days.today(zone), N_("This day is over.")
    errors = [FieldError(name, "too_early", message, {}) for name, day in given.items() if day < today]  # fmt: skip
    if errors:
        raise Invalid(errors)


def _new(proposal: Proposal, department: str, form: PromiseForm, zone: str) -> Milestone:
    milestone = Milestone(proposal_id=proposal.id, department_code=department, title=form.title, due_at=days.end_of(form.due_on, zone))  # fmt: skip
    milestone.proposal = proposal
    milestone.updates = []
    return milestone


def _keep(session: Session, actor: Account | None, milestone: Milestone) -> Event:
    session.add(milestone)
    session.flush()
    _log(session, actor, milestone)
    return _record(session, actor, milestone, EventKind.MILESTONE_SET)


def _log(
    session: Session, actor: Account | None, milestone: Milestone, words: str = "", link: str | None = None
) -> None:  # fmt: skip
    update = MilestoneUpdate(milestone_id=milestone.id, actor_id=actor.id if actor else None, progress=milestone.progress, due_at=milestone.due_at, words=words, link=link)  # fmt: skip
    milestone.updates.append(update)


def _record(
    session: Session, actor: Account | None, milestone: Milestone, kind: EventKind
) -> Event:
    milestone.proposal.updated_at = now()
    note = milestone.title
    if kind is EventKind.MILESTONE_CHANGED:
        note = f"{milestone.title} ({milestone.progress} %)"
    return transitions.record(session, actor, milestone.proposal, kind, note=note)
