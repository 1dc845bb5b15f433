"""Calls for an answer: what makes the city owe one, by when, and which department it is to come from.

What happens by itself (enough supports, a recommendation) asks once in a proposal's life; a moderator may ask again once
the last request has been answered. Whoever calls this has locked the proposal, or has just moved its counts.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, exists, update
from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from app.database import insert_if_absent, now, table_of
from app.errors import Conflict, Invalid
from app.forms import unknown
from app.labels import status_label
from app.lifecycle import VOTABLE, next_city_statuses
from app.models import (
    UNANSWERED,
    UNPUBLISHED,
    Account,
    AnswerRequest,
    Campaign,
    Cause,
    EventKind,
    OfficialAnswer,
    Proposal,
)
from app.permissions import may_assign, may_call_for_answer, require
from app.services import cities, days, news, officers, transitions

_requests = table_of(AnswerRequest)


def current(session: Session, proposal: Proposal) -> AnswerRequest | None:
    """The newest request: it says who answers, and whether an answer is still owed."""
    query = select(AnswerRequest).where(AnswerRequest.proposal_id == proposal.id)
    return session.exec(query.order_by(col(AnswerRequest.id).desc()).limit(1)).first()


def call_for(
    session: Session,
    proposal: Proposal,
    cause: Cause,
    actor: Account | None = None,
    department: str | None = None,
) -> bool:
    """Make the city owe an answer; False if it owes one already, or has been asked before and this happens by itself.

    Nobody is named for supports: whose vote was the last one is the voter's secret.
    """
    if cause is not Cause.MODERATOR and current(session, proposal) is not None:
        return False
    zone = cities.catalogue(session).timezone
    due = days.end_of(days.today(zone) + timedelta(days=proposal.campaign.answer_days), zone)
    row = {"proposal_id": proposal.id, "department_code": department, "cause": cause, "called_at": now(), "due_at": due}  # fmt: skip
    if not insert_if_absent(session, _requests, row):
        return False
    who = None if cause is Cause.SUPPORTS else actor
    news.tell(session, transitions.record(session, who, proposal, EventKind.ANSWER_CALLED))  # fmt: skip
    if department is not None:
        _record_assignment(session, who, proposal, department)
    return True


def reached(session: Session, proposal: Proposal, supports: int) -> None:
    """A vote has brought the supports to this number. Only the one that makes the threshold full costs a query more."""
    if supports == proposal.campaign.answer_threshold:
        call_for(session, proposal, Cause.SUPPORTS)


def call_by_hand(
    session: Session, actor: Account, proposal: Proposal, department: str | None
) -> AnswerRequest:
    """A moderator asks for an answer. Raises Forbidden, Invalid, or Conflict if one is owed or nothing can follow."""
    require(may_call_for_answer(actor, proposal), actor)
    _require_department(session, department)
    if not next_city_statuses(proposal.status):
        raise Conflict("answer.impossible", status=status_label(proposal.status))
    if not call_for(session, proposal, Cause.MODERATOR, actor, department):
        raise Conflict("answer.called")
    found = current(session, proposal)
    assert found is not None
    return found


def assign(
    session: Session, actor: Account, proposal: Proposal, department: str
) -> AnswerRequest:  # fmt: skip
    """Say which department answers; saying it again changes nothing.

    Staff may at any time, officers for what is nobody's or their own department's. Raises Forbidden, Invalid, or Conflict
    if no answer has been called for or the present department is writing one.
    """
    request = current(session, proposal)
    present = request.department_code if request else None
    own = officers.department_of(session, actor)
    require(may_assign(actor, proposal, present, own), actor)
    if request is None:
        raise Conflict("answer.none")
    _require_department(session, department)
    if department != present:
        _require_unwritten(session, proposal)
        request.department_code = department
        session.add(request)
        _record_assignment(session, actor, proposal, department)
    return request


def settle(session: Session, proposal: Proposal) -> None:
    """The city has answered what it owed."""
    own = _requests.c.proposal_id == proposal.id
    session.execute(update(_requests).where(own, UNANSWERED).values(answered_at=now()))


def settle_by_status(session: Session, proposal: Proposal, words: str) -> None:
    """Staff have recorded what the city says: with words, or where nothing can follow, that is its answer."""
    if words or not next_city_statuses(proposal.status):
        settle(session, proposal)


def unasked() -> ColumnElement[bool]:
    """Whether nobody has ever been asked about a proposal."""
    return ~exists().where(col(AnswerRequest.proposal_id) == col(Proposal.id))


def missing(session: Session) -> list[int]:
    """The proposals with enough supports that nobody was asked about: the threshold was set or lowered later."""
    query = select(Proposal.id).join(Campaign, col(Campaign.id) == Proposal.campaign_id)
    enough = col(Proposal.support_count) >= col(Campaign.answer_threshold)
    votable = col(Proposal.status).in_(list(VOTABLE))
    return list(
        session.exec(query.where(enough, votable, unasked()).order_by(col(Proposal.id))).all()
    )


def call_missing(session: Session, proposal_id: int) -> None:
    """Ask for the answer that missing() has found, unless it has changed or another process has."""
    query = select(Proposal).where(Proposal.id == proposal_id)
    query = query.options(joinedload(Proposal.campaign, innerjoin=True))  # type: ignore[arg-type]
    proposal = session.exec(query.with_for_update(of=Proposal)).first()
    if proposal is None or proposal.status not in VOTABLE:
        return
    threshold = proposal.campaign.answer_threshold
    if threshold is not None and proposal.support_count >= threshold:
        call_for(session, proposal, Cause.SUPPORTS)


def _require_department(session: Session, code: str | None) -> None:
    if code is not None and code not in cities.catalogue(session).departments:
        raise Invalid([unknown("department")])


def _require_unwritten(session: Session, proposal: Proposal) -> None:
    # A draft belongs to the department that writes it.
    query = select(OfficialAnswer.id).where(UNPUBLISHED, OfficialAnswer.proposal_id == proposal.id)
    if session.exec(query).first() is not None:
        raise Conflict("answer.being_written")


def _record_assignment(
    session: Session, actor: Account | None, proposal: Proposal, department: str
) -> None:
    transitions.record(session, actor, proposal, EventKind.ANSWER_ASSIGNED, note=department)  # fmt: skip
