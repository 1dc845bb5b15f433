"""The desk of the city's answers: what a department owes and writes, one answer with its steps, and who answers what."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends
from starlette.responses import RedirectResponse, Response

from app.dependencies import SessionDep, SignedIn
from app.errors import Conflict, Invalid
from app.forms import AssignForm, CallForm, ReturnForm, VersionForm, read
from app.permissions import may_open_answer_desk, may_see_drafts, require
from app.services import answer_calls, answer_lists, answers, officers, proposals
from app.web.answer_forms import AnswerId, form_page
from app.web.answers import PAGE, ListingDep
from app.web.cards import card
from app.web.pages import Posted, RenderDep, new_router, number_of, see_other, text_of
from app.web.proposals import ProposalId

router = new_router()
DESK = "/answers/desk"


@router.get(DESK)
def desk(one: ListingDep, actor: SignedIn) -> Response:
    """An officer's desk; staff see all of it, or one department's."""
    require(may_open_answer_desk(actor), actor)
    try:
        department = answer_lists.desk_of(one.session, actor, one.department)
    except Conflict:
        return one.render("answers/no_department.html")
    one.department = department
    page = answer_lists.owed(one.session, department, PAGE, one.after(), or_nobodys=True)
    drafts = answer_lists.drafts(one.session, department)
    unreached = answer_lists.unreached(one.session, department)
    return one.render(
        "answers/desk.html",
        own=officers.department_of(one.session, actor),
        begun={row.proposal_id for row in drafts},
        drafts=[(row, card(one.city, row.proposal)) for row in drafts],
        milestones=[(row, card(one.city, row.proposal)) for row in unreached],
        **one.values(page),
    )


# Who answers what


@router.post("/proposals/{proposal_id:int}/answer-request")
def call_for_answer(
    proposal_id: ProposalId, posted: Posted, session: SessionDep, actor: SignedIn
) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    form = read(CallForm, {"department": text_of(posted, "department") or None})
    answer_calls.call_by_hand(session, actor, proposal, form.department)
    return see_other(proposal.path, "answer.called")


@router.post("/proposals/{proposal_id:int}/answer-request/department")
def assign(
    proposal_id: ProposalId, posted: Posted, session: SessionDep, actor: SignedIn
) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    form = read(AssignForm, {"department": text_of(posted, "department")})
    answer_calls.assign(session, actor, proposal, form.department)
    return see_other(DESK if text_of(posted, "then") == "desk" else proposal.path, "answer.assigned")  # fmt: skip


# One answer on its way


@router.get("/answers/{answer_id:int}")
def show(
    answer_id: AnswerId, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:  # fmt: skip
    answer = answers.get(session, actor, answer_id)
    if not may_see_drafts(actor, answer.department_code, officers.department_of(session, actor)):
        return RedirectResponse(f"{answer.proposal.path}#answer-{answer.id}", 303)
    return form_page(render, session, actor, answer.proposal, answer)


class Step:
    """What every step of an answer needs: the request's parts and the answer, whose row is locked."""

    def __init__(
        self, answer_id: AnswerId, posted: Posted, session: SessionDep, actor: SignedIn, render: RenderDep
    ) -> None:  # fmt: skip
        self.answer = answers.get(session, actor, answer_id, lock=True)
        self.posted, self.session, self.actor, self.render = posted, session, actor, render

    def take(self, act: Callable[..., None], *form: Any) -> Response | None:
        """Take the step; a refusal shows the answer as it is now, and says why."""
        try:
            with self.session.begin_nested():
                act(self.session, self.actor, self.answer, *form)
        except (Conflict, Invalid) as error:
            answer = answers.get(self.session, self.actor, self.answer.id, lock=True)
            return form_page(self.render, self.session, self.actor, answer.proposal, answer, error=error)  # fmt: skip
        return None

    @property
    def seen(self) -> VersionForm:
        """The version that was read."""
        return VersionForm(version=number_of(text_of(self.posted, "version")) or 0)

    def done(self, notice: str) -> Response:
        return see_other(f"/answers/{self.answer.id}", notice)


StepDep = Annotated[Step, Depends(Step)]


@router.post("/answers/{answer_id:int}/submit")
def submit(step: StepDep) -> Response:
    return step.take(answers.submit, step.seen) or step.done("answer.submitted")


@router.post("/answers/{answer_id:int}/approve")
def approve(step: StepDep) -> Response:
    refused = step.take(answers.approve, step.seen)
    if refused is not None:
        return refused
    if step.answer.is_published:
        return see_other(f"{step.answer.proposal.path}#answer-{step.answer.id}", "answer.published")
    return step.done("answer.approved")


@router.post("/answers/{answer_id:int}/return")
def send_back(step: StepDep) -> Response:
    form = read(ReturnForm, {"note": text_of(step.posted, "note")})
    return step.take(answers.send_back, form) or step.done("answer.returned")


@router.post("/answers/{answer_id:int}/discard")
def discard(step: StepDep) -> Response:
    return step.take(answers.discard) or see_other(DESK, "answer.discarded")
