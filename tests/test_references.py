"""ORCID iDs and web addresses: every way to write a right one gives one form; whatever could lead astray is refused."""

import pytest

from app import references

CARBERRY = "0000-0002-1825-0097"


@pytest.mark.parametrize(
    "given",
    [
        CARBERRY, "0000000218250097", "0000 0002 1825 0097", f"https://orcid.org/{CARBERRY}", f"http://www.orcid.org/{CARBERRY}/",
        f"orcid.org/{CARBERRY}", f" {CARBERRY}\n", "0000–0002–1825–0097",
    ],
)  # fmt: skip
def test_an_orcid_in_every_way_it_is_written(given: str) -> None:
    assert references.orcid(given) == CARBERRY


def test_the_check_digit_may_be_an_x() -> None:
    assert references.orcid("https://orcid.org/0000-0002-1694-233x") == "0000-0002-1694-233X"


@pytest.mark.parametrize("given", ["", "x", "0000-0002-1825-0098", "0000-0002-1825-009", "0000-0002-1825-00977", "0000-0002-1825-009X", "X000-0002-1825-0097", "https://evil.example/0000-0002-1825-0097", "https://orcid.org.evil.example/0000-0002-1825-0097", "0" * 100_000])  # fmt: skip
def test_no_orcid(given: str) -> None:
    with pytest.raises(ValueError, match=r"ORCID|too long"):
        references.orcid(given)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://example.org", "https://example.org"),
        ("HTTP://EXAMPLE.org:8080/A?b=C#d", "http://example.org:8080/A?b=C#d"),
        ("https://vi.wikipedia.org/wiki/Vịt", "https://vi.wikipedia.org/wiki/V%E1%BB%8Bt"),
        ("https://example.org/100%25", "https://example.org/100%25"),
        ("https://аррӏе.com/", "https://xn--80ak6aa92e.com/"),
        ("https://example.org./", "https://example.org/"),
    ],
)
def test_a_web_address(given: str, kept: str) -> None:
    assert references.web_address(given) == kept
    assert references.web_address(kept) == kept


@pytest.mark.parametrize(
    "given",
    [
        "", "example.org", "//example.org", "/x", "ftp://example.org", "javascript:alert(1)", "javascript://example.org/%0aalert(1)", "data:text/html,x",
        "http://", "https://localhost/", "https://intranet/", "http://127.0.0.1/", "http://2130706433/", "http://0x7f.0x1/", "http://1.1/", "http://[::1]/", "http://[::1",
        "https://me:pw@example.org", "https://example.org@evil.example", "https://example.org\\@evil.example", "https://a b.org", "https://exa\nmple.org",
        "https://-a.org", "https://a..org", "https://ex_a.org", f"https://{'a' * 64}.org", "http://x.org:99999/", "http://x.org:x/", '"https://x.org', "https://x.org/<b>",
        "https://" + "a" * 400 + ".org", "https://x.org/" + "ạ" * 290,
    ],
)  # fmt: skip
def test_no_web_address(given: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        references.web_address(given)


@pytest.mark.parametrize(("address", "host"), [("https://www.example.org:8080/x", "example.org"), ("http://a.example.org", "a.example.org")])  # fmt: skip
def test_the_host(address: str, host: str) -> None:
    assert references.host_of(address) == host
