"""Proposals: written as drafts, submitted to a campaign, edited in revisions, withdrawn by their author.

Until the first submission a draft is edited in place; from then on every edit makes a revision, and all are kept.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption
from sqlmodel import Session, col, select

from app.database import now
from app.errors import Conflict, Invalid, NotFound
from app.forms import LARGEST_ID, DraftForm, ProposalForm, missing, read, unknown
from app.i18n import language
from app.labels import status_label
from app.lifecycle import EDITABLE
from app.models import (
    Account,
    Campaign,
    EventKind,
    Proposal,
    ProposalGoal,
    ProposalTag,
    ProposalWard,
    QueueKind,
    Revision,
    Status,
)
from app.permissions import (
    Actor,
    may_edit_proposal,
    may_hand_in,
    may_see_proposal,
    may_submit,
    require,
)
from app.services import campaigns, cities, limits, queue, search_index, similar, transitions
from app.services.limits import Limit
from app.settings import Settings
from app.text import slug

# Before it is public, a proposal may still change its campaign; afterwards its votes belong to it.
_CAMPAIGN_CHANGEABLE = frozenset({Status.DRAFT, Status.SUBMITTED, Status.RETURNED})
LinkT = TypeVar("LinkT", ProposalGoal, ProposalWard, ProposalTag)
_LONGEST_REFERENCE = 40
TEXTS = ("title", "summary", "problem", "solution", "expected_impact", "resources_needed")


def with_details() -> tuple[ExecutableOption, ...]:
    """Loads what a proposal is shown with, in one query each however many there are."""
    owners = tuple(selectinload(link) for link in (Proposal.author, Proposal.campaign))  # type: ignore[arg-type]
    return (*owners, *_with_links(), selectinload(Proposal.co_author_links))  # type: ignore[arg-type]


def _with_owners() -> tuple[ExecutableOption, ...]:
    return tuple(joinedload(link, innerjoin=True) for link in (Proposal.author, Proposal.campaign))  # type: ignore[arg-type]


def _with_links() -> tuple[ExecutableOption, ...]:
    links = (Proposal.goal_links, Proposal.ward_links, Proposal.tag_links)
    return tuple(selectinload(link) for link in links)  # type: ignore[arg-type]


def _with_co_authors() -> ExecutableOption:
    """Loads the co-authors in the same query, because whether the actor is one decides what the actor may see."""
    return joinedload(Proposal.co_author_links)  # type: ignore[arg-type]


def get_visible(
    session: Session, actor: Actor, proposal_id: int, *, lock: bool = False
) -> Proposal:
    """The proposal, if the actor may see it; `lock` keeps others from changing it until the transaction ends.

    Raises NotFound for a proposal that doesn't exist and for one the actor may not see, alike.
    """
    if proposal_id > LARGEST_ID:
        raise NotFound
    # The details come after the decision, so that a hidden proposal takes no longer to refuse than a missing one.
    proposal = load(session, proposal_id, lock=lock)
    if proposal is None or not may_see_proposal(actor, proposal):
        raise NotFound
    session.exec(select(Proposal).where(Proposal.id == proposal_id).options(*_with_links())).one()
    return proposal


def load(session: Session, proposal_id: int, *, lock: bool = False) -> Proposal | None:
    """The proposal with its author, co-authors and campaign, whoever asks; `lock` as in get_visible()."""
    query = select(Proposal).where(Proposal.id == proposal_id)
    query = query.options(*_with_owners(), _with_co_authors())
    if lock:
        _hold_authors(session, [proposal_id])
        query = query.with_for_update(of=Proposal)
    return session.exec(query).unique().first()


def _hold_authors(session: Session, numbers: list[int]) -> None:
    """Keep the authors from being deleted before their proposals are locked, in the order in which deletions lock them.

    Rows that refer to the author, such as rulings, may then be added without waiting for a deletion that waits for us.
    """
    authors = select(Account.id).join(Proposal, col(Proposal.author_id) == Account.id)
    authors = authors.where(col(Proposal.id).in_(numbers)).order_by(col(Account.id))
    session.exec(authors.with_for_update(of=Account, read=True, key_share=True)).all()


def by_numbers(session: Session, numbers: Iterable[int | None]) -> dict[int, Proposal]:
    """Proposals with their details, by number, for staff."""
    wanted = {number for number in numbers if number is not None}
    query = select(Proposal).where(col(Proposal.id).in_(wanted)).options(*with_details())
    return {one.id: one for one in session.exec(query)} if wanted else {}


def get_pair(
    session: Session, actor: Actor, proposal_id: int, other_id: int | None
) -> tuple[Proposal, Proposal | None]:
    """A proposal as by get_visible(), and another or None if the actor doesn't see one; both locked.

    The rows are locked in the order of their numbers, so that two who ask for the same pair cannot block each other.
    """
    wanted = [number for number in (proposal_id, other_id) if number and number <= LARGEST_ID]
    _hold_authors(session, wanted)
    locking = select(Proposal.id).where(col(Proposal.id).in_(wanted)).order_by(col(Proposal.id))
    session.exec(locking.with_for_update()).all()
    proposal = get_visible(session, actor, proposal_id, lock=True)
    try:
        return proposal, get_visible(session, actor, other_id, lock=True) if other_id else None
    except NotFound:
        return proposal, None


def find_number(session: Session, reference: str) -> int | None:
    """The number of the proposal with this reference, or the number that is written there."""
    given = reference.strip().upper()
    if len(given) > _LONGEST_REFERENCE or not (given.isascii() and given.isprintable()):
        return None
    query = select(Proposal.id).where(Proposal.ref == given)
    return int(given) if given.isdigit() else session.exec(query).first()


def create(session: Session, actor: Account, form: DraftForm) -> Proposal:
    """A new draft of the actor's. Raises Invalid if it names what the city doesn't have."""
    require(may_submit(actor), actor)
    campaign = _campaign_of(session, form)
    city = _require_known(session, form)
    moment = now()
    proposal = Proposal(
        **form.model_dump(include=set(TEXTS)),
        slug=slug(form.title),
        language=form.language or language.get(),
        pillar_code=form.pillar,
        campaign_id=campaign.id,
        author_id=actor.id,
        created_at=moment,
        updated_at=moment,
    )
    proposal.author, proposal.campaign = actor, campaign
    proposal.goal_links, proposal.ward_links, proposal.tag_links = [], [], []
    proposal.co_author_links = []
    _link(proposal, form)
    session.add(proposal)
    session.flush()
    proposal.ref = f"{city.ref_prefix}-{moment.year}-{proposal.id:05d}"
    _keep_revision(session, actor, proposal)
    transitions.record(session, actor, proposal, EventKind.CREATED, at=moment)
    return proposal


def get_editable(
    session: Session, settings: Settings, actor: Account, proposal_id: int
) -> Proposal:
    """A proposal that the actor writes at, with its row locked, for an edit, which is counted first.

    Raises NotFound, Forbidden if it is another's, TooMany, NotSignedIn if the account is being deleted.
    """
    proposal = get_visible(session, actor, proposal_id)
    require(may_edit_proposal(actor, proposal), actor)
    limits.count_of(session, settings, _limit_of(settings, proposal), actor)
    session.expire(proposal)
    return get_visible(session, actor, proposal_id, lock=True)


def _limit_of(settings: Settings, proposal: Proposal) -> Limit:
    """Drafts are saved while they are typed, and nobody else is concerned."""
    if is_unseen_draft(proposal):
        return Limit("draft_save", settings.draft_saves_per_hour, 3600, "limit.edits")
    return Limit("proposal_edit", settings.proposal_edits_per_hour, 3600, "limit.edits")


def is_unseen_draft(proposal: Proposal) -> bool:
    """Whether it has never been handed in: until then each save takes the place of the last one."""
    return proposal.status is Status.DRAFT and proposal.submitted_at is None


def text_version(proposal: Proposal) -> str:
    """A mark of the text as it stands. A draft's revision stays the same at each save; this changes with every word."""
    words = json.dumps(content(proposal), sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def require_text(proposal: Proposal, seen: str) -> None:
    """Raise Conflict where a draft's text is not the one that was seen, by its mark; without a mark, nothing is compared."""
    may_differ = proposal.status in {Status.DRAFT, Status.RETURNED}
    if seen and may_differ and seen != text_version(proposal):
        raise Conflict("content.changed")


def edit(
    session: Session,
    actor: Account,
    proposal: Proposal,
    changes: dict[str, Any],
    seen: int | None = None,
) -> Proposal:
    """Change some fields of a proposal whose row the caller has locked; an edit that changes nothing leaves no trace.

    `seen` is the revision the author saw. Raises Forbidden, Conflict if it has moved on or is locked, Invalid.
    """
    require_editable(actor, proposal, seen)
    apply(session, actor, proposal, checked(session, proposal, content(proposal) | changes))
    return proposal


def require_editable(actor: Account, proposal: Proposal, seen: int | None) -> None:
    """Raise Forbidden where the proposal is not the actor's, Conflict where it is locked or has moved on since `seen`."""
    require(may_edit_proposal(actor, proposal), actor)
    if proposal.status not in EDITABLE:
        raise Conflict("proposal.locked", status=status_label(proposal.status))
    if seen is not None and seen != proposal.revision:
        raise Conflict("content.changed")


def checked(session: Session, proposal: Proposal, values: dict[str, Any]) -> DraftForm:
    """A new content of a proposal, as far as it may be changed now. Raises Invalid or Conflict."""
    complete = proposal.status not in {Status.DRAFT, Status.RETURNED}
    form = read(ProposalForm if complete else DraftForm, values)
    campaign = _campaign_of(session, form)
    if campaign.id != proposal.campaign_id and proposal.status not in _CAMPAIGN_CHANGEABLE:
        raise Conflict("proposal.locked", status=status_label(proposal.status))
    _require_known(session, form)
    return form


def apply(session: Session, author: Account, proposal: Proposal, form: DraftForm) -> None:
    """Give a proposal a content that has been checked, as its author's edit."""
    before = content(proposal)
    _write(proposal, form, _campaign_of(session, form))
    if content(proposal) != before:
        _record_edit(session, author, proposal)
        similar.keep(session, proposal)
        search_index.keep(session, proposal)


def submit(session: Session, actor: Account, proposal: Proposal) -> Proposal:
    """Hand a draft, or a returned proposal, to the moderators.

    Raises Invalid if something is missing, Conflict if its campaign takes no proposals now or it is not a draft.
    """
    require(may_hand_in(actor, proposal), actor)
    if proposal.status in {Status.DRAFT, Status.RETURNED}:
        _require_complete(proposal)
        # What was sent in time may still be completed after the campaign's phase has ended.
        in_time = proposal.status is Status.RETURNED
        if not in_time and not proposal.campaign.is_submission_open(now()):
            raise Conflict("campaign.submission_closed")
    transitions.move(session, actor, proposal, Status.SUBMITTED)
    queue.enter(session, QueueKind.PROPOSAL, proposal.id, author=actor, proposal=proposal)
    return proposal


def withdraw(session: Session, actor: Account, proposal: Proposal) -> Proposal:
    """Take one's own proposal back. Raises Forbidden, or Conflict where it is too late."""
    require(may_hand_in(actor, proposal), actor)
    transitions.move(session, actor, proposal, Status.WITHDRAWN)
    queue.leave(session, QueueKind.PROPOSAL, proposal.id, actor)
    return proposal


def content(proposal: Proposal) -> dict[str, Any]:
    """A proposal's content as a form would have it, and as revisions keep it."""
    return {
        **{field: getattr(proposal, field) for field in TEXTS},
        "pillar": proposal.pillar_code,
        "goals": sorted(proposal.goals),
        "wards": sorted(proposal.wards),
        "tags": sorted(proposal.tags),
        "campaign_id": proposal.campaign_id,
        "language": proposal.language,
    }


def _write(proposal: Proposal, form: DraftForm, campaign: Campaign) -> None:
    for field in TEXTS:
        setattr(proposal, field, getattr(form, field))
    proposal.slug = slug(form.title)
    proposal.pillar_code = form.pillar
    proposal.language = form.language or proposal.language
    proposal.campaign_id, proposal.campaign = campaign.id, campaign
    _link(proposal, form)


def _link(proposal: Proposal, form: DraftForm) -> None:
    """Make the rows of goals, wards and tags those of the form, leaving the ones that stay."""
    proposal.goal_links = _same_links(proposal.goal_links, ProposalGoal, form.goals)
    proposal.ward_links = _same_links(proposal.ward_links, ProposalWard, form.wards)
    proposal.tag_links = _same_links(proposal.tag_links, ProposalTag, form.tags)


def _same_links(links: list[LinkT], table: type[LinkT], codes: list[str]) -> list[LinkT]:
    kept = {link.code: link for link in links}
    return [kept.get(code) or table(code=code) for code in codes]


def _record_edit(session: Session, actor: Account, proposal: Proposal) -> None:
    proposal.updated_at = now()
    if is_unseen_draft(proposal):
        _keep_revision(session, actor, proposal)
        return
    proposal.revision += 1
    _keep_revision(session, actor, proposal)
    transitions.record(session, actor, proposal, EventKind.EDITED, proposal.status, at=proposal.updated_at)  # fmt: skip


def _keep_revision(session: Session, actor: Account, proposal: Proposal) -> None:
    session.merge(
        Revision(
            proposal_id=proposal.id,
            number=proposal.revision,
            content=content(proposal),
            edited_by=actor.id,
            created_at=proposal.updated_at,
        )
    )


def _campaign_of(session: Session, form: DraftForm) -> Campaign:
    if form.campaign_id is None:
        return campaigns.standing(session)
    campaign = campaigns.find(session, form.campaign_id)
    if campaign is None:
        raise Invalid([unknown("campaign_id")])
    return campaign


def _require_known(session: Session, form: DraftForm) -> cities.Catalogue:
    city = cities.catalogue(session)
    strange_pillar = form.pillar is not None and form.pillar not in city.pillars
    errors = [unknown("pillar")] if strange_pillar else []
    errors += [unknown(f"goals.{i}") for i, code in enumerate(form.goals) if code not in city.goals]
    errors += [unknown(f"wards.{i}") for i, code in enumerate(form.wards) if code not in city.wards]
    if errors:
        raise Invalid(errors)
    return city


def _require_complete(proposal: Proposal) -> None:
    empty = [field for field in TEXTS if not getattr(proposal, field)]
    if proposal.pillar_code is None:
        empty.append("pillar")
    if empty:
        raise Invalid([missing(field) for field in empty])
