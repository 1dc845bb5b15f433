"""Writing the city's answers: the form of a new one and of one on its way, with what will happen by when."""

from typing import Annotated, Any

from fastapi import Path
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import SessionDep, SignedIn
from app.errors import Conflict, Invalid, PortalError
from app.forms import (
    LARGEST_ID,
    MILESTONE_LENGTH,
    MOST_MILESTONES,
    WORDS_LENGTH,
    AnswerEditForm,
    AnswerForm,
    read,
)
from app.lifecycle import next_city_statuses
from app.models import Account, OfficialAnswer, Proposal
from app.permissions import may_answer, may_approve, may_send_back, require
from app.services import answer_calls, answers, cities, days, officers, proposals
from app.web import refusals
from app.web.cards import card
from app.web.pages import (
    Posted,
    Render,
    RenderDep,
    new_router,
    number_of,
    see_other,
    text_of,
)
from app.web.proposals import ProposalId

router = new_router()
AnswerId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_SPARE = 2  # Empty rows for milestones below those that are filled in.


def typed(posted: FormData) -> dict[str, Any]:
    """The posted fields of an answer as they were typed."""
    rows = [
        {"title": text_of(posted, f"milestone_title_{i}"), "due_on": text_of(posted, f"milestone_due_{i}").strip()}
        for i in range(MOST_MILESTONES)
    ]  # fmt: skip
    return {
        "status": text_of(posted, "status"),
        "words": text_of(posted, "words"),
        "publish_at": text_of(posted, "publish_at").strip(),
        "milestones": [row for row in rows if row["title"].strip() or row["due_on"]],
        "version": number_of(text_of(posted, "version")),
    }


def _read(session: Session, values: dict[str, Any]) -> AnswerForm:
    zone = cities.catalogue(session).timezone
    moment = days.read_moment(values["publish_at"], zone)
    given = {**values, "publish_at": moment}
    if values["version"] is None:
        return read(AnswerForm, {name: value for name, value in given.items() if name != "version"})
    return read(AnswerEditForm, given)


def values_of(session: Session, answer: OfficialAnswer) -> dict[str, Any]:
    """The fields of an answer as they stand."""
    zone = cities.catalogue(session).timezone
    return {
        "status": answer.status.value,
        "words": answer.words,
        "publish_at": days.show_moment(answer.publish_at, zone),
        "milestones": answer.promises,
        "version": answer.version,
    }


_BLANK: dict[str, Any] = {"status": "", "words": "", "publish_at": "", "milestones": [], "version": None}  # fmt: skip


def form_page(
    render: Render, session: Session, actor: Account, proposal: Proposal, answer: OfficialAnswer | None,
    values: dict[str, Any] | None = None, error: PortalError | None = None, *, kept: bool = False,
) -> Response:  # fmt: skip
    """An answer with its form and its next steps; a refused form is given back as it was typed."""
    city = cities.catalogue(session)
    own = officers.department_of(session, actor)
    values = values or (values_of(session, answer) if answer else _BLANK)
    if answer is not None:
        values = {**values, "version": answer.version}
    rows = values["milestones"] + [{"title": "", "due_on": ""}] * _SPARE
    request = None if answer else answer_calls.current(session, proposal)
    department = answer.department_code if answer else request.department_code if request else None
    return render(
        "answers/item.html",
        proposal=proposal,
        card=card(city, proposal),
        answer=answer,
        department=city.departments.get(department or ""),
        values=values,
        milestone_rows=rows[:MOST_MILESTONES],
        statuses=next_city_statuses(proposal.status),
        steps=answers.steps(session, answer) if answer else [],
        limits={"words": WORDS_LENGTH, "milestone": MILESTONE_LENGTH},
        kept=kept,
        **refusals.shown(error),
        **_acting(session, actor, proposal, answer, own, department),
    )


def _acting(
    session: Session, actor: Account, proposal: Proposal, answer: OfficialAnswer | None, own: str | None, department: str | None
) -> dict[str, Any]:  # fmt: skip
    """What the actor can do with an answer."""
    may_write = may_answer(actor, proposal, department, own)
    if answer is None or not answer.is_open:
        return {"may_write": may_write and answer is None, "may_approve": False, "may_send_back": False, "has_written": False}  # fmt: skip
    written = answers.has_written(session, actor, answer)
    code = answer.department_code
    return {
        "may_write": may_write,
        "may_approve": may_approve(actor, proposal, code, own, has_written=written),
        "may_send_back": may_send_back(actor, proposal, code, own),
        "has_written": written,
    }


def _require_writer(session: Session, actor: Account, proposal: Proposal) -> None:
    request = answer_calls.current(session, proposal)
    department = request.department_code if request else None
    require(may_answer(actor, proposal, department, officers.department_of(session, actor)), actor)


@router.get("/proposals/{proposal_id:int}/answers/new")
def new(proposal_id: ProposalId, session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:  # fmt: skip
    proposal = proposals.get_visible(session, actor, proposal_id)
    _require_writer(session, actor, proposal)
    begun = answers.open_one(session, proposal)
    if begun is not None:
        return see_other(f"/answers/{begun.id}")
    return form_page(render, session, actor, proposal, None)


@router.post("/proposals/{proposal_id:int}/answers")
def create(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    _require_writer(session, actor, proposal)
    values = {**typed(posted), "version": None}
    try:
        with session.begin_nested():
            answer = answers.draft(session, actor, proposal, _read(session, values))
    except (Conflict, Invalid) as error:
        return form_page(render, session, actor, proposal, None, values, error)
    return see_other(f"/answers/{answer.id}", "answer.saved")


@router.post("/answers/{answer_id:int}")
def save(
    answer_id: AnswerId, posted: Posted, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:
    answer = answers.get(session, actor, answer_id, lock=True)
    values = typed(posted)
    try:
        with session.begin_nested():
            form = _read(session, {**values, "version": values["version"] or 0})
            assert isinstance(form, AnswerEditForm)
            answers.edit(session, actor, answer, form)
    except (Conflict, Invalid) as error:
        answer = answers.get(session, actor, answer_id, lock=True)
        return form_page(render, session, actor, answer.proposal, answer, values, error)
    return see_other(f"/answers/{answer.id}", "answer.saved")


def render_kept(
    render: Render, session: Session, actor: Account, path: str, posted: FormData
) -> Response:
    """The form again after a new sign-in, with what was typed; whoever may not write there goes on."""
    values, parts = typed(posted), path.split("/")
    try:
        if parts[1] == "answers":
            answer = answers.get(session, actor, int(parts[2]))
            return form_page(render, session, actor, answer.proposal, answer, values, kept=True)
        proposal = proposals.get_visible(session, actor, int(parts[2]))
        _require_writer(session, actor, proposal)
        return form_page(render, session, actor, proposal, None, {**values, "version": None}, kept=True)  # fmt: skip
    except PortalError:
        return see_other("/", "sign_in.done")
