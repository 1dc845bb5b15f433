"""Proposals for everybody: the list with its filters, and one proposal's page."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Path, Request
from pydantic import BaseModel, Field, ValidationError
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from app.database import now
from app.dependencies import BrowserActor, SessionDep, SettingsDep, write_cursor
from app.errors import NotFound
from app.forms import LARGEST_ID, Code
from app.i18n import localised
from app.labels import status_label
from app.lifecycle import PUBLIC_STATUSES, VOTABLE, next_city_statuses
from app.models import Account, Campaign, Event, Proposal, Status
from app.permissions import (
    is_author,
    is_owner,
    may_arrange_assessment,
    may_decide_on,
    may_moderate,
    may_see_whole_history,
    may_suggest_merging,
)
from app.services import (
    assessment_results,
    attachments,
    campaigns,
    citations,
    cities,
    edits,
    listings,
    merge_lists,
    merged,
    moderation,
    progress,
    proposals,
    revisions,
    support_days,
    transitions,
    votes,
)
from app.services.assessment_results import Result
from app.services.listings import Filter, Sort
from app.settings import Settings
from app.web import answer_panel, discussion
from app.web.campaigns import phases
from app.web.cards import card, place_text
from app.web.pages import RenderDep, new_router, page_cursor

router = new_router()
PAGE = 20
ProposalId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class ListQuery(BaseModel):
    """The list's parameters. An empty one, as a form sends it, means no filter; unknown ones are ignored."""

    sort: Sort = Sort.NEWEST
    status: Status | None = None
    pillar: Code | None = None
    goal: Code | None = None
    ward: Code | None = None
    campaign: int | None = Field(None, ge=1, le=LARGEST_ID)
    cursor: str | None = None

    def filters(self) -> Filter:
        return Filter(self.status, self.pillar, self.goal, self.ward, self.campaign)


def read_query(request: Request) -> ListQuery:
    """The list's parameters. Raises NotFound for what no link or form of ours leads to."""
    given = {key: value for key, value in request.query_params.items() if value}
    try:
        query = ListQuery.model_validate(given)
    except ValidationError as error:
        raise NotFound from error
    if query.status is not None and query.status not in PUBLIC_STATUSES:
        raise NotFound
    return query


@router.get("/proposals")
def list_proposals(
    request: Request, session: SessionDep, settings: SettingsDep, render: RenderDep
) -> Response:
    query = read_query(request)
    city = cities.catalogue(session)
    listing = f"web|{query.model_dump_json(exclude={'cursor'})}"
    after = page_cursor(settings, listing, query.cursor)
    page = listings.published(session, query.filters(), query.sort, PAGE, after)
    cursor = write_cursor(settings, listing, page.next_after)
    return render(
        "proposals/list.html",
        items=[card(city, proposal) for proposal in page.items],
        query=query,
        is_filtered=query.filters() != Filter(),
        status_entries=[(status.value, status_label(status)) for status in PUBLIC_STATUSES],
        campaign_entries=[(c.id, localised(c.title)) for c in campaigns.every(session)],
        next_href=str(request.url.include_query_params(cursor=cursor).query) if cursor else None,
        first_href=str(request.url.remove_query_params("cursor").query) if query.cursor else None,
    )


@router.get("/proposals/{proposal_id:int}")
@router.get("/proposals/{proposal_id:int}-{slug}")
def show(
    proposal_id: ProposalId,
    session: SessionDep,
    settings: SettingsDep,
    actor: BrowserActor,
    render: RenderDep,
    slug: str = "",
) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id)
    if slug != proposal.slug:
        return RedirectResponse(proposal.path, 301)
    values = show_values(session, actor, proposal) | _cited(session, settings, proposal)
    if proposal.published_at is not None:
        values |= discussion.section(session, actor, proposal)
    return render("proposals/show.html", **values)


def _cited(session: Session, settings: Settings, proposal: Proposal) -> dict[str, Any]:
    """How the proposal is named elsewhere, while it is for everybody."""
    citation = citations.of(session, settings.base_url, proposal)
    linked = citations.as_linked_data(citation, proposal) if citation else None
    return {"citation": citation, "linked_data": linked}


