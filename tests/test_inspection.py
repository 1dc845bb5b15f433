"""What is seen in a text: links, telephone numbers, addresses, numbers of people, capitals. And what is none of these."""

import time
import tomllib
import unicodedata

import pytest

from app import inspection
from app.services import cities
from app.settings import ROOT

HANOI = cities.read_pack(ROOT / "app" / "data" / "hanoi")
LONG = 20_000


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("xem https://Evil.example/x?y=1.", ["evil.example"]),
        ("http://user:secret@host.example:80/x", ["host.example"]),
        ("hxxps://bad[.]site/z và www.abc.com.vn;", ["bad.site", "www.abc.com.vn"]),
        ("shop.vn, bit.ly/3x, t.me/nhom", ["shop.vn", "bit.ly", "t.me"]),
        ("vao trang example (dot) com", ["example.com"]),
        ("vào trang example chấm com", ["example.com"]),
        ("ｅｘａｍｐｌｅ．ｃｏｍ", ["example.com"]),
        ("exam\u200bple.com", ["example.com"]),
        ("[đây](https://a.example) và <https://b.example>", ["a.example", "b.example"]),
        ("sángkiến.vn", ["sángkiến.vn"]),
        ("Đi bộ.Chúng tôi muốn ao.vịt và/hoặc 1.5/2 km/h, v.v.", []),
        ("ha@example.org", []),
        ("khoảng 150.000.000 đồng, tăng 2.5%", []),
    ],
)
def test_links(text: str, hosts: list[str]) -> None:
    assert inspection.hosts(inspection.legible(text)) == hosts


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Gọi 0912 345 678 nhé", 1),
        ("+84 912.345.678 hoặc 024-3825-3536", 2),
        ("zalo0912345678", 1),
        ("０９１２３４５６７８", 1),
        ("0 9 1 2 3 4 5 6 7 8", 1),
        ("kinh phí 350.000.000 đồng, cả thảy 2,350,000,000", 0),
        ("năm 2026, ngày 20/11/2026, 120 chỗ", 0),
        ("số căn cước 001099012345", 0),
        ("0912345678@example.org", 0),
    ],
)
def test_telephone_numbers(text: str, count: int) -> None:
    assert inspection.phones(inspection.legible(text), "VN", HANOI.personal_number_pattern) == count


def test_a_telephone_number_of_another_country_is_written_in_full() -> None:
    assert inspection.phones("gọi 0912 345 678", "") == 0
    assert inspection.phones("gọi +84 912 345 678", "") == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("CCCD 001099012345.", 1),
        ("001 099 012 345, 001.099.012345", 2),
        ("０01099012345", 1),
        ("012345678901234", 0),
        ("150.000.000.000 đồng", 0),
        ("0912 345 678 và 0987 654 321", 0),
    ],
)
def test_numbers_of_citizens(text: str, count: int) -> None:
    legible = inspection.legible(text)
    assert inspection.personal_numbers(legible, HANOI.personal_number_pattern) == count
    assert inspection.personal_numbers(legible, "") == 0


def test_addresses() -> None:
    text = inspection.legible(
        "ha.nguyen+1@example.org, lan [at] example (dot) com, minh a còng example.vn; @lan"
    )
    assert inspection.emails(text) == 3


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("text", "capitals"),
    [
        ("ĐỀ NGHỊ SỬA ĐƯỜNG NGAY", True),
        ("ĐỀ NGHỊ SỬA ĐƯỜNG Ngay", True),
        ("Đề nghị SỬA ĐƯỜNG ngay", False),
        ("THCS & THPT", False),
        ("12 345 678 901 234", False),
    ],
)
def test_capitals(text: str, form: str, capitals: bool) -> None:
    assert inspection.is_capitals(unicodedata.normalize(form, text)) == capitals


@pytest.mark.parametrize("part", ["a", "a.", "a-", "a@", "a@a.", "http://", "www.", "(", "[ . ", " chấm ", "0912345678 ", "1 ", f"{'a' * 60}.", "\ufdfa"])  # fmt: skip
def test_no_text_takes_long(part: str) -> None:
    """The time grows with the text's length, not with its square: a second is a hundred times what any of these takes."""
    text = (part * LONG)[:LONG]
    begun = time.process_time()
    legible = inspection.legible(text)
    inspection.hosts(legible), inspection.emails(legible)
    inspection.phones(legible, "VN", HANOI.personal_number_pattern)
    assert time.process_time() - begun < 5


def test_hanois_pattern_is_the_packs() -> None:
    text = (ROOT / "app" / "data" / "hanoi" / "city.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["personal_number_pattern"] == HANOI.personal_number_pattern
