"""The file of the wards' outlines: GeoJSON (RFC 7946) from anywhere, read with every value checked, and made small.

What is drawn is a picture of a few hundred pixels, so that lines are kept to a fraction of one of them.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

LARGEST_FILE = 20 * 1024 * 1024
MOST_FEATURES, MOST_RINGS, MOST_POINTS = 5_000, 20_000, 200_000
LONGEST_CODE = 40
# Of the whole city's extent: less than a pixel.
_TOLERANCE = 1 / 1500
_PLACES = 5  # about a metre
_PIECE = 200
_FEWEST_POINTS = 4  # a triangle that is closed

Point = tuple[float, float]
Ring = list[Point]


class BoundaryError(ValueError):
    """A file that is no map of the city's wards; nothing has been written."""


@dataclass(frozen=True)
class Boundary:
    """The outline of one ward: its closed lines, and the middle of the largest of them."""

    code: str
    rings: list[Ring]
    centre: Point


def read_file(path: Path, code_property: str = "code") -> list[Boundary]:
    """The outlines in a file, whose features name their ward's official code. Raises BoundaryError with the reason."""
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise BoundaryError(f"{path} is larger than {LARGEST_FILE // 1024 // 1024} MB; simplify it first")  # fmt: skip
    try:
        values = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except RecursionError as error:
        raise BoundaryError(f"{path} is nested too deeply") from error
    except ValueError as error:
        raise BoundaryError(f"{path} is not JSON: {error}") from error
    return simplified(read(values, code_property))


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def read(values: Any, code_property: str) -> list[Boundary]:
    """The outlines of a feature collection, as exact as they come. Raises BoundaryError."""
    features = _member(values, "features", list) if isinstance(values, dict) else None
    if features is None or values.get("type") != "FeatureCollection":
        raise BoundaryError("the file is not a GeoJSON FeatureCollection")
    if len(features) > MOST_FEATURES:
        raise BoundaryError(f"there are more than {MOST_FEATURES} features")
    found: dict[str, Boundary] = {}
    left = [MOST_RINGS, MOST_POINTS]
    for number, feature in enumerate(features, 1):
        try:
            one = _boundary(feature, code_property, left)
        except BoundaryError as error:
            raise BoundaryError(f"feature {number}: {error}") from error
        if one.code in found:
            raise BoundaryError(f"feature {number}: {one.code} stands there twice")
        found[one.code] = one
    return list(found.values())


def _member(values: Any, name: str, kind: type) -> Any:
    found = values.get(name) if isinstance(values, dict) else None
    return found if isinstance(found, kind) else None


def _boundary(feature: Any, code_property: str, left: list[int]) -> Boundary:
    properties = _member(feature, "properties", dict) or {}
    code = properties.get(code_property)
    if not isinstance(code, str) or not 0 < len(code) <= LONGEST_CODE:
        raise BoundaryError(f"its property {code_property!r} is no ward's code (a text)")
    geometry = _member(feature, "geometry", dict) or {}
    coordinates, kind = geometry.get("coordinates"), geometry.get("type")
    if kind not in {"Polygon", "MultiPolygon"}:
        raise BoundaryError("it is neither a Polygon nor a MultiPolygon")
    rings = list(_rings([coordinates] if kind == "Polygon" else coordinates, left))
    if not rings:
        raise BoundaryError("it has no outline")
    return Boundary(code, rings, _middle(max(rings, key=lambda ring: abs(_area(ring)))))


def _rings(polygons: Any, left: list[int]) -> Iterator[Ring]:
    """The lines of these polygons. `left` is how many rings and points the file may still have."""
    for polygon in _array(polygons):
        for ring in _array(polygon):
            points = _array(ring)
            left[0] -= 1
            left[1] -= len(points)
            if min(left) < 0:
                raise BoundaryError(f"the file has more than {MOST_RINGS} lines or {MOST_POINTS} points; simplify it first")  # fmt: skip
            yield _ring(points)


