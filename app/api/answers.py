"""The city's answers over JSON: what it has answered, owes and has promised; drafts, their approval, milestones."""

from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.api.routing import ProposalId, new_router, next_link
from app.api.schemas import (
    AnswerItem,
    AnswerPage,
    BacklogOut,
    DeskPage,
    DraftDetail,
    DraftOut,
    MilestoneDetail,
    MilestoneOut,
    OfficialAnswerOut,
    OverdueItem,
    OverduePage,
    ProposalAnswers,
    RequestOut,
    WaitingItem,
    WaitingPage,
)
from app.dependencies import (
    OptionalTokenActor,
    SessionDep,
    SettingsDep,
    TokenActor,
    read_cursor,
    write_cursor,
)
from app.errors import Invalid
from app.forms import (
    AnswerEditForm,
    AnswerForm,
    AssignForm,
    CallForm,
    MilestoneForm,
    Number,
    PageSize,
    PromiseForm,
    ReturnForm,
    VersionForm,
    unknown,
)
from app.models import Account, OfficialAnswer
from app.permissions import may_see_drafts
from app.services import (
    answer_calls,
    answer_lists,
    answers,
    cities,
    milestones,
    officers,
    proposals,
)

router = new_router("Answers")
_PAGES: dict[int | str, dict[str, Any]] = {200: {"headers": {"Link": {"schema": {"type": "string"}, "description": '`<…>; rel="next"`'}}}}  # fmt: skip


class AnswersQuery(BaseModel):
    """The parameters of these lists; others are refused."""

    model_config = ConfigDict(extra="forbid")

    limit: PageSize = 20
    cursor: str | None = Field(None, description="`next_cursor` of the page before")
    department: str | None = Field(None, description="Code of /departments")
    lang: str | None = Field(None, description="Language of names and messages: vi or en")

    def known(self, session: Session) -> "AnswersQuery":
        """The query itself. Raises Invalid for an unknown department."""
        if self.department not in {None, *cities.catalogue(session).departments}:
            raise Invalid([unknown("department")])
        return self

    def listing(self, name: str) -> str:
        """What a cursor of this list belongs to."""
        return f"answers|{name}|{self.department}"


QueryDep = Annotated[AnswersQuery, Query()]


def _zone(session: Session) -> str:
    return cities.catalogue(session).timezone


def _draft(session: Session, answer: OfficialAnswer) -> DraftDetail:
    session.flush()
    return DraftDetail.with_steps(answer, [event for event, _ in answers.steps(session, answer)])


# Lists


@router.get("/answers", responses=_PAGES)
def list_answers(
    query: QueryDep,
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
) -> AnswerPage:
    """What the city has answered, the newest first."""
    listing = query.known(session).listing("published")
    after = read_cursor(settings, listing, query.cursor)
    page = answer_lists.published(session, query.department, query.limit, after)
    cursor = write_cursor(settings, listing, page.next_after)
    next_link(request, response, settings, cursor)
    items = [AnswerItem.whole(one, settings.base_url) for one in page.items]
    return AnswerPage(items=items, next_cursor=cursor)


@router.get("/answers/waiting", responses=_PAGES)
def list_waiting(
    query: QueryDep,
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
) -> WaitingPage:
    """What waits for the city's answer, the earliest due first."""
    listing = query.known(session).listing("waiting")
    after = read_cursor(settings, listing, query.cursor)
    page = answer_lists.owed(session, query.department, query.limit, after)
    cursor = write_cursor(settings, listing, page.next_after)
    next_link(request, response, settings, cursor)
    zone = _zone(session)
    items = [WaitingItem.whole(one, zone, settings.base_url) for one in page.items]
    return WaitingPage(items=items, next_cursor=cursor)


@router.get("/answers/overdue", responses=_PAGES)
def list_overdue(
    query: QueryDep,
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
) -> OverduePage:
    """What is overdue, answers and milestones, the oldest first, and how much of each department's."""
    listing = query.known(session).listing("overdue")
    after = read_cursor(settings, listing, query.cursor)
    page = answer_lists.overdue(session, query.department, query.limit, after)
    cursor = write_cursor(settings, listing, page.next_after)
    next_link(request, response, settings, cursor)
    zone = _zone(session)
    return OverduePage(
        departments=[BacklogOut.of(one, zone) for one in answer_lists.backlogs(session)],
        items=[OverdueItem.of(one, zone, settings.base_url) for one in page.items],
        next_cursor=cursor,
    )


