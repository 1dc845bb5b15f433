"""The moderation desk: the queue, taking things up, deciding many at once, canned answers."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Path, Request
from sqlmodel import Session
from starlette.datastructures import FormData, QueryParams
from starlette.responses import Response

from app.database import now
from app.dependencies import SessionDep, SettingsDep, SignedIn, write_cursor
from app.errors import MESSAGES, Conflict, Invalid, NotFound
from app.forms import LARGEST_ID, BulkForm, read
from app.i18n import LANGUAGES, translate
from app.models import Account, Outcome, QueueKind, Signal
from app.permissions import may_claim, may_moderate, require
from app.services import canned, cities, desk, impartiality, queue, rulings
from app.services.queue import Age, QueueFilter
from app.settings import Settings
from app.web import refusals
from app.web.cards import card
from app.web.pages import (
    Posted,
    Render,
    RenderDep,
    new_router,
    number_of,
    page_cursor,
    see_other,
    text_of,
    texts_of,
)

router = new_router()
PAGE = 30
DESK = "/moderation"
ItemId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
# What the queue shows before anything has been decided there.
_FRESH: dict[str, Any] = {**refusals.shown(None), "values": {}, "done": None, "refused": []}
_FILTERS = ("kind", "pillar", "ward", "language", "signal", "age")


def _filters(session: Session, query: QueryParams) -> QueueFilter:
    """The filters of an address. Raises NotFound for what there is not."""
    city = cities.catalogue(session)
    given = {name: query.get(name) or None for name in _FILTERS}
    lists = {"pillar": city.pillars, "ward": city.wards, "language": LANGUAGES}
    if any(given[name] not in {None, *known} for name, known in lists.items()):
        raise NotFound
    enums = {"kind": QueueKind, "signal": Signal, "age": Age}
    try:
        return QueueFilter(**given | {name: of(given[name]) for name, of in enums.items() if given[name]})  # type: ignore[arg-type]  # fmt: skip
    except ValueError as error:
        raise NotFound from error


def panel(
    session: Session, actor: Account, kind: QueueKind, subject_id: int, author: Account
) -> dict[str, Any]:
    """What the staff's page of something shows beside it: whose it is now in the queue, and canned answers."""
    item = queue.find(session, kind, subject_id)
    part = impartiality.part_in(session, actor, item) if item else None
    claimant = session.get(Account, item.claimant(now()) or 0) if item else None
    return {
        "item": item,
        "claimant": claimant,
        "part": MESSAGES[part] if part else None,
        "may_claim": item is not None and may_claim(actor, item) and part is None,
        "item_signals": queue.signals_of(session, [item]).get(item.id, []) if item else [],
        "canned": canned.every(session, actor),
        "canned_text": lambda answer: canned.text_in(session, answer, author.language),
    }


def decision_values(posted: FormData, outcome: str) -> dict[str, Any]:
    """The posted fields of a decision as its form's values, as they were typed; `outcome` is the name of what is decided."""
    return {
        outcome: text_of(posted, outcome),
        "reason_code": text_of(posted, "reason_code") or None,
        "note": text_of(posted, "note"),
        "revision": number_of(text_of(posted, "revision")),
        "canned": number_of(text_of(posted, "canned")),
    }


