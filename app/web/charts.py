"""Charts: numbers as a picture of its own address, for <img> beside a table that says the same in words.

A picture carries no script and loads nothing, and its response says so by a policy of its own. Equal numbers give
equal bytes, so that browsers and tests can compare them. By night it takes the colours of the night.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pygal
from pygal.style import Style
from starlette.requests import Request
from starlette.responses import Response

from app.i18n import format_number

# The styles of the picture stand inside it; nothing else is allowed, and nobody may put it into a frame.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"  # fmt: skip
# The same families as `--text` in static/portal.css: a picture cannot reach the page's own fonts.
FONTS = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", sans-serif'
# What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_LABEL = 60
_LINES = ".series .line { stroke-width: 3; }"
_MOST_ON_A_LINE = 200
_DAY = timedelta(days=1)
_MOST_NAMED = 30  # more names than this beside their dots would lie over one another


@dataclass(frozen=True)
class Ink:
    """The colours of paper, writing and lines, as static/portal.css has them."""

    paper: str
    ink: str
    soft: str
    line: str


DAY = Ink("#fff", "#1d2729", "#4d5a5c", "#e2dccf")
NIGHT = Ink("#16201f", "#e9efed", "#aab8b5", "#2b3836")


@dataclass(frozen=True)
class Series:
    """One row of numbers: its name in the key, and its colour by day and by night."""

    name: str
    colour: str
    colour_dark: str


@dataclass(frozen=True)
class Point:
    """A dot of a scatter picture, and the short name that stands beside it."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Axis:
    """What an axis counts, and from where to where; without an end it goes as far as its numbers do."""

    title: str
    low: float = 0
    high: float | None = None


def bars(
    title: str,
    labels: Sequence[str],
    rows: Sequence[tuple[Series, Sequence[float]]],
    *,
    narrow: bool = False,
    stacked: bool = False,
) -> bytes:
    """Upright bars as SVG: for each label one bar of each row, or one of all rows. `narrow` is for a phone's screen."""
    chart = (pygal.StackedBar if stacked else pygal.Bar)(
        **_look([series for series, _ in rows], narrow=narrow),
        x_label_rotation=45 if sum(map(len, labels)) > (30 if narrow else 70) else 0,
        include_x_axis=True,
    )
    chart.x_labels = [_plain(label) for label in labels]
    for series, values in rows:
        chart.add(_plain(series.name), list(values))
    return _drawn(chart, title)


