"""Assessments over JSON: what is published, what staff arrange, what experts are asked for."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.routing import ProposalId, new_router, next_link
from app.api.schemas import (
    AssessedItem,
    AssessedPage,
    AssessmentOut,
    AssignmentDetail,
    AssignmentItem,
    AssignmentPage,
    RoundOut,
    RoundPage,
    SuggestionOut,
    SuggestionPage,
)
from app.dependencies import (
    OptionalTokenActor,
    SessionDep,
    SettingsDep,
    TokenActor,
    read_cursor,
    write_cursor,
)
from app.forms import (
    AssessmentForm,
    DeclarationForm,
    EvaluatorsForm,
    Number,
    PageSize,
    RoundForm,
)
from app.services import assessment_results, assessments, evaluators, proposals, verdicts
from app.services.listings import Filter, Sort, published

router = new_router("Assessments")


class AssessedQuery(BaseModel):
    """The parameters of the list; others are refused."""

    model_config = ConfigDict(extra="forbid")

    limit: PageSize = 20
    cursor: str | None = Field(None, description="`next_cursor` of the page before")
    campaign: Number | None = None
    lang: str | None = Field(None, description="Language of names and messages: vi or en")

    def listing(self) -> str:
        """What a cursor of this list belongs to."""
        return f"assessments|{self.campaign}"


@router.get("/assessments", responses={200: {"headers": {"Link": {"schema": {"type": "string"}, "description": '`<…>; rel="next"`'}}}})  # fmt: skip
def list_assessed(
    query: Annotated[AssessedQuery, Query()],
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
) -> AssessedPage:
    """Proposals that have been assessed, the best first, page by page: both axes of the picture at /assessments/map."""
    after = read_cursor(settings, query.listing(), query.cursor)
    filters = Filter(campaign=query.campaign)
    page = published(session, filters, Sort.BEST_ASSESSED, query.limit, after)
    cursor = write_cursor(settings, query.listing(), page.next_after)
    next_link(request, response, settings, cursor)
    results = assessment_results.newest_of(session, page.items)
    items = [
        AssessedItem.of(one, results[one.id], settings.base_url)
        for one in page.items
        if one.id in results
    ]
    return AssessedPage(items=items, next_cursor=cursor)


@router.get("/proposals/{proposal_id}/assessment")
def read(proposal_id: ProposalId, session: SessionDep, actor: OptionalTokenActor) -> AssessmentOut:
    """What experts have said of a proposal, with every verdict; empty before the first round is closed."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    return AssessmentOut.of(proposal, assessment_results.published(session, proposal))


@router.get("/proposals/{proposal_id}/assessment/suggestions")
def suggest(proposal_id: ProposalId, session: SessionDep, actor: TokenActor) -> SuggestionPage:
    """Whom to ask: experts by field, language and what they have to do; for staff. Never anybody of the author's affiliation."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    found = evaluators.suggested(session, actor, proposal)
    return SuggestionPage(items=[SuggestionOut.of(one) for one in found])


@router.get("/proposals/{proposal_id}/assessment/rounds")
def list_rounds(proposal_id: ProposalId, session: SessionDep, actor: TokenActor) -> RoundPage:
    """The rounds of a proposal, the newest first, and how far each evaluator is; for staff."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    found = assessments.of_proposal(session, actor, proposal)
    return RoundPage(items=[RoundOut.of(one) for one in found])


@router.post("/proposals/{proposal_id}/assessment/rounds", status_code=201)
def open_round(
    proposal_id: ProposalId,
    body: RoundForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> RoundOut:
    """Ask two or more experts to judge a listed proposal until the end of a day; for staff."""
    evaluators.hold(session, body.evaluators)
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    return RoundOut.of(assessments.open_round(session, settings, actor, proposal, body))


@router.post("/proposals/{proposal_id}/assessment/evaluators", status_code=201)
def add_evaluators(
    proposal_id: ProposalId,
    body: EvaluatorsForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> RoundOut:
    """Ask more experts in the open round; for staff."""
    evaluators.hold(session, body.evaluators)
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    return RoundOut.of(assessments.add_evaluators(session, settings, actor, proposal, body))


@router.post("/proposals/{proposal_id}/assessment/close")
def close(
    proposal_id: ProposalId, session: SessionDep, settings: SettingsDep, actor: TokenActor
) -> AssessmentOut:
    """Close the open round, whatever has been given, and publish it; for staff."""
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    assessments.close(session, settings, actor, proposal)
    return AssessmentOut.of(proposal, assessment_results.published(session, proposal))


@router.get("/assessments/mine")
def list_mine(session: SessionDep, settings: SettingsDep, actor: TokenActor) -> AssignmentPage:
    """What one has been asked to judge, the newest first."""
    found = verdicts.mine(session, actor)
    return AssignmentPage(items=[AssignmentItem.of(one, settings.base_url) for one in found])


@router.get("/assessments/{assignment_id}")
def read_mine(
    assignment_id: Number, session: SessionDep, settings: SettingsDep, actor: TokenActor
) -> AssignmentDetail:
    """One thing that one has been asked to judge; nobody else's."""
    found = verdicts.get(session, actor, assignment_id)
    may_submit = verdicts.may_submit(actor, found)
    return AssignmentDetail.whole(found, settings.base_url, may_submit=may_submit)


@router.post("/assessments/{assignment_id}/declaration")
def declare(
    assignment_id: Number,
    body: DeclarationForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> AssignmentDetail:
    """Say whether a conflict of interest keeps one from judging: once, and before anything else."""
    found = verdicts.get(session, actor, assignment_id, lock=True)
    verdicts.declare(session, settings, actor, found, body)
    return _again(session, settings, actor, assignment_id)


@router.post("/assessments/{assignment_id}/verdict")
def submit(
    assignment_id: Number,
    body: AssessmentForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> AssignmentDetail:
    """Give one's verdict, or revise it once after the text has changed. `revision` is the one that was read."""
    found = verdicts.get(session, actor, assignment_id, lock=True)
    verdicts.submit(session, settings, actor, found, body)
    return _again(session, settings, actor, assignment_id)


def _again(
    session: SessionDep, settings: SettingsDep, actor: TokenActor, assignment_id: int
) -> AssignmentDetail:
    session.flush()
    return read_mine(assignment_id, session, settings, actor)
