"""Official answers: an officer drafts one, another approves it, and it is published at once or at a set time.

Only the department that is asked answers, and nobody on a proposal of their own. Whoever has written at an answer does
not approve it. A draft that is changed or taken back loses its approval. Every step leaves an event; those before the
publication are for officers and staff. Rows are locked in one order: proposal, answer, request.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import exists
from sqlmodel import Session, col, select

from app import emails
from app.database import now
from app.errors import Conflict, Forbidden, NotFound
from app.forms import LARGEST_ID, AnswerEditForm, AnswerForm, ReturnForm, VersionForm
from app.labels import status_label
from app.lifecycle import next_city_statuses
from app.models import (
    UNPUBLISHED,
    Account,
    AnswerEvent,
    AnswerState,
    AnswerStep,
    OfficialAnswer,
    Proposal,
    Status,
)
from app.permissions import (
    Actor,
    may_answer,
    may_approve,
    may_see_drafts,
    may_see_proposal,
    may_send_back,
    require,
)
from app.services import accounts, answer_calls, cities, milestones, news, officers, transitions
from app.services.proposals import with_details
from app.settings import Settings

_WRITING = (AnswerStep.DRAFTED, AnswerStep.EDITED)


def get(
    session: Session, actor: Actor, answer_id: int, *, lock: bool = False
) -> OfficialAnswer:  # fmt: skip
    """An answer with its proposal: a published one for everybody, any for its department's officers and for staff.

    `lock` keeps others from changing proposal and answer. Raises NotFound for what the actor may not see.
    """
    answer = _load(session, answer_id, lock=lock)
    if answer is None:
        raise NotFound
    public = answer.is_published and may_see_proposal(actor, answer.proposal)
    own = officers.department_of(session, actor)
    if not public and not may_see_drafts(actor, answer.department_code, own):
        raise NotFound
    return answer


def _load(session: Session, answer_id: int, *, lock: bool) -> OfficialAnswer | None:
    if answer_id > LARGEST_ID:
        return None
    of_it = OfficialAnswer.id == answer_id
    number = session.exec(select(OfficialAnswer.proposal_id).where(of_it)).first()
    if number is None:
        return None
    proposals = select(Proposal).where(Proposal.id == number).options(*with_details())
    query = select(OfficialAnswer).where(of_it)
    if lock:
        proposals, query = proposals.with_for_update(of=Proposal), query.with_for_update()
    proposal = session.exec(proposals.execution_options(populate_existing=lock)).one()
    answer = session.exec(query.execution_options(populate_existing=lock)).first()
    if answer is not None:
        answer.proposal = proposal
    return answer


def open_one(session: Session, proposal: Proposal) -> OfficialAnswer | None:
    """The answer that is on its way to publication."""
    query = select(OfficialAnswer).where(UNPUBLISHED, OfficialAnswer.proposal_id == proposal.id)
    return session.exec(query).first()


def steps(session: Session, answer: OfficialAnswer) -> list[tuple[AnswerEvent, Account | None]]:
    """What has happened to an answer and who did it, oldest first, for those who may see drafts."""
    query = (
        select(AnswerEvent, Account)
        .outerjoin(Account, col(Account.id) == AnswerEvent.actor_id)
        .where(AnswerEvent.answer_id == answer.id)
        .order_by(col(AnswerEvent.id))
    )
    return list(session.exec(query).all())


def has_written(session: Session, actor: Actor, answer: OfficialAnswer) -> bool:
    """Whether any of the words may be the actor's."""
    if actor is None:
        return False
    mine = exists().where(
        col(AnswerEvent.answer_id) == answer.id,
        col(AnswerEvent.actor_id) == actor.id,
        col(AnswerEvent.step).in_(_WRITING),
    )
    return bool(session.execute(select(mine)).scalar())


# Writing


