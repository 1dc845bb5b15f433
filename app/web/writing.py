"""Writing a proposal: the form, its preview, saving, submitting, withdrawing. No answer of it ever loses a word."""

from typing import Any

from fastapi import Request
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.database import now
from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, TooMany
from app.forms import (
    BODY_LENGTH,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    DraftForm,
    ProposalForm,
    read,
)
from app.i18n import language, localised
from app.lifecycle import EDITABLE
from app.models import Account, Proposal, Status
from app.permissions import may_edit_proposal, require
from app.services import campaigns, cities, edits, premoderation, proposals
from app.services.cities import Catalogue
from app.web import alike, autosaves, refusals, writing_guide
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
LINES = ("title", "summary", "problem", "solution", "expected_impact", "resources_needed")


def read_values(posted: FormData) -> dict[str, Any]:
    """The posted fields as a form's values, as they were typed."""
    tags = [tag.strip() for tag in text_of(posted, "tags").split(",") if tag.strip()]
    return {
        **{name: text_of(posted, name) for name in LINES},
        "pillar": text_of(posted, "pillar") or None,
        "goals": texts_of(posted, "goals"),
        "wards": texts_of(posted, "wards"),
        "tags": tags,
        "campaign_id": number_of(text_of(posted, "campaign_id")),
        "language": text_of(posted, "language") or None,
    }  # fmt: skip


def form_page(
    render: Render,
    session: Session,
    values: dict[str, Any],
    *,
    proposal: Proposal | None = None,
    error: PortalError | None = None,
    preview: bool = False,
    kept: bool = False,
) -> Response:
    """The form, filled with the values, with what is wrong with them or how they would look."""
    city = cities.catalogue(session)
    is_unseen = proposal is None or proposals.is_unseen_draft(proposal)
    title = values["title"] if is_unseen else ""
    return render(
        "proposals/form.html",
        **alike.values(session, title, proposal.id if proposal else None),
        **refusals.shown(error) | {"error_list": _error_list(error)},
        values=values,
        proposal=proposal,
        pending=edits.find(session, proposal) if proposal else None,
        **_choices(session, city, proposal),
        preview=preview,
        kept=kept,
        guide=writing_guide.advice(city),
        needed=writing_guide.NEEDED,
        is_autosaved=is_unseen,
        text_version=proposals.text_version(proposal) if proposal else "",
        limits={"title": TITLE_LENGTH, "summary": SUMMARY_LENGTH, "body": BODY_LENGTH},
    )


def _choices(session: Session, city: Catalogue, proposal: Proposal | None) -> dict[str, Any]:
    """What the form offers to choose from."""
    goals = [(g.code, f"{g.name} ({g.horizon})", g.description) for g in city.goals.values()]
    return {
        "campaign_choices": _campaign_choices(session, proposal),
        "goal_choices": goals,
        "ward_choices": [(ward.code, ward.name, None) for ward in city.wards.values()],
        "tag_suggestions": [entry.name for entry in city.tags.values()],
    }


def _campaign_choices(session: Session, proposal: Proposal | None) -> list[tuple[int, str]]:
    """The campaigns that take proposals now, the standing one first, and the one the proposal is in."""
    at = now()
    own = proposal.campaign_id if proposal is not None else None
    every = campaigns.every(session)
    return [(c.id, localised(c.title)) for c in every if c.is_submission_open(at) or c.id == own]


def _error_list(error: PortalError | None) -> list[tuple[str, str]]:
    """What stands above the form: each field's id and what is wrong, or the refusal itself."""
    refused = refusals.sentence(error)
    return [("field-title", refused)] if refused else refusals.lines(error)


