"""Milestones from the desk: one more, and how far each is, with what shows it."""

from typing import Annotated, Any

from fastapi import Path
from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import SessionDep, SignedIn
from app.errors import Conflict, Invalid
from app.forms import (
    EVIDENCE_LENGTH,
    LARGEST_ID,
    MILESTONE_LENGTH,
    MilestoneForm,
    PromiseForm,
    read,
)
from app.models import Account, Milestone, Proposal
from app.permissions import may_answer, require
from app.services import cities, days, milestones, officers, proposals
from app.web import refusals
from app.web.pages import Posted, Render, RenderDep, new_router, number_of, see_other, text_of
from app.web.proposals import ProposalId

router = new_router()
MilestoneId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_FIELDS = ("progress", "due_on", "words", "link")


def _new_page(
    render: Render, proposal: Proposal, values: dict[str, str], error: Conflict | Invalid | None = None
) -> Response:  # fmt: skip
    return render(
        "answers/milestone_new.html",
        proposal=proposal,
        values=values,
        longest=MILESTONE_LENGTH,
        **refusals.shown(error),
    )


def _require_officer(session: Session, actor: Account, proposal: Proposal, department: str | None) -> None:  # fmt: skip
    own = officers.department_of(session, actor)
    require(may_answer(actor, proposal, department or own, own), actor)


@router.get("/proposals/{proposal_id:int}/milestones/new")
def new(proposal_id: ProposalId, session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:  # fmt: skip
    proposal = proposals.get_visible(session, actor, proposal_id)
    _require_officer(session, actor, proposal, None)
    return _new_page(render, proposal, {"title": "", "due_on": ""})


@router.post("/proposals/{proposal_id:int}/milestones")
def add(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    _require_officer(session, actor, proposal, None)
    values = {name: text_of(posted, name) for name in ("title", "due_on")}
    try:
        with session.begin_nested():
            milestone = milestones.add(session, actor, proposal, read(PromiseForm, values))
    except (Conflict, Invalid) as error:
        return _new_page(render, proposal, values, error)
    return see_other(f"{proposal.path}#milestone-{milestone.id}", "milestone.saved")


def _page(
    render: Render, session: Session, milestone: Milestone, values: dict[str, Any], error: Conflict | Invalid | None = None
) -> Response:  # fmt: skip
    city = cities.catalogue(session)
    return render(
        "answers/milestone.html",
        milestone=milestone,
        proposal=milestone.proposal,
        department=city.departments.get(milestone.department_code),
        values=values,
        longest=EVIDENCE_LENGTH,
        **refusals.shown(error),
    )


@router.get("/milestones/{milestone_id:int}")
def show(
    milestone_id: MilestoneId, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:
    milestone = milestones.get(session, actor, milestone_id)
    _require_officer(session, actor, milestone.proposal, milestone.department_code)
    day = days.day_of(milestone.due_at, cities.catalogue(session).timezone)
    values = {"progress": milestone.progress, "due_on": day.isoformat(), "words": "", "link": ""}
    return _page(render, session, milestone, values)


@router.post("/milestones/{milestone_id:int}")
def save(
    milestone_id: MilestoneId,
    posted: Posted,
    session: SessionDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    milestone = milestones.get(session, actor, milestone_id, lock=True)
    _require_officer(session, actor, milestone.proposal, milestone.department_code)
    values: dict[str, Any] = {name: text_of(posted, name) for name in _FIELDS}
    given = {
        **values,
        "progress": number_of(values["progress"].strip()),
        "due_on": values["due_on"].strip() or None,
        "version": number_of(text_of(posted, "version")) or 0,
    }
    try:
        with session.begin_nested():
            milestones.update(session, actor, milestone, read(MilestoneForm, given))
    except (Conflict, Invalid) as error:
        milestone = milestones.get(session, actor, milestone_id)
        return _page(render, session, milestone, values, error)
    return see_other(f"{milestone.proposal.path}#milestone-{milestone.id}", "milestone.saved")
