"""The file of outlines: what is read from it, what is refused, and how small it becomes."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from app import boundary_file
from app.boundary_file import BoundaryError

SQUARE = [[10.0, 20.0], [11.0, 20.0], [11.0, 21.0], [10.0, 21.0], [10.0, 20.0]]


def feature(code: Any = "east", kind: str = "Polygon", coordinates: Any = None) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": [SQUARE] if coordinates is None else coordinates}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def read(tmp_path: Path, content: Any) -> list[boundary_file.Boundary]:
    path = tmp_path / "wards.geojson"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return boundary_file.read_file(path)


def ring(*points: list[Any]) -> list[Any]:
    return [list(points)]


REFUSED: dict[str, Any] = {
    "not JSON": b"{",
    "can't decode": b'{"type": "\xff"}',
    "nested too deeply": b"[" * 200_000,
    "NaN is no number": b'{"type": "FeatureCollection", "features": [NaN]}',
    "not JSON: Exceeds": b"9" * 5000,
    "not a GeoJSON": [1],
    "not a GeoJSON FeatureCollection": {"type": "Feature", "features": []},
    "more than 5000 features": collection(*[1] * 5001),
    "feature 1: its property": collection("x"),
    "no ward's code": collection(feature(4)),
    "no ward's code (a text)": collection(feature("x" * 41)),
    "feature 2: east stands there twice": collection(feature(), feature()),
    "neither a Polygon": collection(feature(kind="Point", coordinates=[1, 2])),
    "nor a MultiPolygon": collection(feature(kind="GeometryCollection")),
    "nest": collection(feature(coordinates="x")),
    "nested as GeoJSON": collection(feature(kind="MultiPolygon", coordinates=[[1]])),
    "no outline": collection(feature(coordinates=[])),
    "not closed": collection(feature(coordinates=[SQUARE[:-1]])),
    "is not closed": collection(feature(coordinates=ring([1, 2], [1, 2]))),
    "a point is not [": collection(feature(coordinates=ring([1], [1, 2], [1, 2], [1]))),
    "in degrees": collection(feature(coordinates=ring([587000, 2326000], [1, 2], [1, 2], [587000, 2326000]))),
    "degrees (WGS 84)": collection(feature(coordinates=ring(["1", 2], [1, 2], [1, 2], ["1", 2]))),
    "longitude within": collection(feature(coordinates=ring([True, 2], [1, 2], [1, 2], [True, 2]))),
    "latitude within": b'{"type": "FeatureCollection", "features": [{"properties": {"code": "a"}, "geometry": {"type": "Polygon", "coordinates": [[[1, 1e999], [1, 2], [1, 2], [1, 1e999]]]}}]}',
    "200000 points": collection(feature(coordinates=[[[0, 0]] * 200_001])),
    "20000 lines": collection(feature(coordinates=[SQUARE] * 20_001)),
}  # fmt: skip


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_no_map_of_wards_is_refused(tmp_path: Path, said: str) -> None:
    with pytest.raises(BoundaryError) as refused:
        read(tmp_path, REFUSED[said])
    assert said in str(refused.value)
    assert len(str(refused.value)) < 300


def test_a_huge_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary_file, "LARGEST_FILE", 1024 * 1024)
    with pytest.raises(BoundaryError, match="larger than 1 MB"):
        read(tmp_path, b" " * (1024 * 1024 + 1))


def test_what_is_read(tmp_path: Path) -> None:
    hole = [[10.4, 20.4], [10.6, 20.4], [10.6, 20.6], [10.4, 20.4]]
    island = [[[12.0, 20.0, 7.5], [12.1, 20.0, 7.5], [12.1, 20.1, 7.5], [12.0, 20.0, 7.5]]]
    east, west = read(tmp_path, collection(feature(kind="MultiPolygon", coordinates=[[SQUARE, hole], island]), feature("west")))  # fmt: skip
    assert (east.code, len(east.rings), east.centre) == ("east", 3, (10.5, 20.5))
    assert (west.code, west.rings[0]) == ("west", [tuple(point) for point in SQUARE])
    assert read(tmp_path, collection()) == []


def test_lines_become_as_coarse_as_a_picture(tmp_path: Path) -> None:
    """No point of the old line is further from the new one than a fraction of a pixel; a speck keeps its place."""
    circle = [[10 + math.cos(angle / 1000), 20 + math.sin(angle / 1000)] for angle in range(6283)]
    speck = [[15, 20], [15.00001, 20], [15.00001, 20.00001], [15, 20]]
    round_, small = read(tmp_path, collection(feature(coordinates=[[*circle, circle[0]], speck]), feature("west", coordinates=[speck])))  # fmt: skip
    (line,) = round_.rings
    assert 30 < len(line) < 150
    assert all(abs(math.dist(point, (10, 20)) - 1) < 0.001 for point in line)
    assert round_.centre == pytest.approx((10, 20), abs=1e-4)
    assert len(small.rings) == 1
