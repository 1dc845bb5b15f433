"""The pictures of the city: what they show is what is listed, beside each stand its numbers, and the map needs little."""

import csv
import gzip
import io
import itertools
import math
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from sqlmodel import Session

from app import boundary_file
from app.boundary_file import Boundary, BoundaryError
from app.models import Account, City, Ward, WardBoundary
from app.services import boundaries
from app.services.cities import Entry
from app.services.ward_counts import Count
from app.web import maps
from app.web.shades import Shades
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database

SHARED = Path(__file__).parents[3] / "shared" / "data" / "hanoi-wards.geojson"
TRIANGLE = [(139.0, 35.0), (139.1, 35.0), (139.1, 35.1), (139.0, 35.0)]
_revisions = itertools.count(1000)
HOSTILE = "\"><script>alert(1)</script><b c='"


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def outline(db: Database, *codes: str) -> None:
    with db.session() as session:
        boundaries.load(session, [Boundary(code, [TRIANGLE], (139.07, 35.03)) for code in codes])


def changed(session: Session) -> None:
    """Let everybody read the city anew."""
    session.get_one(City, 1).revision = next(_revisions)


@pytest.fixture
def listed(make: Make, ha: Account, minh: Account) -> None:
    """Three listed proposals, and some that are not."""
    first = make.proposal(ha, "published", wards=["east", "west"])
    make.proposal(ha, "completed", wards=["east"], pillar="songs", goals=["joy-2033", "rest-2050"])
    make.proposal(ha, "published", wards=[])
    make.vote(ha, first)
    make.vote(minh, first)
    for status in ("submitted", "hidden", "withdrawn"):
        make.proposal(ha, status)


def test_nothing_yet(browser: Browser) -> None:
    page = browser.get("/pictures").text
    assert "Chưa có sáng kiến nào" in page
    assert "<svg" not in page


def test_wards(browser: Browser, client: Client, listed: None) -> None:
    east, west, mill, whole = rows(browser.get("/pictures/wards.csv"))
    assert [(row["ward"], row["proposals"], row["support"]) for row in (east, west, mill, whole)] == [("east", "2", "2"), ("west", "1", "2"), ("mill", "0", "0"), ("", "1", "0")]  # fmt: skip
    found = client.get("/api/v1/statistics/wards").json()
    assert [(one["ward"], one["proposals"], one["support_count"]) for one in found["items"]] == [("east", 2, 2), ("west", 1, 2), ("mill", 0, 0)]  # fmt: skip
    assert found["whole_city"] == {"proposals": 1, "support_count": 0}
    assert (found["items"][0]["longitude"], found["items"][2]["latitude"]) == (139.05, None)
    page = browser.get("/pictures").text
    assert re.search(r'ward=east">Xóm Đông</a></th><td class="figure">2</td><td class="figure">2</td>', page)  # fmt: skip


def test_the_map_is_dots_without_outlines_and_shapes_with_them(browser: Browser, db: Database, listed: None) -> None:  # fmt: skip
    def drawn() -> tuple[int, int, set[str]]:
        svg = Xml.fromstring(re.findall(r"<svg.*?</svg>", browser.get("/pictures").text, re.S)[0])
        tags = [element.tag for element in svg.iter()]
        return tags.count("path"), tags.count("circle"), {one.get("href") or "" for one in svg.iter("a")}  # fmt: skip

    links = {f"/proposals?ward={code}" for code in ("east", "west", "mill")}
    assert drawn() == (0, 2, links - {"/proposals?ward=mill"})  # Nobody has said where that is.
    outline(db, "east", "mill")
    assert drawn() == (2, 2, links)
    outline(db)
    assert drawn()[:2] == (0, 2)
    for link in links:
        assert browser.get(link).status_code == 200


def test_outlines_outlive_a_new_load_of_the_pack_and_are_of_the_citys_wards(db: Database) -> None:
    outline(db, "east")
    db.load_tinytown()
    assert [row.code for row in db.all(WardBoundary)] == ["east"]
    with pytest.raises(BoundaryError, match=r"no ward north, south$"):
        outline(db, "west", "north", "south")
    with pytest.raises(BoundaryError, match="n0, n1, n2, n3, n4 and 2 others"):
        outline(db, *(f"n{number}" for number in range(7)))
    assert [row.code for row in db.all(WardBoundary)] == ["east"]


def test_coverage(browser: Browser, client: Client, listed: None) -> None:
    expected = {("fields", "joy-2033"): 2, ("fields", "rest-2050"): 0, ("songs", "joy-2033"): 1, ("songs", "rest-2050"): 1}  # fmt: skip
    found = client.get("/api/v1/statistics/coverage").json()
    assert {(one["pillar"], one["goal"]): one["proposals"] for one in found["items"]} == expected
    assert found["proposals"] == 3
    table = rows(browser.get("/pictures/coverage.csv"))
    assert {(one["pillar"], one["goal"]): int(one["proposals"]) for one in table} == expected
    assert 'class="shade-2"><a href="/proposals?pillar=fields&amp;goal=joy-2033">2</a>' in browser.get("/pictures").text  # fmt: skip


