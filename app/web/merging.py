"""Merging by consent: the page of a proposal's suggestions, on which they are made, answered and taken back."""

from typing import Any

from fastapi import Request
from sqlmodel import Session
from starlette.responses import Response

from app.database import now
from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.errors import Conflict, Invalid, NotFound, PortalError, TooMany
from app.forms import LARGEST_ID, MergeAnswerForm, MergeSuggestionForm, read
from app.models import Account, MergeOutcome, MergeSuggestion
from app.permissions import (
    is_owner,
    may_answer_merge_suggestion,
    may_suggest_merging,
    may_take_back_merge_suggestion,
    require,
)
from app.services import merge_lists, merge_suggestions, mergers, proposals
from app.settings import Settings
from app.web import refusals
from app.web.pages import Posted, Render, RenderDep, new_router, number_of, see_other, text_of
from app.web.proposals import ProposalId

router = new_router()
PATH = "/proposals/{proposal_id:int}/merge-suggestion"
_LONGEST_SHOWN = 500


def _page(
    render: Render, session: Session, actor: Account, proposal_id: int, values: dict[str, Any], error: PortalError | None = None
) -> Response:  # fmt: skip
    """The suggestions about a proposal that the actor may know of. Raises NotFound for whoever has no part in any."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    found = [one for one in merge_lists.about(session, actor, proposal) if one.proposal_id == proposal.id]  # fmt: skip
    may_suggest = may_suggest_merging(actor, proposal)
    if not found and not may_suggest:
        raise NotFound
    waiting = next((one for one in found if one.is_open(now())), None)
    return render(
        "merging/suggestion.html",
        proposal=proposal,
        waiting=waiting,
        past=[one for one in found if one is not waiting],
        may_suggest=may_suggest and waiting is None,
        as_author=is_owner(actor, proposal),
        values={"into": "", "note": ""} | values,
        **_answering(actor, waiting),
        **refusals.shown(error),
    )


def _answering(actor: Account, waiting: MergeSuggestion | None) -> dict[str, Any]:
    """What the actor can do about a suggestion that waits."""
    if waiting is None:
        return {"may_answer": False, "may_take_back": False, "is_possible": False}
    return {
        "may_answer": may_answer_merge_suggestion(actor, waiting),
        "may_take_back": may_take_back_merge_suggestion(actor, waiting),
        "is_possible": mergers.is_possible(waiting.proposal, waiting.into),
    }


@router.get(PATH)
def show(
    proposal_id: ProposalId,
    request: Request,
    session: SessionDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    into = request.query_params.get("into", "")[:_LONGEST_SHOWN]
    return _page(render, session, actor, proposal_id, {"into": into})


@router.post(PATH)
def suggest(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    """Suggest it; the other proposal is named by its reference, its number or the address of its page."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    require(may_suggest_merging(actor, proposal), actor)
    values = {"into": text_of(posted, "into"), "note": text_of(posted, "note")}
    try:
        form = _read(session, settings, values)
        made = merge_suggestions.suggest(session, settings, actor, proposal_id, form)
    except (Conflict, Invalid, TooMany) as error:
        session.expire_all()
        return _page(render, session, actor, proposal_id, values, error)
    if made.outcome is MergeOutcome.ACCEPTED:
        return see_other(proposal.path, "merge.done")
    return see_other(f"/proposals/{proposal_id}/merge-suggestion", "merge.suggested")


def _read(session: Session, settings: Settings, values: dict[str, str]) -> MergeSuggestionForm:
    """The form, with the number of the other proposal. Raises Invalid, Conflict where there is no such proposal."""
    number = merge_lists.find_other(session, settings, values["into"])
    if number is None or not 0 < number <= LARGEST_ID:
        raise Conflict("merge.impossible")
    return read(MergeSuggestionForm, {"into": number, "note": values["note"]})


@router.post(f"{PATH}/answer")
def answer(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    """Agree to the suggestion that the page showed, or decline it."""
    agrees = text_of(posted, "answer") == "accept"
    values = {"note": text_of(posted, "note")}
    number = _number(text_of(posted, "suggestion"))
    try:
        with session.begin_nested():
            if agrees:
                made = merge_suggestions.accept(session, settings, actor, proposal_id, number)
            else:
                form = read(MergeAnswerForm, values)
                made = merge_suggestions.decline(
                    session, settings, actor, proposal_id, number, form
                )
    except (Conflict, Invalid) as error:
        session.expire_all()
        return _page(render, session, actor, proposal_id, values, error)
    if agrees:
        return see_other(made.proposal.path, "merge.done")
    return see_other("/mine", "merge.declined")


@router.post(f"{PATH}/take-back")
def take_back(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
) -> Response:
    number = _number(text_of(posted, "suggestion"))
    made = merge_suggestions.take_back(session, settings, actor, proposal_id, number)
    return see_other(made.proposal.path, "merge.taken_back")


def _number(typed: str) -> int:
    return min(number_of(typed) or 0, LARGEST_ID)
