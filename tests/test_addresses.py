"""Which addresses are one person's, and which network a request comes from."""

import pytest

from app.addresses import email_key, host_of, network_of
from tests.databases import settings_for

SAME = [
    ("ha@example.org", "HA@Example.ORG"),
    ("ha@example.org", "ha+tag@example.org"),
    ("hà@example.org", "ha\u0300@example.org"),
    ("ha@example.org", "ｈａ@example.org"),
    ("ha@xn--bcher-kva.example", "ha@bücher.example"),
    ("h.a@gmail.com", "ha@gmail.com"),
    ("straße@example.org", "STRASSE@example.org"),
]
OTHER = [("ha@example.org", "ha@example.com"), ("h.a@example.org", "ha@example.org"), ("hà@example.org", "ha@example.org"), ("+ha@example.org", "+ho@example.org")]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_person(one: str, other: str) -> None:
    settings = settings_for("sqlite:///x")
    assert email_key(settings, one) == email_key(settings, other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_people(one: str, other: str) -> None:
    settings = settings_for("sqlite:///x")
    assert email_key(settings, one) != email_key(settings, other)


def test_aliases_are_a_setting() -> None:
    strict = settings_for("sqlite:///x", email_plus_is_alias=False, email_dots_ignored_at="")
    assert email_key(strict, "ha+tag@example.org") == "ha+tag@example.org"
    assert email_key(strict, "h.a@gmail.com") == "h.a@gmail.com"


@pytest.mark.parametrize(
    ("address", "host", "network"),
    [
        ("203.0.113.7", "203.0.113.7/32", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.7/32", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("", "unknown", "unknown"),
        ("unix:", "unknown", "unknown"),
    ],
)
def test_where_a_request_comes_from(address: str, host: str, network: str) -> None:
    assert (host_of(address), network_of(address)) == (host, network)
