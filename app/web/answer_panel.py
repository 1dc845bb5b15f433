"""What a proposal's page shows of the city's answers, and what the reader can do about them."""

from typing import Any

from sqlmodel import Session

from app.lifecycle import next_city_statuses
from app.models import Account, AnswerRequest, Proposal
from app.permissions import may_answer, may_assign, may_call_for_answer, may_see_drafts
from app.services import (
    answer_calls,
    answer_lists,
    answers,
    days,
    follows,
    milestones,
    officers,
)


def values(
    session: Session, actor: Account | None, proposal: Proposal, zone: str
) -> dict[str, Any]:
    """What the city owes, has said and has promised about a proposal, and what the actor can do."""
    request = answer_calls.current(session, proposal)
    given = answer_lists.of_proposal(session, proposal)
    return {
        "answer_request": request,
        "request_late": days.days_between(request.due_at, zone) if request else 0,
        "answers": given,
        "answer_of_event": {one.event_id: one for one in given},
        "milestones": milestones.of_proposal(session, proposal) if given else [],
        "late": lambda one: days.days_between(one.due_at, zone),
        "is_followed": follows.is_followed(session, actor, proposal),
        **_acting(session, actor, proposal, request),
    }


def _acting(
    session: Session, actor: Account | None, proposal: Proposal, request: AnswerRequest | None
) -> dict[str, Any]:
    own = officers.department_of(session, actor)
    present = request.department_code if request else None
    can_follow = bool(next_city_statuses(proposal.status))
    sees = may_see_drafts(actor, present or "", own)
    return {
        "own_department": own,
        "may_write_answer": can_follow and may_answer(actor, proposal, present, own),
        "may_call_for_answer": can_follow and may_call_for_answer(actor, proposal),
        "may_assign": request is not None and may_assign(actor, proposal, present, own),
        "open_answer": answers.open_one(session, proposal) if request and sees else None,
    }
