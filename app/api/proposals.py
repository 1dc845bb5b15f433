"""Proposals over JSON: list, read, write, submit, withdraw."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.api.routing import ProposalId, new_router, next_link
from app.api.schemas import ProposalDetail, ProposalItem, ProposalPage
from app.dependencies import (
    OptionalTokenActor,
    SessionDep,
    SettingsDep,
    TokenActor,
    read_cursor,
    write_cursor,
)
from app.errors import Invalid
from app.forms import NewProposal, Number, PageSize, ProposalPatch, unknown
from app.models import Proposal, Status
from app.permissions import Actor, may_arrange_assessment, may_see_whole_history
from app.services import (
    attachments,
    citations,
    cities,
    edits,
    listings,
    merge_lists,
    premoderation,
    proposals,
    transitions,
)
from app.services.listings import Filter, Sort
from app.settings import Settings

router = new_router("Proposals")

PublicStatus = Literal["published", "under_consideration", "accepted", "in_progress", "completed", "declined", "withdrawn", "merged"]  # fmt: skip


class ProposalFilters(BaseModel):
    """What lists of proposals are narrowed by, page by page; other parameters are refused."""

    model_config = ConfigDict(extra="forbid")

    limit: PageSize = 20
    cursor: str | None = Field(None, description="`next_cursor` of the page before")
    status: PublicStatus | None = None
    pillar: str | None = Field(None, description="Code of /pillars")
    goal: str | None = Field(None, description="Code of /goals")
    ward: str | None = Field(None, description="Code of /wards")
    campaign: Number | None = None
    lang: str | None = Field(None, description="Language of names and messages: vi or en")

    def filters(self) -> Filter:
        status = Status(self.status) if self.status else None
        return Filter(status, self.pillar, self.goal, self.ward, self.campaign)

    def listing(self) -> str:
        """What a cursor of this list belongs to."""
        return "|".join(str(part) for part in (self.status, self.pillar, self.goal, self.ward, self.campaign))  # fmt: skip

    def require_known(self, session: Session) -> None:
        """Raise Invalid for codes that the city does not have."""
        city = cities.catalogue(session)
        lists = (("pillar", city.pillars), ("goal", city.goals), ("ward", city.wards))
        errors = [
            unknown(name) for name, known in lists if getattr(self, name) not in {None, *known}
        ]
        if errors:
            raise Invalid(errors)


class ListQuery(ProposalFilters):
    """The parameters of the list; others are refused."""

    sort: Sort = Sort.NEWEST
    author: Number | None = Field(None, description="Number of the author")

    def filters(self) -> Filter:
        return replace(super().filters(), author=self.author)

    def listing(self) -> str:
        return f"{self.sort}|{self.author}|{super().listing()}"


def detail(
    session: Session, settings: Settings, actor: Actor, proposal: Proposal
) -> ProposalDetail:
    """The proposal with as much of its history as the actor may see."""
    whole = may_see_whole_history(actor, proposal)
    staff = may_arrange_assessment(actor, proposal)
    mine = () if whole else merge_lists.steps_for(session, actor, proposal)
    events = transitions.history(session, proposal, whole=whole, for_staff=staff, and_steps=mine)
    pending = edits.find(session, proposal) if whole else None
    files = attachments.of(session, proposal)
    citation = citations.of(session, settings.base_url, proposal)
    return ProposalDetail.with_history(proposal, settings.base_url, files, events, pending, citation, whole=whole)  # fmt: skip


@router.get("/proposals", responses={200: {"headers": {"Link": {"schema": {"type": "string"}, "description": '`<…>; rel="next"`'}}}})  # fmt: skip
def list_proposals(
    query: Annotated[ListQuery, Query()],
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
) -> ProposalPage:
    """Published proposals, page by page. Withdrawn and merged ones only when `status` asks for them.

    No page repeats or skips a proposal because others are added meanwhile. The other sorts follow what changes (votes,
    edits), so a proposal that moves during a crawl can be met twice or not at all; `newest` never moves.
    """
    query.require_known(session)
    after = read_cursor(settings, query.listing(), query.cursor)
    page = listings.published(session, query.filters(), query.sort, query.limit, after)
    cursor = write_cursor(settings, query.listing(), page.next_after)
    next_link(request, response, settings, cursor)
    items = [ProposalItem.of(proposal, settings.base_url) for proposal in page.items]
    return ProposalPage(items=items, next_cursor=cursor)


@router.post("/proposals", status_code=201)
def create(
    body: NewProposal,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> ProposalDetail:
    """Write a proposal and submit it for moderation; with `draft: true` it stays a draft."""
    proposal = proposals.create(session, actor, body)
    if not body.draft:
        premoderation.submit(session, settings, actor, proposal)
    session.flush()
    response.headers["Location"] = f"{settings.base_url}/api/v1/proposals/{proposal.id}"
    return detail(session, settings, actor, proposal)


@router.get("/proposals/{proposal_id}")
def read(
    proposal_id: ProposalId, session: SessionDep, settings: SettingsDep, actor: OptionalTokenActor
) -> ProposalDetail:
    """One proposal, with its text and history."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    return detail(session, settings, actor, proposal)


@router.patch("/proposals/{proposal_id}")
def edit(
    proposal_id: ProposalId,
    body: ProposalPatch,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> ProposalDetail:
    """Change some fields of one's own proposal; after its submission this makes a revision.

    The new text of a published one waits for a moderator, as `pending_edit`.
    """
    proposal = proposals.get_editable(session, settings, actor, proposal_id)
    premoderation.edit(session, settings, actor, proposal, body.model_dump(exclude_unset=True))
    session.flush()
    return detail(session, settings, actor, proposal)


@router.delete("/proposals/{proposal_id}/pending-edit", status_code=204)
def take_back_edit(proposal_id: ProposalId, session: SessionDep, actor: TokenActor) -> None:
    """Take back the new text of one's own published proposal."""
    edits.take_back(session, actor, proposals.get_visible(session, actor, proposal_id, lock=True))


@router.post("/proposals/{proposal_id}/submit")
def submit(
    proposal_id: ProposalId, session: SessionDep, settings: SettingsDep, actor: TokenActor
) -> ProposalDetail:
    """Hand a draft or a returned proposal to the moderators."""
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    premoderation.submit(session, settings, actor, proposal)
    session.flush()
    return detail(session, settings, actor, proposal)


@router.post("/proposals/{proposal_id}/withdraw")
def withdraw(
    proposal_id: ProposalId, session: SessionDep, settings: SettingsDep, actor: TokenActor
) -> ProposalDetail:
    """Take one's own proposal back. What was public stays readable, marked as withdrawn."""
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    proposals.withdraw(session, actor, proposal)
    session.flush()
    return detail(session, settings, actor, proposal)
