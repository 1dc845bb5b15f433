"""The staff's desk of assessments: what is open, and one proposal's rounds with whom to ask."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.errors import Conflict, Invalid, PortalError
from app.forms import LARGEST_ID, EvaluatorsForm, RoundForm, read
from app.models import Account, AssessmentRound, Proposal
from app.permissions import may_arrange_assessment, require
from app.services import assessments, cities, evaluators, proposals, verdicts
from app.services.assessment_results import FEWEST
from app.settings import Settings
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
    texts_of,
)
from app.web.proposals import ProposalId

router = new_router()
DESK = "/moderation/assessments"
W = "/proposals/{proposal_id:int}/assessment"


@router.get(DESK)
def show(session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    rows = [(one, proposal, _progress(one)) for one, proposal in assessments.open_ones(session, actor)]  # fmt: skip
    return render("moderation/assessments.html", rows=rows)


@router.get(f"{DESK}/{{proposal_id:int}}")
def item(
    proposal_id: ProposalId,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id)
    return _item(render, session, settings, actor, proposal, {})


@router.post(f"{W}/rounds")
def open_round(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    chosen, typed = texts_of(posted, "evaluators"), text_of(posted, "another").strip()
    proposal = _locked(session, actor, proposal_id, _numbers(chosen, typed))
    values = {"evaluators": chosen, "another": typed, "due_on": text_of(posted, "due_on").strip()}
    try:
        with session.begin_nested():
            form = {"evaluators": _numbers(chosen, typed), "due_on": values["due_on"] or None}
            assessments.open_round(session, settings, actor, proposal, read(RoundForm, form))
    except (Conflict, Invalid) as error:
        return _refused(render, session, settings, actor, proposal, values, error)
    return see_other(f"{DESK}/{proposal_id}", "assessment.opened")


@router.post(f"{W}/evaluators")
def add(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    chosen, typed = texts_of(posted, "evaluators"), text_of(posted, "another").strip()
    proposal = _locked(session, actor, proposal_id, _numbers(chosen, typed))
    values = {"evaluators": chosen, "another": typed}
    try:
        with session.begin_nested():
            form = read(EvaluatorsForm, {"evaluators": _numbers(chosen, typed)})
            assessments.add_evaluators(session, settings, actor, proposal, form)
    except (Conflict, Invalid) as error:
        return _refused(render, session, settings, actor, proposal, values, error)
    return see_other(f"{DESK}/{proposal_id}", "assessment.asked")


@router.post(f"{W}/close")
def close(
    proposal_id: ProposalId, session: SessionDep, settings: SettingsDep, actor: SignedIn
) -> Response:
    proposal = _locked(session, actor, proposal_id)
    assessments.close(session, settings, actor, proposal)
    return see_other(f"{DESK}/{proposal_id}", "assessment.closed")


def _locked(
    session: Session, actor: Account, proposal_id: int, people: Sequence[int] = ()
) -> Proposal:
    """The proposal, locked after these people. Raises NotFound or Forbidden."""
    evaluators.hold(session, [number for number in people if number <= LARGEST_ID])
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    require(may_arrange_assessment(actor, proposal), actor)
    return proposal


def _numbers(chosen: list[str], typed: str) -> list[int]:
    """The numbers of those who are ticked, and of whoever was typed; what is no number is nobody's."""
    return [number_of(text) or 0 for text in [*chosen, *([typed] if typed else [])]]


def _refused(
    render: Render, session: Session, settings: Settings, actor: Account, proposal: Proposal, values: dict[str, Any], error: Conflict | Invalid
) -> Response:  # fmt: skip
    session.expire_all()
    again = proposals.get_visible(session, actor, proposal.id)
    return _item(render, session, settings, actor, again, values, error)


def _item(
    render: Render, session: Session, settings: Settings, actor: Account, proposal: Proposal, values: dict[str, Any], error: PortalError | None = None
) -> Response:  # fmt: skip
    rounds = assessments.of_proposal(session, actor, proposal)
    city = cities.catalogue(session)
    is_open = bool(rounds) and rounds[0].is_open
    return render(
        "moderation/assessment.html",
        proposal=proposal,
        card=card(city, proposal),
        rounds=[(one, _progress(one)) for one in rounds],
        is_open=is_open,
        may_open=not is_open and assessments.may_be_assessed(proposal),
        suggestions=evaluators.suggested(session, actor, proposal),
        fields=city.expertises,
        values=values,
        usual_day=assessments.usual_day(session, settings).isoformat(),
        **refusals.shown(error),
        states={one.id: verdicts.state(one) for round_ in rounds for one in round_.evaluators},
    )


def _progress(round_: AssessmentRound) -> dict[str, Any]:
    """How far a round is, without a word of any verdict."""
    taking_part = assessments.taking_part(round_)
    return {
        "given": len([one for one in taking_part if one.verdicts]),
        "asked": len(taking_part),
        "is_overdue": assessments.is_overdue(round_),
        "lacks": round_.is_open and len(taking_part) < FEWEST,
    }
