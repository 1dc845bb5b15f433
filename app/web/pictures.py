"""The city in pictures: its wards, how pillars and goals are covered, statuses over time; each with its table and data."""

from typing import Any

from fastapi import Request
from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import SessionDep
from app.errors import NotFound
from app.i18n import N_, language, translate
from app.labels import status_label
from app.lifecycle import LISTED_STATUSES
from app.models import Status
from app.services import boundaries, cities, coverage, status_months, ward_counts
from app.services.cities import Catalogue, Entry
from app.services.ward_counts import Count, WardCounts
from app.web import charts, maps, spreadsheets
from app.web.charts import Series
from app.web.pages import RenderDep, new_router
from app.web.shades import Shades

router = new_router()
PICTURES = "/pictures"
# By day and by night; told apart by how light they are, too.
INKS = {
    Status.PUBLISHED: ("#93a4ab", "#8697a0"),
    Status.UNDER_CONSIDERATION: ("#d9a21b", "#f2c56b"),
    Status.ACCEPTED: ("#56a3dd", "#8fc9f5"),
    Status.IN_PROGRESS: ("#0b5fa5", "#4a8fd0"),
    Status.COMPLETED: ("#00614b", "#3fd0a5"),
    Status.DECLINED: ("#a8231c", "#ff9a8f"),
}
# A year, and the month that it began with; the table has more.
DRAWN_MONTHS = 13


@router.get(PICTURES)
def show(session: SessionDep, render: RenderDep) -> Response:
    city = cities.catalogue(session)
    wards, covered = ward_counts.current(session), coverage.current(session)
    return render(
        "pictures/show.html",
        ward_map=maps.draw(city.wards, wards.by_ward, boundaries.every(session)),
        ward_rows=_ward_rows(city, wards),
        whole_city=wards.whole_city,
        covered=covered,
        columns=_codes(city.goals, covered.by_goal),
        rows=_codes(city.pillars, covered.by_pillar),
        shades=Shades.of(covered.pairs.values()),
        months=status_months.recent(session)[::-1],
        statuses=LISTED_STATUSES,
    )


def _ward_rows(city: Catalogue, wards: WardCounts) -> list[tuple[Entry, Count]]:
    """The wards that proposals name, those with most of them first."""
    found = [(city.wards[code], count) for code, count in wards.by_ward.items()]
    return sorted(found, key=lambda row: (-row[1].proposals, -row[1].support, row[0].name))


def _codes(entries: Any, counts: Any) -> list[str | None]:
    """The codes of a controlled list in their order, with None behind them where something has none."""
    return [*entries, *([None] if counts.get(None) else [])]


@router.get(f"{PICTURES}/statuses.svg")
def draw_statuses(request: Request, session: SessionDep) -> Response:
    """The picture of statuses over time; `narrow` is for the screen of a phone."""
    months = status_months.recent(session)[-DRAWN_MONTHS:]
    rows = [
        (Series(status_label(status), *INKS[status]), [float(one.counts[status]) for one in months])
        for status in LISTED_STATUSES
    ]
    svg = charts.bars(
        translate(N_("Proposals by status at the end of each month")),
        [f"{one.month:%m/%y}" for one in months],
        rows,
        narrow=request.query_params.get("narrow") == "1",
        stacked=True,
    )
    answer = charts.picture(request, svg)
    answer.headers["Content-Language"] = language.get()
    return answer


@router.get(f"{PICTURES}/{{name}}.csv")
def save(name: str, session: SessionDep) -> Response:
    """The numbers of one of the pictures, for a spreadsheet."""
    if name not in _TABLES:
        raise NotFound
    columns, rows = _TABLES[name](session)
    return spreadsheets.table(f"{name}.csv", columns, rows)


def _wards(session: Session) -> tuple[list[str], list[tuple[object, ...]]]:
    city, found = cities.catalogue(session), ward_counts.current(session)
    rows: list[tuple[object, ...]] = []
    for code, ward in city.wards.items():
        count = found.by_ward.get(code, Count())
        rows.append((code, ward.name, count.proposals, count.support))
    whole = found.whole_city
    rows.append(("", translate("Whole city"), whole.proposals, whole.support))
    return ["ward", "name", "proposals", "support"], rows


def _coverage(session: Session) -> tuple[list[str], list[tuple[object, ...]]]:
    city, found = cities.catalogue(session), coverage.current(session)
    rows: list[tuple[object, ...]] = [
        (pillar or "", goal or "", *_names(city, pillar, goal), found.pairs.get((pillar, goal), 0))
        for pillar in _codes(city.pillars, found.by_pillar)
        for goal in _codes(city.goals, found.by_goal)
    ]
    return ["pillar", "goal", "pillar_name", "goal_name", "proposals"], rows


def _names(city: Catalogue, pillar: str | None, goal: str | None) -> tuple[str, str]:
    return (
        city.pillars[pillar].name if pillar else translate("Without a pillar"),
        city.goals[goal].name if goal else translate(N_("Without a goal")),
    )


def _statuses(session: Session) -> tuple[list[str], list[tuple[object, ...]]]:
    rows: list[tuple[object, ...]] = [
        (f"{one.month:%Y-%m}", *one.counts.values()) for one in status_months.recent(session)
    ]
    return ["month", *(status.value for status in LISTED_STATUSES)], rows


_TABLES: Any = {"wards": _wards, "coverage": _coverage, "statuses": _statuses}