@router.get("/proposals/new")
def new(request: Request, session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    values = {**DraftForm.model_construct(title="").model_dump(), "language": language.get()}
    values["campaign_id"] = number_of(request.query_params.get("campaign", ""))
    return form_page(render, session, values)


@router.post("/proposals/new")
def create(
    posted: Posted, session: SessionDep, settings: SettingsDep, actor: SignedIn, render: RenderDep
) -> Response:
    values = read_values(posted)
    action = text_of(posted, "action")
    if action == autosaves.ACTION:
        return autosaves.create(session, actor, values)
    try:
        form = read(_form_for(action), values)
        if action == "preview":
            return form_page(render, session, values, preview=True)
        with session.begin_nested():
            proposal = proposals.create(session, actor, form)
            if action == "submit":
                premoderation.submit(session, settings, actor, proposal)
    except (Invalid, Conflict) as error:
        return form_page(render, session, values, error=error)
    return see_other(proposal.path, _notice(action, proposal))


@router.get("/proposals/{proposal_id:int}/edit")
def edit(
    proposal_id: ProposalId, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id)
    require(may_edit_proposal(actor, proposal), actor)
    if proposal.status not in EDITABLE:
        proposals.edit(session, actor, proposal, {})  # Raises the reason why not.
    return form_page(render, session, edits.content(session, proposal), proposal=proposal)


@router.post("/proposals/{proposal_id:int}/edit")
def save(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id)
    require(may_edit_proposal(actor, proposal), actor)
    values = read_values(posted)
    action = text_of(posted, "action")
    seen, seen_text = text_of(posted, "revision"), text_of(posted, "text_version")
    if action == autosaves.ACTION:
        return autosaves.save(session, settings, actor, proposal, values, seen_text)
    try:
        if action == "preview":
            read(_form_for(action), values)
            return form_page(render, session, values, proposal=proposal, preview=True)
        proposal = proposals.get_editable(session, settings, actor, proposal_id)
        proposals.require_text(proposal, seen_text)
        with session.begin_nested():
            seen_edit = number_of(text_of(posted, "edit_version"))
            pending = premoderation.edit(
                session, settings, actor, proposal, values, number_of(seen), seen_edit
            )
            if action == "submit":
                premoderation.submit(session, settings, actor, proposal)
    except (Invalid, Conflict, TooMany) as error:
        session.expire(proposal)
        proposal = proposals.get_visible(session, actor, proposal_id)
        return form_page(render, session, values, proposal=proposal, error=error)
    return see_other(proposal.path, _notice(action, proposal, waits=pending is not None))


@router.post("/proposals/{proposal_id:int}/edit/take-back")
def take_back(proposal_id: ProposalId, session: SessionDep, actor: SignedIn) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    edits.take_back(session, actor, proposal)
    return see_other(proposal.path, "edit.taken_back")


@router.post("/proposals/{proposal_id:int}/submit")
def submit(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    """Submit from the proposal's page; if something is missing, the form opens and says what."""
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    # A co-author may have written meanwhile: nobody hands in words that they have not seen.
    proposals.require_text(proposal, text_of(posted, "text_version"))
    try:
        premoderation.submit(session, settings, actor, proposal)
    except Invalid as error:
        values = proposals.content(proposal)
        return form_page(render, session, values, proposal=proposal, error=error)
    return see_other(proposal.path, _notice("submit", proposal))


@router.post("/proposals/{proposal_id:int}/withdraw")
def withdraw(proposal_id: ProposalId, session: SessionDep, actor: SignedIn) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id, lock=True)
    proposals.withdraw(session, actor, proposal)
    return see_other(proposal.path, "proposal.withdrawn")


def render_kept(
    render: Render, session: Session, actor: Account, path: str, posted: FormData
) -> Response:
    """The form again after a new sign-in, with what had been typed before the session ended."""
    number = path.removeprefix("/proposals/").removesuffix("/edit")
    proposal = None
    if number_of(number) is not None:
        try:
            proposal = proposals.get_visible(session, actor, int(number))
            require(may_edit_proposal(actor, proposal), actor)
        except (NotFound, Forbidden):
            proposal = (
                None  # Signed in as somebody else: the text opens as a new proposal of theirs.
            )
    return form_page(render, session, read_values(posted), proposal=proposal, kept=True)


def _form_for(action: str) -> type[DraftForm]:
    """What an action asks of the text: a draft may have gaps, whatever others will read may not."""
    return ProposalForm if action == "submit" else DraftForm


def _notice(action: str, proposal: Proposal, *, waits: bool = False) -> str:
    if waits:
        return "edit.sent"
    if proposal.status is Status.PUBLISHED:
        return "proposal.published" if action == "submit" else "proposal.edited"
    return "proposal.submitted" if action == "submit" else "draft.saved"
