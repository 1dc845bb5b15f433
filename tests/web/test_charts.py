"""Pictures of numbers: without scripts, the same bytes for the same numbers, and safe from what people write."""

import re
from xml.etree import ElementTree as Xml

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


def _tags(svg: bytes) -> list[str]:
    return [element.tag.rpartition("}")[2] for element in Xml.fromstring(svg).iter()]


def test_a_picture_carries_no_script_and_what_people_write_stays_text() -> None:
    for svg in (_scatter(), _scatter(narrow=True), _bars(), charts.bars("", [], [])):
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
