"""The public moderation record as a page: its decisions, monthly figures and pictures of them."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from fastapi import Request
from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, write_cursor
from app.errors import Invalid, NotFound
from app.forms import RecordForm, read
from app.i18n import N_, language, translate
from app.models import Outcome, QueueKind
from app.services import cities, monthly, public_record
from app.services.monthly import Month
from app.web import charts
from app.web.charts import Series
from app.web.pages import RenderDep, new_router, page_cursor

router = new_router()
RECORD = "/moderation-record"
PAGE = 30
# A year, and the month that it began with.
SHOWN_MONTHS = 13
NAMES = ("month", "kind", "outcome", "reason")
# The pictures, by the name in their address: what each counts. The first row is in the city's own colour.
FIGURES: dict[str, dict[str, Callable[[Month], float | None]]] = {
    "decisions": {
        N_("Decisions"): lambda one: one.decisions,
        N_("Appeals upheld"): lambda one: one.upheld,
    },
    "median": {N_("Median hours to a decision"): lambda one: one.median_hours},
}
_SECOND = ("#7a4f00", "#f2c56b")  # --gold of static/portal.css


def read_filters(request: Request) -> RecordForm:
    """The filters of an address; empty ones are none. Raises NotFound for what there is not."""
    given = {name: value for name in NAMES if (value := request.query_params.get(name))}
    try:
        return read(RecordForm, given)
    except Invalid as error:
        raise NotFound from error


def address_query(filters: RecordForm) -> dict[str, str]:
    """The filters as they stand in an address."""
    values = filters.model_dump(exclude_none=True)
    if filters.month is not None:
        values["month"] = month_code(filters.month)
    return {name: str(value) for name, value in values.items()}


def month_code(month: Any) -> str:
    return f"{month:%Y-%m}"


def listed(session: Session, filters: RecordForm, limit: int, after: int | None = None) -> Any:
    """A page of the record. Raises NotFound for a reason that there is not."""
    try:
        return public_record.listed(session, filters, limit, after)
    except Invalid as error:
        raise NotFound from error


@router.get(RECORD)
def show(
    request: Request, session: SessionDep, settings: SettingsDep, render: RenderDep
) -> Response:
    filters = read_filters(request)
    query = address_query(filters)
    listing = f"record|{query}"
    after = page_cursor(settings, listing, request.query_params.get("cursor"))
    page = listed(session, filters, PAGE, int(after[1]) if after else None)
    cursor = write_cursor(settings, listing, page.next_after)
    months = monthly.every(session)
    return render(
        "record/show.html",
        entries=page.items,
        query={name: query.get(name, "") for name in NAMES},
        is_filtered=bool(query),
        months=[(month_code(one.month), one) for one in reversed(months)],
        in_file=public_record.IN_FILE,
        fewest=monthly.FEWEST,
        kinds=list(QueueKind),
        outcomes=list(Outcome),
        figures=list(FIGURES),
        here=_href(query),
        data_query=f"?{urlencode(query)}" if query else "",
        next_href=_href({**query, "cursor": cursor}) if cursor else None,
        is_first=after is None,
    )


def _href(query: dict[str, str]) -> str:
    return f"{RECORD}?{urlencode(query)}" if query else RECORD


@router.get(f"{RECORD}/{{figure}}.svg")
def draw(figure: str, request: Request, session: SessionDep) -> Response:
    """A picture of figures over the last year; `narrow` is for the screen of a phone."""
    if figure not in FIGURES:
        raise NotFound
    months = monthly.every(session)[-SHOWN_MONTHS:]
    colours = cities.catalogue(session).colours
    inks = [(colours["light"]["brand"], colours["dark"]["brand"]), _SECOND]
    rows = [
        # Where there is no figure, there is no bar.
        (Series(translate(name), *ink), cast(list[float], [value(one) for one in months]))
        for (name, value), ink in zip(FIGURES[figure].items(), inks, strict=False)
    ]
    labels = [f"{one.month:%m/%Y}" for one in months]
    title = ", ".join(series.name for series, _ in rows)
    narrow = request.query_params.get("narrow") == "1"
    answer = charts.picture(request, charts.bars(title, labels, rows, narrow=narrow))
    answer.headers["Content-Language"] = language.get()
    return answer