def draft(
    session: Session, actor: Account, proposal: Proposal, form: AnswerForm
) -> OfficialAnswer:  # fmt: skip
    """Begin an answer on a proposal whose row the caller has locked.

    Raises Forbidden, Invalid, or Conflict if no answer was called for, one is being written, or the status cannot follow.
    """
    request = answer_calls.current(session, proposal)
    department = request.department_code if request else None
    own = officers.department_of(session, actor)
    require(may_answer(actor, proposal, department, own), actor)
    assert department is not None
    if open_one(session, proposal) is not None:
        raise Conflict("answer.being_written")
    answer = OfficialAnswer(
        proposal_id=proposal.id,
        department_code=department,
        language=actor.language,
        status=Status(form.status),
        words="",
        version=0,
    )
    answer.proposal = proposal
    session.add(answer)
    _write(session, actor, answer, form, AnswerStep.DRAFTED)
    return answer


def edit(
    session: Session, actor: Account, answer: OfficialAnswer, form: AnswerEditForm
) -> None:  # fmt: skip
    """Write a locked answer anew; it is a draft again, whatever others had agreed to.

    Saving what stands there already makes nobody one of its writers: it only takes the answer back.

    Raises Forbidden, Invalid, or Conflict if it has been published or has changed since it was read.
    """
    _require_own(session, actor, answer)
    _require_open(answer)
    _require_version(answer, form.version)
    same = _content(form) == (answer.status, answer.words, answer.publish_at, answer.promises)
    _write(session, actor, answer, form, AnswerStep.RETURNED if same else AnswerStep.EDITED)


def _content(form: AnswerForm) -> tuple[Status, str, datetime | None, list[dict[str, Any]]]:
    """What a form says, as an answer keeps it."""
    promises = [one.model_dump(mode="json") for one in form.milestones]
    return Status(form.status), form.words, form.publish_at, promises


def _write(
    session: Session, actor: Account, answer: OfficialAnswer, form: AnswerForm, step: AnswerStep
) -> None:  # fmt: skip
    zone = cities.catalogue(session).timezone
    _require_possible(answer.proposal, Status(form.status))
    milestones.require_not_past(zone, {f"milestones.{i}.due_on": one.due_on for i, one in enumerate(form.milestones)})  # fmt: skip
    answer.status, answer.words, answer.publish_at, answer.promises = _content(form)
    answer.version += 1
    answer.updated_at = now()
    if step in _WRITING:
        answer.drafted_by = actor.id
    _back_to_draft(answer)
    _record(session, actor, answer, step)


def submit(session: Session, actor: Account, answer: OfficialAnswer, form: VersionForm) -> None:
    """Hand a locked draft to another officer. Raises Forbidden, or Conflict if it is none or has changed since."""
    _require_own(session, actor, answer)
    _require_state(answer, AnswerState.DRAFT)
    _require_version(answer, form.version)
    _require_possible(answer.proposal, answer.status)
    answer.state, answer.held_at = AnswerState.SUBMITTED, None
    _record(session, actor, answer, AnswerStep.SUBMITTED)


def send_back(session: Session, actor: Account, answer: OfficialAnswer, form: ReturnForm) -> None:
    """Make a locked answer a draft again before it is published. Raises Forbidden, or Conflict if it is one or out."""
    _require_may_send_back(session, actor, answer)
    _require_state(answer, AnswerState.SUBMITTED, AnswerState.APPROVED)
    _back_to_draft(answer)
    _record(session, actor, answer, AnswerStep.RETURNED, form.note)


def discard(session: Session, actor: Account, answer: OfficialAnswer) -> None:
    """Give a locked answer up before it is published. Raises Forbidden or Conflict."""
    _require_own(session, actor, answer)
    _require_open(answer)
    _back_to_draft(answer)
    answer.state = AnswerState.DISCARDED
    _record(session, actor, answer, AnswerStep.DISCARDED)


# Approval and publication


def approve(
    session: Session, actor: Account, answer: OfficialAnswer, form: VersionForm
) -> None:  # fmt: skip
    """Agree to what another has written, in a locked answer; it is published now or when its time comes.

    Raises Forbidden, or Conflict if it does not wait for approval, has changed since, or cannot be published any more.
    """
    own = officers.department_of(session, actor)
    written = has_written(session, actor, answer)
    if written and may_send_back(actor, answer.proposal, answer.department_code, own):
        raise Forbidden("answer.own_words")
    require(may_approve(actor, answer.proposal, answer.department_code, own, has_written=written), actor)  # fmt: skip
    _require_state(answer, AnswerState.SUBMITTED)
    _require_version(answer, form.version)
    _require_possible(answer.proposal, answer.status)
    answer.state, answer.approved_by = AnswerState.APPROVED, actor.id
    _record(session, actor, answer, AnswerStep.APPROVED)
    if answer.publish_at is None or answer.publish_at <= now():
        _publish(session, actor, answer)


