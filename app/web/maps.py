"""Maps: the city's wards as shapes and dots for a plain SVG, which templates/pictures/map.html writes down.

Where the outline of a ward is known it is filled by its number of proposals; a dot in its middle is as large as its
support. Where only the middle is known, the dot has the colour, too. Coordinates are whole numbers from one point to the
next, so that a hundred wards weigh no more than a photograph's thumbnail.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.models import WardBoundary
from app.services.cities import Entry
from app.services.ward_counts import Count
from app.web.shades import Shades

WIDTH, TALLEST, MARGIN = 1000, 1200, 34
LARGEST_DOT, SMALLEST_DOT = 24, 7
Point = Sequence[float]


@dataclass(frozen=True)
class Shape:
    """A ward on the map; `path` is empty where no outline is known, `radius` 0 where there is no dot."""

    ward: Entry
    count: Count
    shade: int
    path: str
    x: int
    y: int
    radius: int


@dataclass(frozen=True)
class WardMap:
    """What is drawn, and how large the paper is."""

    shapes: list[Shape]
    width: int
    height: int
    shades: Shades

    @property
    def has_outlines(self) -> bool:
        return any(shape.path for shape in self.shapes)


class _Paper:
    """Turns degrees into places on the paper: north is above, and a mile is as long in both directions."""

    def __init__(self, points: Sequence[Point]) -> None:
        longitudes, latitudes = [one[0] for one in points], [one[1] for one in points]
        self._west, self._north = min(longitudes), max(latitudes)
        self._narrow = math.cos(math.radians((self._north + min(latitudes)) / 2))
        wide = (max(longitudes) - self._west) * self._narrow
        tall = self._north - min(latitudes)
        room = WIDTH - 2 * MARGIN, TALLEST - 2 * MARGIN
        self._scale = min(room[0] / (wide or tall or 1), room[1] / (tall or wide or 1))
        self.width = round(wide * self._scale) + 2 * MARGIN
        self.height = round(tall * self._scale) + 2 * MARGIN

    def place(self, point: Point) -> tuple[int, int]:
        x = (point[0] - self._west) * self._narrow * self._scale
        return round(x) + MARGIN, round((self._north - point[1]) * self._scale) + MARGIN

    def path(self, rings: Iterable[Sequence[Point]]) -> str:
        """The rings as data of an SVG path. What lies on the same point of the paper as the one before is left out."""
        parts = []
        for ring in rings:
            (x, y), *others = (self.place(point) for point in ring[:-1])
            steps = []
            here = x, y
            for there in others:
                if there != here:
                    steps.append(f"{there[0] - here[0]} {there[1] - here[1]}")
                    here = there
            if len(steps) > 1:
                parts.append(f"M{x} {y}l{' '.join(steps)}z".replace(" -", "-"))
        return "".join(parts)


def draw(
    wards: Mapping[str, Entry], counts: Mapping[str, Count], boundaries: Mapping[str, WardBoundary]
) -> WardMap | None:
    """The map of the wards whose place is known, or None where that is none."""
    centres = {code: centre for code, ward in wards.items() if (centre := _centre(ward, boundaries))}  # fmt: skip
    if not centres:
        return None
    outlines = [point for code in centres if code in boundaries for ring in boundaries[code].rings for point in ring]  # fmt: skip
    paper = _Paper([*centres.values(), *outlines])
    shades = Shades.of(count.proposals for count in counts.values())
    most = max((counts[code].support for code in centres if code in counts), default=0)
    shapes = []
    for code, centre in centres.items():
        count = counts.get(code, Count())
        path = paper.path(boundaries[code].rings) if code in boundaries else ""
        radius = _radius(count, most, has_outline=bool(path))
        shapes.append(Shape(wards[code], count, shades.of_count(count.proposals), path, *paper.place(centre), radius))  # fmt: skip
    return WardMap(shapes, paper.width, paper.height, shades)


def _centre(ward: Entry, boundaries: Mapping[str, WardBoundary]) -> Point | None:
    found = boundaries.get(ward.code)
    return ward.centre or (found.centre if found else None)


def _radius(count: Count, most: int, *, has_outline: bool) -> int:
    """Dots cover an area in proportion to the support; one of no support marks the place of a ward without outline."""
    if not count.support:
        return 0 if has_outline else SMALLEST_DOT
    return max(SMALLEST_DOT, round(LARGEST_DOT * math.sqrt(count.support / most)))
