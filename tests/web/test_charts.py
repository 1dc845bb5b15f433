"""Pictures of numbers: without scripts, the same bytes for the same numbers, and safe from what people write."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree as Xml

import pytest
from starlette.requests import Request

from app.web import charts

HOSTILE = "</title><script>alert(1)</script>\x0b\x00\ud800￾ \"'><style>*{x}</style>&lt;"
GREEN = charts.Series("Đô thị hóa", "#0b6b5d", "#7fd1bd")
BLUE = charts.Series(HOSTILE, "#36479a", "#a9b6ff")


def _scatter(narrow: bool = False) -> bytes:
    points = [charts.Point(12, 3.5, "HN-2026-0012"), charts.Point(140, 4.5, HOSTILE)]
    return charts.scatter(
        HOSTILE, charts.Axis(HOSTILE), charts.Axis("Điểm", 1, 5), [(GREEN, points), (BLUE, [])], narrow=narrow
    )  # fmt: skip


def _bars() -> bytes:
    return charts.bars(HOSTILE, ["6/2026", HOSTILE], [(GREEN, [3, 5]), (BLUE, [0, 2])])


def _line(*totals: int, narrow: bool = False) -> bytes:
    points = [(date(2026, 1, 1) + timedelta(days=day), total) for day, total in enumerate(totals)]
    return charts.line(HOSTILE, BLUE, points, narrow=narrow)


def _tags(svg: bytes) -> list[str]:
    return [element.tag.rpartition("}")[2] for element in Xml.fromstring(svg).iter()]


def test_a_picture_carries_no_script_and_what_people_write_stays_text() -> None:
    for svg in (_scatter(), _scatter(narrow=True), _bars(), charts.bars("", [], []), _line(), _line(3), _line(0, 2, 5, narrow=True)):  # fmt: skip
        tags = _tags(svg)
        assert "script" not in tags
        assert tags.count("style") == 1
        assert b"<!--" not in svg
        assert b"<?xml-stylesheet" not in svg
        assert not re.search(rb"(href|src|onload|onclick)=|url\(|@import", svg)
        assert b" style=" not in svg


def test_equal_numbers_give_equal_pictures() -> None:
    assert _scatter() == _scatter()
    assert _bars() == _bars()
    assert _scatter() != _scatter(narrow=True)


def test_each_dot_and_bar_is_drawn_and_named() -> None:
    text = " ".join(Xml.fromstring(_scatter()).itertext())
    assert "HN-2026-0012" in text
    assert "Đô thị hóa" in text
    assert _tags(_scatter()).count("circle") == 2
    assert _bars().count(b'class="bar"') == 4


def test_bars_can_stand_on_one_another() -> None:
    svg = charts.bars("", ["6/2026", "7/2026"], [(GREEN, [3, 5]), (BLUE, [1, 2])], stacked=True)
    assert svg.count(b'class="bar"') == 4
    assert svg != charts.bars("", ["6/2026", "7/2026"], [(GREEN, [3, 5]), (BLUE, [1, 2])])


@pytest.mark.parametrize(("totals", "days", "numbers"), [((0, 1), ("01/01/2026", "02/01/2026"), ("0", "1")), ((9,), ("01/01/2026",), ("0", "10")), ((0, 300, 12_345), ("01/01/2026", "03/01/2026"), ("5.000", "15.000"))])  # fmt: skip
def test_a_line_names_its_days_and_round_numbers(totals: tuple[int, ...], days: tuple[str, ...], numbers: tuple[str, ...]) -> None:  # fmt: skip
    texts = [text.strip() for text in Xml.fromstring(_line(*totals)).itertext()]
    assert {*days, *numbers} <= set(texts)


def test_a_line_of_very_many_days_stays_small_and_ends_with_the_last() -> None:
    svg = _line(*range(3660))
    assert len(svg) < 20_000
    assert "08/01/2036" in svg.decode()


def test_the_response_allows_its_own_styles_and_nothing_else() -> None:
    def ask(headers: list[tuple[bytes, bytes]]) -> Request:
        return Request({"type": "http", "headers": headers})

    first = charts.picture(ask([]), _bars())
    assert first.media_type == "image/svg+xml"
    policy = first.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    again = charts.picture(ask([(b"if-none-match", first.headers["etag"].encode())]), _bars())
    assert again.status_code == 304