def show_values(session: Session, actor: Account | None, proposal: Proposal) -> dict[str, Any]:
    """What a proposal's page shows, and what the actor can do there."""
    city = cities.catalogue(session)
    whole = may_see_whole_history(actor, proposal)
    steps = _steps(session, actor, proposal)
    return {
        "proposal": proposal,
        "card": card(city, proposal),
        "goals": [city.goals[code] for code in proposal.goals if code in city.goals],
        "places": [city.wards[code].name for code in proposal.wards if code in city.wards],
        "place_text": place_text(city, proposal.wards),
        "tags": [city.tags[code].name if code in city.tags else code for code in proposal.tags],
        "files": attachments.of(session, proposal),
        "phases": phases(proposal.campaign, now()),
        "steps": steps,
        "stages": progress.line(proposal, [step.event for step in steps]),
        "shown_revisions": revisions.numbers(session, proposal, whole=whole),
        **_merging(session, actor, proposal),
        "assessed": _assessed(session, proposal),
        "support_changes": support_days.changes(session, proposal) if proposal.published_at else [],
        "may_arrange": may_arrange_assessment(actor, proposal),
        **_voting(session, actor, proposal),
        **answer_panel.values(session, actor, proposal, city.timezone),
        **_acting(session, actor, proposal),
    }


def _assessed(session: Session, proposal: Proposal) -> Result | None:
    """What experts have said of it, if they have."""
    if proposal.assessment_score is None:
        return None
    return assessment_results.newest_of(session, [proposal]).get(proposal.id)


def _voting(session: Session, actor: Account | None, proposal: Proposal) -> dict[str, Any]:
    campaign: Campaign = proposal.campaign
    return {
        "my_vote": votes.mine(session, actor, proposal),
        "is_votable": proposal.status in VOTABLE and campaign.is_voting_open(now()),
        "votes_left": votes.remaining(session, actor, campaign),
        "lacks_level": actor is not None and votes.lacks_level(session, actor, campaign),
    }


def _acting(session: Session, actor: Account | None, proposal: Proposal) -> dict[str, Any]:
    decides = may_decide_on(actor, proposal)
    whole = may_see_whole_history(actor, proposal)
    return {
        "is_author": is_author(actor, proposal),
        # Of the text that its author may hand in from here.
        "text_version": proposals.text_version(proposal) if is_owner(actor, proposal) else "",
        "is_owner": is_owner(actor, proposal),
        "pending_edit": edits.find(session, proposal) if whole else None,
        "decisions": moderation.possible_decisions(actor, proposal),
        "next_statuses": next_city_statuses(proposal.status) if decides else [],
        "may_merge": may_suggest_merging(actor, proposal) and proposal.status in VOTABLE,
    }


@dataclass(frozen=True)
class Step:
    """An event as this reader may see it: its words if they are for the reader, and to staff who made it."""

    event: Event
    is_spoken: bool
    is_latest: bool
    actor: str | None


def _steps(session: Session, actor: Account | None, proposal: Proposal) -> list[Step]:
    whole = may_see_whole_history(actor, proposal)
    for_staff = may_arrange_assessment(actor, proposal)
    mine = () if whole else merge_lists.steps_for(session, actor, proposal)
    events = transitions.history(
        session, proposal, whole=whole, for_staff=for_staff, and_steps=mine
    )
    names = transitions.actors(session, events) if may_moderate(actor) else {}
    return [
        Step(
            event,
            whole or transitions.is_spoken(event),
            event is events[-1],
            names.get(event.actor_id or 0),
        )
        for event in events
    ]


def _merging(session: Session, actor: Account | None, proposal: Proposal) -> dict[str, Any]:
    """Where the proposal has gone, what has come to it, and to those concerned the suggestion that waits."""
    concerned = may_suggest_merging(actor, proposal)
    return {
        "merged_into": merged.other_of(session, actor, proposal),
        "merge_way": merged.way_of(session, proposal),
        "merged_here": merged.merged_here(session, proposal) if proposal.is_public else [],
        "merge_waits": concerned and merge_lists.waiting(session, proposal) is not None,
    }