def test_statuses(browser: Browser, client: Client, listed: None) -> None:
    (month,) = client.get("/api/v1/statistics/statuses").json()["items"]
    assert {status: number for status, number in month["by_status"].items() if number} == {"published": 2, "completed": 1}  # fmt: skip
    (row,) = rows(browser.get("/pictures/statuses.csv"))
    assert (row["month"], row["published"], row["completed"]) == (month["month"], "2", "1")
    svg = browser.get("/pictures/statuses.svg?lang=en")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert "under consideration" in svg.text


@pytest.mark.parametrize("path", ["/pictures/secrets.csv", "/pictures/wards.svg", "/pictures/%00.csv"])  # fmt: skip
def test_there_are_no_other_files(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_the_support_of_a_proposal(browser: Browser, client: Client, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    assert "support.svg" not in browser.get(made.path).text
    make.vote(minh, made)
    assert f"/proposals/{made.id}/support.svg" in browser.get(made.path).text
    assert "<title>" in browser.get(f"/proposals/{made.id}/support.svg").text
    (row,) = rows(browser.get(f"/proposals/{made.id}/support.csv"))
    assert (row["change"], row["support"]) == ("1", "1")
    (day,) = client.get(f"/api/v1/proposals/{made.id}/support-days").json()["items"]
    assert day == {"day": row["day"], "change": 1, "support_count": 1}
    assert browser.get(f"/proposals/{make.proposal(ha).id}/support.csv").status_code == 404


def test_a_wards_name_is_text(browser: Browser, db: Database, listed: None) -> None:
    with db.session() as session:
        session.get_one(Ward, "east").names = {"vi": HOSTILE}
        changed(session)
    page = browser.get("/pictures").text
    assert HOSTILE not in page
    assert page.count("&lt;script&gt;alert") >= 2
    assert any(HOSTILE in row["name"] for row in rows(browser.get("/pictures/wards.csv")))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_map_of_few_places(count: int) -> None:
    centres = [(139.0, 35.0), (139.0, 36.0)][:count]
    wards = {str(number): Entry(str(number), {}, {}, centre=centre) for number, centre in enumerate(centres)}  # fmt: skip
    found = maps.draw(wards, {"0": Count(1, 1)}, {})
    assert (found is None) == (count == 0)
    if found:
        assert all(0 <= one.x <= found.width and 0 <= one.y <= found.height for one in found.shapes)
        assert [one.radius for one in found.shapes] == [maps.LARGEST_DOT, maps.SMALLEST_DOT][:count]


@pytest.mark.parametrize("counts", [[], [0], [1], [2, 1], [4], [5, 0], [9], [40, 3], [100_000, 7]])
def test_shades_cover_every_count_once(counts: list[int]) -> None:
    found = Shades.of(counts)
    spread = [number for low, high in found.ranges[:3] for number in range(low, high + 1)]
    assert spread == list(range(1, len(spread) + 1))
    assert len(found.ranges) <= 4
    assert found.of_count(0) == 0
    highest = max(counts, default=0)
    assert found.of_count(highest) == len(found.ranges)
    assert not found.ranges or found.ranges[-1][1] == highest


def wavy(number: int) -> Boundary:
    """The outline of a ward among 126, of two hundred points."""
    west, south = 105 + number % 12 / 10, 20 + number // 12 / 10
    turns = [angle * math.tau / 200 for angle in range(200)]
    points = [(west + (0.05 + 0.01 * math.sin(17 * turn)) * math.cos(turn), south + (0.05 + 0.01 * math.sin(17 * turn)) * math.sin(turn)) for turn in turns]  # fmt: skip
    return Boundary(str(number), [[*points, points[0]]], (west, south))


@pytest.mark.parametrize("source", ["made up", "real"])
def test_the_map_of_a_hundred_wards_stays_small(source: str, browser: Browser, db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    if source == "real" and not SHARED.exists():
        pytest.skip(f"{SHARED} is not on this machine")
    found = boundary_file.read_file(SHARED) if source == "real" else boundary_file.simplified([wavy(number) for number in range(126)])  # fmt: skip
    with db.session() as session:
        for ward in db.all(Ward):
            session.get_one(Ward, ward.code).centre = None
        session.add_all(Ward(code=one.code, names={"vi": f"Phường {one.code}"}, position=9, kind="ward") for one in found)  # fmt: skip
        session.flush()
        boundaries.load(session, found)
        changed(session)
    make.proposal(ha, "published", wards=[one.code for one in found][:50])
    page = browser.get("/pictures").text
    (svg,) = re.findall(r"<svg.*?</svg>", page, re.S)
    assert svg.count("<path") == 126
    assert len(gzip.compress(svg.encode())) < 60_000
    assert len(gzip.compress(page.encode())) < 60_000