@router.get("/answers/desk", responses=_PAGES)
def desk(
    query: QueryDep,
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> DeskPage:
    """An officer's desk, of the officer's department; staff see all, or the department they ask for."""
    department = answer_lists.desk_of(session, actor, query.known(session).department)
    listing = f"answers|desk|{department}"
    after = read_cursor(settings, listing, query.cursor)
    page = answer_lists.owed(session, department, query.limit, after, or_nobodys=True)
    cursor = write_cursor(settings, listing, page.next_after)
    next_link(request, response, settings, cursor)
    zone = _zone(session)
    return DeskPage(
        department=department,
        items=[WaitingItem.whole(one, zone, settings.base_url) for one in page.items],
        next_cursor=cursor,
        drafts=[DraftOut.of(one) for one in answer_lists.drafts(session, department)],
        milestones=[MilestoneOut.model_validate(MilestoneOut.values(one, zone)) for one in answer_lists.unreached(session, department)],
    )  # fmt: skip


# What the city owes


@router.get("/proposals/{proposal_id}/answers")
def of_proposal(
    proposal_id: ProposalId, session: SessionDep, actor: OptionalTokenActor
) -> ProposalAnswers:
    """What the city owes, has answered and has promised about a proposal."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    zone, request = _zone(session), answer_calls.current(session, proposal)
    return ProposalAnswers(
        request=RequestOut.of(request, zone) if request else None,
        answers=[OfficialAnswerOut.of(one) for one in answer_lists.of_proposal(session, proposal)],
        milestones=[
            MilestoneDetail.of(one, zone) for one in milestones.of_proposal(session, proposal)
        ],
    )


@router.post("/proposals/{proposal_id}/answer-request", status_code=201)
def call_for_answer(
    proposal_id: ProposalId, body: CallForm, session: SessionDep, actor: TokenActor
) -> RequestOut:
    """Ask the city for an answer, as a moderator."""
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    request = answer_calls.call_by_hand(session, actor, proposal, body.department)
    return RequestOut.of(request, _zone(session))


@router.put("/proposals/{proposal_id}/answer-request")
def assign(
    proposal_id: ProposalId, body: AssignForm, session: SessionDep, actor: TokenActor
) -> RequestOut:
    """Say which department answers. Officers take what is nobody's, and hand on what is theirs."""
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    request = answer_calls.assign(session, actor, proposal, body.department)
    return RequestOut.of(request, _zone(session))


# Answers on their way


@router.post("/proposals/{proposal_id}/answers", status_code=201)
def draft(
    proposal_id: ProposalId,
    body: AnswerForm,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> DraftDetail:
    """Begin an answer for one's department. Nobody but its officers and staff see it before it is published."""
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    answer = answers.draft(session, actor, proposal, body)
    response.headers["Location"] = f"{settings.base_url}/api/v1/answers/{answer.id}"
    return _draft(session, answer)


@router.get("/answers/{answer_id}")
def read(
    answer_id: Number, session: SessionDep, settings: SettingsDep, actor: OptionalTokenActor
) -> DraftDetail | AnswerItem:
    """An answer. Its department's officers and staff see it on its way too, with its steps and who took them."""
    answer = answers.get(session, actor, answer_id)
    if _sees_drafts(session, actor, answer):
        return _draft(session, answer)
    return AnswerItem.whole(answer, settings.base_url)


def _sees_drafts(session: Session, actor: Account | None, answer: OfficialAnswer) -> bool:
    own = officers.department_of(session, actor)
    return may_see_drafts(actor, answer.department_code, own)


@router.put("/answers/{answer_id}")
def edit(
    answer_id: Number, body: AnswerEditForm, session: SessionDep, actor: TokenActor
) -> DraftDetail:
    """Write an answer anew before it is published; it is a draft again. `version` is the one that was read."""
    answer = answers.get(session, actor, answer_id, lock=True)
    answers.edit(session, actor, answer, body)
    return _draft(session, answer)


@router.delete("/answers/{answer_id}", status_code=204)
def discard(answer_id: Number, session: SessionDep, actor: TokenActor) -> None:
    """Give an answer up before it is published."""
    answers.discard(session, actor, answers.get(session, actor, answer_id, lock=True))


@router.post("/answers/{answer_id}/submit")
def submit(
    answer_id: Number, body: VersionForm, session: SessionDep, actor: TokenActor
) -> DraftDetail:
    """Hand a draft over to another officer."""
    answer = answers.get(session, actor, answer_id, lock=True)
    answers.submit(session, actor, answer, body)
    return _draft(session, answer)


@router.post("/answers/{answer_id}/approve")
def approve(
    answer_id: Number, body: VersionForm, session: SessionDep, actor: TokenActor
) -> DraftDetail:
    """Approve what another has written. It is published at once, or when its time comes."""
    answer = answers.get(session, actor, answer_id, lock=True)
    answers.approve(session, actor, answer, body)
    return _draft(session, answer)


@router.post("/answers/{answer_id}/return")
def send_back(
    answer_id: Number, body: ReturnForm, session: SessionDep, actor: TokenActor
) -> DraftDetail:
    """Make an answer a draft again before it is published."""
    answer = answers.get(session, actor, answer_id, lock=True)
    answers.send_back(session, actor, answer, body)
    return _draft(session, answer)


# Milestones


@router.post("/proposals/{proposal_id}/milestones", status_code=201)
def add_milestone(
    proposal_id: ProposalId, body: PromiseForm, session: SessionDep, actor: TokenActor
) -> MilestoneDetail:
    """Promise one thing more on a proposal that the city has answered."""
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    milestone = milestones.add(session, actor, proposal, body)
    session.flush()
    return MilestoneDetail.of(milestone, _zone(session))


@router.post("/milestones/{milestone_id}/updates")
def update_milestone(
    milestone_id: Number, body: MilestoneForm, session: SessionDep, actor: TokenActor
) -> MilestoneDetail:
    """Record how far a milestone is, with what shows it. `version` is the one that was read."""
    milestone = milestones.get(session, actor, milestone_id, lock=True)
    milestones.update(session, actor, milestone, body)
    session.flush()
    return MilestoneDetail.of(milestone, _zone(session))