def _array(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BoundaryError("its coordinates are not nested as GeoJSON nests them")
    return value


def _ring(points: list[Any]) -> Ring:
    found = [_point(point) for point in points]
    if len(found) < _FEWEST_POINTS or found[0] != found[-1]:
        raise BoundaryError("a line is not closed")
    return found


def _point(value: Any) -> Point:
    if not isinstance(value, list) or len(value) not in {2, 3}:
        raise BoundaryError("a point is not [longitude, latitude]")
    longitude, latitude = value[:2]
    if not (_is_within(longitude, 180) and _is_within(latitude, 85)):
        raise BoundaryError("a point is not in degrees (WGS 84): longitude within ±180, latitude within ±85")  # fmt: skip
    return float(longitude), float(latitude)


def _is_within(value: Any, limit: int) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and -limit <= value <= limit  # False for what is not a number, too


def _area(ring: Ring) -> float:
    """Twice the area, with a sign."""
    return sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairwise(ring))


def _middle(ring: Ring) -> Point:
    """The centre of gravity, worked out from the first point, or the mean of the points where there is no area."""
    x0, y0 = ring[0]
    own = [(x - x0, y - y0) for x, y in ring]
    area, sum_x, sum_y = _area(own), 0.0, 0.0
    if not area:
        count = len(ring)
        return round(sum(x for x, _ in ring) / count, _PLACES), round(sum(y for _, y in ring) / count, _PLACES)  # fmt: skip
    for (x, y), (next_x, next_y) in pairwise(own):
        cross = x * next_y - next_x * y
        sum_x += (x + next_x) * cross
        sum_y += (y + next_y) * cross
    return round(x0 + sum_x / (3 * area), _PLACES), round(y0 + sum_y / (3 * area), _PLACES)


def simplified(boundaries: list[Boundary]) -> list[Boundary]:
    """The same without what no picture of the whole city can show; a ward keeps its largest line however small it is."""
    points = [point for one in boundaries for ring in one.rings for point in ring]
    if not points:
        return boundaries
    extent = max(max(axis) - min(axis) for axis in zip(*points, strict=True))
    return [Boundary(one.code, _shown(one.rings, extent * _TOLERANCE), one.centre) for one in boundaries]  # fmt: skip


def _shown(rings: list[Ring], tolerance: float) -> list[Ring]:
    largest = max(rings, key=lambda ring: abs(_area(ring)))
    kept = [ring for ring in rings if ring is largest or abs(_area(ring)) > 2 * tolerance**2]
    return [[(round(x, _PLACES), round(y, _PLACES)) for x, y in _thinned(ring, tolerance)] for ring in kept]  # fmt: skip


def _thinned(ring: Ring, tolerance: float) -> Ring:
    """The line without the points that lie within the tolerance of it (Ramer, Douglas and Peucker).

    It is looked at in short pieces: in one piece, the time could grow with the square of its points.
    """
    last_point = len(ring) - 1
    kept = {*range(0, last_point, min(_PIECE, max(1, last_point // 3))), last_point}
    waiting = list(pairwise(sorted(kept)))
    while waiting:
        first, last = waiting.pop()
        distances = [(_distance(ring[i], ring[first], ring[last]), i) for i in range(first + 1, last)]  # fmt: skip
        distance, farthest = max(distances, default=(0.0, 0))
        if distance > tolerance:
            kept.add(farthest)
            waiting += [(first, farthest), (farthest, last)]
    return [ring[i] for i in sorted(kept)]


def _distance(point: Point, first: Point, last: Point) -> float:
    """How far a point lies from the line between two others."""
    (x, y), (x1, y1), (x2, y2) = point, first, last
    length = math.hypot(x2 - x1, y2 - y1)
    if not length:
        return math.hypot(x - x1, y - y1)
    along = max(0.0, min(1.0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length**2))
    return math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1))
