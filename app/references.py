"""References: what points to a person elsewhere, an ORCID iD or a web address, brought into one form or refused."""

import re
from urllib.parse import SplitResult, quote, urlsplit

from stdnum import isni
from stdnum.exceptions import ValidationError

ORCID_ADDRESS = "https://orcid.org/"
LONGEST_ADDRESS = 300
_ORCID_BEFORE = re.compile(r"^(https?://)?(www\.)?orcid\.org/", re.IGNORECASE)
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
# A name in the public domain name system: no IP address, no bare host of some local network.
_HOST = re.compile(rf"({_LABEL}\.)+(?=[a-z]){_LABEL}")
_LONGEST_HOST = 253
_REFUSED = re.compile(r"[\s\\<>\"`{}|^\x00-\x1f\x7f]")
_SAFE = "/%:@!$&'()*+,;=~-._?"


def orcid(given: str) -> str:
    """An ORCID iD as 0000-0000-0000-000X, given so, without hyphens or as its address. Raises ValueError.

    Its check digit is that of an ISNI (ISO 7064, mod 11-2).
    """
    plain = _ORCID_BEFORE.sub("", given.strip()).rstrip("/")
    if len(plain) > LONGEST_ADDRESS:
        raise ValueError("too long")
    try:
        digits = isni.validate(plain)
    except ValidationError as error:
        raise ValueError("no ORCID iD") from error
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def web_address(given: str) -> str:
    """An http(s) address with a public host and no password, in ASCII. Raises ValueError.

    The host is in its ASCII form, so that letters of another script cannot pass for a well-known name.
    """
    text = given.strip()
    if len(text) > LONGEST_ADDRESS or _REFUSED.search(text):
        raise ValueError("too long, or not one address")
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc:
        raise ValueError("not on the web, or with a password")
    address = f"{parts.scheme}://{_host_and_port(parts)}{quote(parts.path, safe=_SAFE)}"
    for mark, part in (("?", parts.query), ("#", parts.fragment)):
        address += mark + quote(part, safe=_SAFE) if part else ""
    if len(address) > LONGEST_ADDRESS * 3:
        raise ValueError("too long")
    return address


def host_of(address: str) -> str:
    """The host that a web address leads to."""
    return (urlsplit(address).hostname or "").removeprefix("www.")


def _host_and_port(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii").lower()
    if len(host) > _LONGEST_HOST or not _HOST.fullmatch(host):
        raise ValueError("no public host")
    return f"{host}:{parts.port}" if parts.port else host