@router.get(DESK)
def show(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    require(may_moderate(actor), actor)
    return _queue(request.query_params, session, settings, actor, render)


def _queue(
    params: QueryParams,
    session: Session,
    settings: Settings,
    actor: Account,
    render: Render,
    **values: Any,
) -> Response:
    filters = _filters(session, params)
    listing = f"queue|{filters}"
    after = page_cursor(settings, listing, params.get("cursor") or None)
    page = desk.listed(session, settings, actor, filters, PAGE, after)
    cursor = write_cursor(settings, listing, page.next_after)
    query = {name: params[name] for name in _FILTERS if params.get(name)}
    city = cities.catalogue(session)
    return render(
        "moderation/queue.html",
        items=[(one, card(city, one.proposal) if one.proposal else None) for one in page.items],
        query={name: params.get(name, "") for name in _FILTERS},
        kinds=list(desk.MATTERS),
        signals=list(Signal),
        outcomes=_outcomes(filters.kind),
        canned=canned.every(session, actor),
        here=f"{DESK}?{urlencode(query)}" if query else DESK,
        next_href=f"{DESK}?{urlencode({**query, 'cursor': cursor})}" if cursor else None,
        is_first=after is None,
        **_FRESH | values,
    )


def _outcomes(kind: QueueKind | None) -> tuple[Outcome, ...]:
    """What can be decided about many at once: they must be of one kind."""
    matter = desk.MATTERS.get(kind) if kind else None
    return matter.outcomes if matter else ()


@router.get(f"{DESK}/queue/{{item_id:int}}")
def item(
    item_id: ItemId, session: SessionDep, settings: SettingsDep, actor: SignedIn, render: RenderDep
) -> Response:
    require(may_moderate(actor), actor)
    try:
        found = queue.get(session, actor, item_id)
    except NotFound:
        ruling = rulings.of_item(session, item_id)
        if ruling is None:
            raise
        return render("moderation/decided.html", sentence=refusals.sentence(rulings.taken(session, ruling)))  # fmt: skip
    return see_other(desk.show(session, settings, found).subject.path)


@router.post(f"{DESK}/queue/{{item_id:int}}/claim")
def claim(item_id: ItemId, session: SessionDep, settings: SettingsDep, actor: SignedIn) -> Response:
    found = queue.claim(session, settings, actor, desk.get(session, actor, item_id, lock=True))
    session.flush()
    return see_other(desk.show(session, settings, found).subject.path)


@router.post(f"{DESK}/queue/{{item_id:int}}/release")
def release(item_id: ItemId, session: SessionDep, actor: SignedIn) -> Response:
    queue.release(session, actor, desk.get(session, actor, item_id, lock=True))
    return see_other(DESK, "claim.released")


@router.post(f"{DESK}/next")
def take_next(
    posted: Posted, session: SessionDep, settings: SettingsDep, actor: SignedIn
) -> Response:
    require(may_moderate(actor), actor)
    filters = _filters(session, QueryParams([(name, text_of(posted, name)) for name in _FILTERS]))
    found = queue.claim_next(session, settings, actor, filters)
    if found is None:
        return see_other(DESK, "claim.nothing")
    session.flush()
    return see_other(desk.show(session, settings, found).subject.path)


def _bulk_values(posted: FormData) -> dict[str, Any]:
    values = decision_values(posted, "outcome")
    del values["revision"]
    items = [number_of(text) for text in texts_of(posted, "items")]
    # What stood in each line when the page was made: a text that has changed since has not been read.
    read_then = {number: number_of(text_of(posted, f"revision-{number}")) for number in items}
    revisions = {str(number): revision for number, revision in read_then.items() if number and revision is not None}  # fmt: skip
    return {**values, "items": items, "revisions": revisions}


@router.post(f"{DESK}/decisions")
def decide_many(
    posted: Posted, session: SessionDep, settings: SettingsDep, actor: SignedIn, render: RenderDep
) -> Response:
    require(may_moderate(actor), actor)
    params = QueryParams([(name, text_of(posted, name)) for name in (*_FILTERS, "cursor")])
    values = _bulk_values(posted)
    try:
        results = desk.decide_many(session, settings, actor, read(BulkForm, values))
    except Invalid as error:
        return _queue(params, session, settings, actor, render, values=values, **refusals.shown(error))  # fmt: skip
    refused = [one for one in results if one.refusal is not None]
    if not refused:
        query = {name: params[name] for name in _FILTERS if params.get(name)}
        return see_other(f"{DESK}?{urlencode(query)}" if query else DESK, "decision.many")
    status = 200 if len(refused) < len(results) else Conflict.status
    done = translate("%(done)s of %(all)s decided.", done=len(results) - len(refused), all=len(results))  # fmt: skip
    titles = desk.titles(session, [one.item_id for one in refused])
    lines = [(titles.get(one.item_id), refusals.first_sentence(one.refusal)) for one in refused if one.refusal]  # fmt: skip
    return _queue(params, session, settings, actor, render, status=status, done=done, refused=lines)