def line(title: str, series: Series, points: Sequence[tuple[date, int]], *, narrow: bool = False) -> bytes:  # fmt: skip
    """A line of counts by days as SVG. Of very many days it has so many as can be told apart, and always the last."""
    step = -(-len(points) // _MOST_ON_A_LINE) or 1
    shown = points[::-1][::step][::-1]
    chart = pygal.XY(
        **_look([series], narrow=narrow),
        show_dots=False,
        include_x_axis=True,
        show_x_guides=False,
        margin_right=50,  # half of the last day's name
        value_formatter=lambda value: format_number(round(value)),
    )
    if shown:
        first, last = shown[0][0].toordinal(), max(shown[-1][0], shown[0][0] + _DAY).toordinal()
        parts = min(last - first, 2 if narrow else 4)
        chart.xrange = (first, last)
        chart.x_value_formatter = lambda value: date.fromordinal(round(value)).strftime("%d/%m/%Y")
        chart.x_labels = [first + (last - first) * part // parts for part in range(parts + 1)]
        chart.y_labels = _ticks(max(count for _, count in shown))
    chart.add(_plain(series.name), [(day.toordinal(), count) for day, count in shown])
    return _drawn(chart, title)


def _ticks(highest: int) -> list[int]:
    """Round numbers from nothing to at least the highest, six at most."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if step * 5 >= highest:
                return list(range(0, max(highest, 1) + step, step))
        size *= 10


def scatter(
    title: str,
    x: Axis,
    y: Axis,
    groups: Sequence[tuple[Series, Sequence[Point]]],
    *,
    narrow: bool = False,
) -> bytes:
    """Dots on two axes as SVG, a colour for each group. While there are few, each has its name beside it."""
    points = [point for _, members in groups for point in members]
    highest = max([1, x.low + 1, *(point.x for point in points)])
    chart = pygal.XY(
        **_look([series for series, _ in groups], narrow=narrow),
        stroke=False,
        dots_size=6,
        print_labels=len(points) <= _MOST_NAMED,
        # Some room on the right, for the name beside the last dot.
        xrange=(x.low, x.high if x.high is not None else highest * (1.5 if narrow else 1.2)),
        range=(y.low, y.high) if y.high is not None else None,
        x_title=_plain(x.title),
        y_title=_plain(y.title),
        show_x_guides=True,
        x_value_formatter=lambda value: f"{value:g}",
    )
    for series, members in groups:
        dots = [{"value": (point.x, point.y), "label": _plain(point.label)} for point in members]
        chart.add(_plain(series.name), dots)
    return _drawn(chart, title)


def picture(request: Request, svg: bytes) -> Response:
    """The answer that holds the picture: asked for anew each time, but not sent again while nothing has changed."""
    tag = f'"{hashlib.sha256(svg).hexdigest()[:20]}"'
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": POLICY,
        "ETag": tag,
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(svg, media_type="image/svg+xml", headers=headers)


def _look(rows: Sequence[Series], *, narrow: bool) -> dict[str, Any]:
    """What all pictures have in common."""
    return {
        "width": 400 if narrow else 760,
        "height": 420,
        "margin": 10,
        "margin_bottom": 40
        if len(rows) > 1
        else 10,  # the key's last line needs more than pygal gives
        "style": _style(rows),
        "css": ("file://style.css", "file://graph.css", f"inline:{_LINES}{_night(rows)}"),
        "js": (),
        "no_prefix": True,
        "show_legend": len(rows) > 1,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 1 if narrow else 3,
        "legend_box_size": 14,
        "truncate_legend": -1,
        "truncate_label": -1,
        "no_data_text": "",
    }


def _drawn(chart: Any, title: str) -> bytes:
    """The picture without what pygal adds for scripts and about itself, which would differ each time."""

    def bare(root: Any) -> Any:
        for parent in list(root.iter()):
            for child in [child for child in parent if _is_ballast(child)]:
                parent.remove(child)
        root.attrib.pop("id", None)
        next(child for child in root if _local(child) == "title").text = _plain(title)
        return root

    chart.add_xml_filter(bare)
    return bytes(chart.render())


def _is_ballast(element: Any) -> bool:
    """Whether it is a comment, or there for scripts only."""
    if not isinstance(element.tag, str):
        return True
    return _local(element) in {"script", "desc"} or "tooltip-overlay" in element.get("class", "")


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _night(rows: Sequence[Series]) -> str:
    """The rules by which the picture follows a reader who has asked for dark pages."""
    dots = "".join(
        f".color-{number} {{ fill: {series.colour_dark}; stroke: {series.colour_dark}; }}"
        for number, series in enumerate(rows)
    )
    ink = NIGHT
    return (
        "@media (prefers-color-scheme: dark) {"
        f".graph > .background, .plot > .background {{ fill: {ink.paper}; }}"
        f".graph, .title, .axis text, .axis text.major, .text-overlay .series text, .legends .legend text {{ fill: {ink.ink}; }}"
        f".axis .line, .axis .major.line {{ stroke: {ink.soft}; }}"
        f".axis .guide.line, .axis .major.guide.line {{ stroke: {ink.line}; }}"
        f"{dots}}}"
    )


def _plain(text: str) -> str:
    """Text as a picture can hold it: without characters that XML does not know, and not too long."""
    cleaned = _NOT_XML.sub("", " ".join(text.split()))
    return cleaned if len(cleaned) <= _LONGEST_LABEL else f"{cleaned[: _LONGEST_LABEL - 1]}…"


def _style(rows: Sequence[Series]) -> Style:
    return Style(
        background=DAY.paper,
        plot_background=DAY.paper,
        foreground=DAY.ink,
        foreground_strong=DAY.ink,
        foreground_subtle=DAY.line,
        guide_stroke_color=DAY.line,
        major_guide_stroke_color=DAY.line,
        font_family=FONTS,
        label_font_size=14,
        major_label_font_size=14,
        value_font_size=13,
        value_label_font_size=13,
        title_font_size=15,
        legend_font_size=14,
        opacity="1",
        transition="0s",
        colors=tuple(series.colour for series in rows) or (DAY.ink,),
    )
