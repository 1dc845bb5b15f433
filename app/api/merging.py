"""Merging by consent over JSON: suggest it, see what waits, agree, decline, take back."""

from app.api.routing import ProposalId, new_router
from app.api.schemas import MergeSuggestionOut, MergeSuggestionsOut
from app.dependencies import SessionDep, SettingsDep, TokenActor
from app.forms import MergeAnswerForm, MergeSuggestionForm, Number
from app.services import merge_lists, merge_suggestions, proposals

router = new_router("Merging")
PATH = "/proposals/{proposal_id}/merge-suggestions"


@router.get(PATH)
def list_suggestions(
    proposal_id: ProposalId, session: SessionDep, settings: SettingsDep, actor: TokenActor
) -> MergeSuggestionsOut:
    """What has been suggested about a proposal, that it closes or that another does in its favour.

    For those who wrote either of the two, and for staff; to everybody else the list is empty.
    """
    proposal = proposals.get_visible(session, actor, proposal_id)
    found = merge_lists.about(session, actor, proposal)
    return MergeSuggestionsOut(items=[MergeSuggestionOut.of(one, actor, settings.base_url) for one in found])  # fmt: skip


@router.post(PATH, status_code=201)
def suggest(
    proposal_id: ProposalId,
    body: MergeSuggestionForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> MergeSuggestionOut:
    """Suggest that a proposal closes in favour of another one that is published and can still be supported.

    The author of the proposal asks the author of the other; a moderator asks the author of the proposal. Where one person
    is the author of both, or a moderator suggests it and the author has left, it is carried out at once. No vote is moved.
    """
    made = merge_suggestions.suggest(session, settings, actor, proposal_id, body)
    return MergeSuggestionOut.of(made, actor, settings.base_url)


@router.post(f"{PATH}/{{suggestion_id}}/accept")
def accept(
    proposal_id: ProposalId,
    suggestion_id: Number,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> MergeSuggestionOut:
    """Agree, if one is asked: the proposal is merged. Its supporters are invited to support the other; no vote is moved."""
    made = merge_suggestions.accept(session, settings, actor, proposal_id, suggestion_id)
    return MergeSuggestionOut.of(made, actor, settings.base_url)


@router.post(f"{PATH}/{{suggestion_id}}/decline")
def decline(
    proposal_id: ProposalId,
    suggestion_id: Number,
    body: MergeAnswerForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> MergeSuggestionOut:
    """Decline, if one is asked, perhaps with a word to whoever suggested it; nothing changes."""
    made = merge_suggestions.decline(session, settings, actor, proposal_id, suggestion_id, body)
    return MergeSuggestionOut.of(made, actor, settings.base_url)


@router.delete(f"{PATH}/{{suggestion_id}}", status_code=204)
def take_back(
    proposal_id: ProposalId,
    suggestion_id: Number,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> None:
    """Take one's own suggestion back while it waits; staff also another's of the staff."""
    merge_suggestions.take_back(session, settings, actor, proposal_id, suggestion_id)