def _publish(session: Session, actor: Account | None, answer: OfficialAnswer) -> None:
    """Bring an approved answer to everybody: the proposal moves, what was promised is kept, and the news is told."""
    proposal = answer.proposal
    event = transitions.carry_out(session, actor, proposal, answer.status)
    session.flush()
    answer.state, answer.published_at, answer.event_id = AnswerState.PUBLISHED, event.created_at, event.id  # fmt: skip
    _record(session, actor, answer, AnswerStep.PUBLISHED)
    answer_calls.settle(session, proposal)
    news.tell(session, event)
    milestones.begin(session, actor, answer)


def due(session: Session) -> list[int]:
    """The approved answers whose time has come."""
    query = select(OfficialAnswer.id).where(OfficialAnswer.state == AnswerState.APPROVED)
    query = query.where(col(OfficialAnswer.publish_at) <= now())
    return list(session.exec(query.order_by(col(OfficialAnswer.publish_at))).all())


def publish_due(session: Session, settings: Settings, answer_id: int) -> None:
    """Publish what due() has found, unless it has changed or another process has.

    Where the proposal can no longer be answered so, the answer is a draft again and whoever wrote it is told, once.
    """
    approver_id = session.exec(select(OfficialAnswer.approved_by).where(OfficialAnswer.id == answer_id)).first()  # fmt: skip
    # Held before the proposal is locked, in the order in which whoever deletes that account takes them.
    approver = accounts.hold(session, approver_id) if approver_id else None
    answer = _load(session, answer_id, lock=True)
    if answer is None or answer.state is not AnswerState.APPROVED:
        return
    if answer.publish_at is None or answer.publish_at > now():
        return
    try:
        _require_possible(answer.proposal, answer.status)
    except Conflict:
        _hold(session, settings, answer)
    else:
        _publish(session, approver, answer)


def _hold(session: Session, settings: Settings, answer: OfficialAnswer) -> None:
    _back_to_draft(answer)
    answer.held_at = now()
    _record(session, None, answer, AnswerStep.HELD)
    writer = session.get(Account, answer.drafted_by) if answer.drafted_by else None
    if writer is not None and writer.banned_at is None:
        emails.answer_held(session, settings, writer, answer)


# The steps


def _back_to_draft(answer: OfficialAnswer) -> None:
    answer.state, answer.approved_by, answer.held_at = AnswerState.DRAFT, None, None


def _record(
    session: Session, actor: Account | None, answer: OfficialAnswer, step: AnswerStep, note: str = ""
) -> None:  # fmt: skip
    session.flush()
    who = actor.id if actor else None
    session.add(AnswerEvent(answer_id=answer.id, actor_id=who, step=step, version=answer.version, note=note))  # fmt: skip


def _require_own(session: Session, actor: Account, answer: OfficialAnswer) -> None:
    own = officers.department_of(session, actor)
    require(may_answer(actor, answer.proposal, answer.department_code, own), actor)


def _require_may_send_back(session: Session, actor: Account, answer: OfficialAnswer) -> None:
    own = officers.department_of(session, actor)
    require(may_send_back(actor, answer.proposal, answer.department_code, own), actor)


def _require_open(answer: OfficialAnswer) -> None:
    if not answer.is_open:
        raise Conflict("answer.closed")


def _require_state(answer: OfficialAnswer, *states: AnswerState) -> None:
    _require_open(answer)
    if answer.state not in states:
        raise Conflict("answer.other_state")


def _require_version(answer: OfficialAnswer, seen: int) -> None:
    if answer.version != seen:
        raise Conflict("content.changed")


def _require_possible(proposal: Proposal, status: Status) -> None:
    if status not in next_city_statuses(proposal.status):
        raise Conflict("answer.unfit", **{"from": status_label(proposal.status), "to": status_label(status)})  # fmt: skip
