"""The public moderation record as data: CSV for spreadsheets, and a feed for feed readers."""

from collections.abc import AsyncIterator
from datetime import datetime, time
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from app.database import session_scope
from app.dependencies import SessionDep, SettingsDep, write_cursor
from app.forms import RecordForm
from app.i18n import language, translate
from app.labels import matter_label, outcome_label
from app.services import cities, public_record
from app.services.cities import Catalogue
from app.services.paging import Page
from app.services.public_record import Entry
from app.web import feeds, spreadsheets
from app.web.feeds import FeedEntry, FeedHead
from app.web.pages import new_router, page_cursor
from app.web.record import RECORD, address_query, listed, month_code, read_filters

router = new_router()
IN_FEED, CHUNK = 50, 2000
COLUMNS = (
    "id",
    "date",
    "kind",
    "outcome",
    "reason",
    "kind_name",
    "outcome_name",
    "reason_name",
    "counted",
)


@router.get(f"{RECORD}.csv")
def save(request: Request, session: SessionDep, settings: SettingsDep) -> Response:
    """The newest decisions that fit the filters, read in parts while they are sent; a link leads to those before them."""
    filters = read_filters(request)
    query = address_query(filters)
    listing = f"record.csv|{query}"
    after = page_cursor(settings, listing, request.query_params.get("cursor"))
    first = listed(session, filters, CHUNK, after[1] if after else None)
    last = public_record.last_of(
        session, filters, public_record.IN_FILE, after[1] if after else None
    )
    answer = StreamingResponse(
        _parts(request, cities.catalogue(session), filters, first, last),
        media_type=spreadsheets.MEDIA_TYPE,
        headers=spreadsheets.attachment(_file_name(filters)),
    )
    if last is not None:
        cursor = write_cursor(settings, listing, (0, last))
        address = f"{settings.base_url}{RECORD}.csv?{urlencode({**query, 'cursor': cursor})}"
        answer.headers["Link"] = f'<{address}>; rel="next"'
    return answer


def _file_name(filters: RecordForm) -> str:
    month = f"-{month_code(filters.month)}" if filters.month else ""
    return f"moderation-record{month}.csv"


async def _parts(
    request: Request, city: Catalogue, filters: RecordForm, page: Page[Entry], last: int | None
) -> AsyncIterator[str]:
    """The lines of the file, up to the decision `last`, or all.

    Each part waits for its turn at the database like a request, and holds nothing meanwhile.
    """
    state = request.app.state
    yield spreadsheets.BYTE_ORDER_MARK + spreadsheets.lines([COLUMNS])
    while True:
        numbers = [entry.id for entry in page.items]
        end = numbers.index(last) + 1 if last in numbers else None
        yield spreadsheets.lines(_row(city, entry) for entry in page.items[:end])
        if page.next_after is None or end is not None:
            return
        async with state.turns:
            page = await run_in_threadpool(_read, state.engine, filters, page.next_after[1])


def _read(engine: Engine, filters: RecordForm, after: int) -> Page[Entry]:
    with session_scope(engine, writes=False) as session:
        return public_record.listed(session, filters, CHUNK, after)


def _row(city: Catalogue, entry: Entry) -> tuple[str, ...]:
    names = (
        matter_label(entry.kind, entry.outcome),
        outcome_label(entry.outcome),
        _reason(city, entry),
    )
    codes = (entry.kind.value, entry.outcome.value, entry.reason_code or "")
    return (str(entry.id), entry.day.isoformat(), *codes, *names, str(int(not entry.is_consequence)))  # fmt: skip


def _reason(city: Catalogue, entry: Entry) -> str:
    found = city.reasons.get(entry.reason_code or "")
    return found.name if found else ""


@router.get(f"{RECORD}.atom")
def feed(request: Request, session: SessionDep, settings: SettingsDep) -> Response:
    """The newest decisions that fit the filters."""
    filters = read_filters(request)
    city = cities.catalogue(session)
    page = listed(session, filters, IN_FEED)
    query = address_query(filters)
    here = urlencode({**query, "lang": language.get()})
    head = FeedHead(
        key="moderation-record",
        title=f"{translate('Public moderation record')} · {city.portal_name}",
        author=city.portal_name,
        url=f"{settings.base_url}{RECORD}.atom?{here}",
        page_url=f"{settings.base_url}{RECORD}?{here}",
    )
    return feeds.atom(settings.base_url, head, [_entry(settings.base_url, city, one) for one in page.items])  # fmt: skip


def _entry(base_url: str, city: Catalogue, entry: Entry) -> FeedEntry:
    said = f"{matter_label(entry.kind, entry.outcome)}: {outcome_label(entry.outcome)}"
    reason = _reason(city, entry)
    page = urlencode({"month": month_code(entry.day), "lang": language.get()})
    return FeedEntry(
        key=f"moderation-record/{entry.id}",
        title=f"{said} ({reason})" if reason else said,
        summary=translate("Rule cited: %(reason)s", reason=reason) if reason else said,
        url=f"{base_url}{RECORD}?{page}#decision-{entry.id}",
        updated=datetime.combine(entry.day, time(), ZoneInfo(city.timezone)),
        terms=tuple(code for code in (entry.kind.value, entry.outcome.value, entry.reason_code) if code),
    )  # fmt: skip
