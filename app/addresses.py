"""Addresses: which email addresses are one person's, and which network a request comes from."""

import ipaddress
import unicodedata

from app.settings import Settings

# What one household or organisation commonly has: prefixes of IPv4 and IPv6 (RFC 6177).
NETWORK_V4, NETWORK_V6, HOST_V6 = 24, 48, 64


def email_key(settings: Settings, email: str) -> str:
    """The form in which two addresses of one mailbox are equal: Unicode, letter case, domain, and what the settings say.

    `email` has the shape of an address.
    """
    local, _, domain = unicodedata.normalize("NFKC", email).casefold().rpartition("@")
    domain = _ascii(domain)
    if settings.email_plus_is_alias:
        local = local.partition("+")[0] or local
    if domain in settings.email_dots_ignored_at.split(","):
        local = local.replace(".", "") or local
    return f"{local}@{domain}"


def masked(email: str) -> str:
    """An address that its owner recognises and nobody else learns: h•••@e•••.org."""
    local, _, domain = email.rpartition("@")
    name, _, ending = domain.rpartition(".")
    return f"{local[:1]}•••@{name[:1]}•••.{ending}"


def _ascii(domain: str) -> str:
    """The domain as the network knows it (IDNA), or unchanged where that is impossible."""
    try:
        return domain.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def host_of(address: str) -> str:
    """The one customer behind an IP address: the address itself, or its /64 in IPv6."""
    return _prefix(address, 32, HOST_V6)


def is_this_machine(address: str) -> bool:
    """Whether an IP address is one of this machine's own (loopback)."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def network_of(address: str) -> str:
    """The network an IP address belongs to."""
    return _prefix(address, NETWORK_V4, NETWORK_V6)


def _prefix(address: str, length_v4: int, length_v6: int) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    length = length_v4 if ip.version == 4 else length_v6  # noqa: PLR2004 - the version of the protocol
    return str(ipaddress.ip_network(f"{ip}/{length}", strict=False))
