"""Which addresses are one person's, and which network a request comes from."""

import pytest

from app.addresses import email_key, host_of, masked, network_of
from app.errors import Invalid
from app.forms import EmailForm, read
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


@pytest.mark.parametrize("typed", ["ha@example.org", " HA@Example.ORG ", "thu.lý@example.org", "ha+phiếu@example.org", "a@b.co", "x@bücher.example", "o'hara@example.org", "a@city.local", "ha@example.test"])  # fmt: skip
def test_addresses(typed: str) -> None:
    assert read(EmailForm, {"email": typed}).email == typed.strip().lower()


# What a mail header would read as another address, or as several, or what is none.
NONE = [
    "1:me@gmail.example", "a@=?utf-8?q?evil.com=3e?=.bb", "mod+:=?utf-8?q?attacker=40evil.example=2c?=x@hanoi.example", "=?x1?q??=@a.bb",
    "=?utf-8?q?=0a?=@a.bb", "a\uff20evil.example@x.org", "a@x\uff0eorg@y.org", "a@b", "@b.org", "a@", "a b@c.org", "<a@b.org>", "a@b.org,c@d.org",
    "a@b..org", ".a@b.org", '"a b"@c.org', "a@[127.0.0.1]", "a@-b.org", "a\r\nBcc: x@y.org", "a@b.org\x00", "x" * 65 + "@b.org", "a@" + "b" * 260 + ".org",
    "\ufdfa" * 20 + "@example.org", "a@b\u3002org@c.org", "a(comment)@b.org", "a;b@c.org",
]  # fmt: skip


@pytest.mark.parametrize("typed", NONE)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(Invalid):
        read(EmailForm, {"email": typed})


def test_a_masked_address_is_known_to_its_owner_alone() -> None:
    assert masked("ha@example.org") == "h•••@e•••.org"
