"""Where a webhook may go: no address of this machine or its neighbours, unless the operator allows the host.

A name is looked up once, every address that it has must be public, and the connection goes to the address
that was looked at: a name that answers otherwise a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from service.settings import Settings

__all__ = ["Refused", "Target", "is_public", "resolve", "target"]

_NAT64 = IPv6Network("64:ff9b::/96")
_PORTS = {"https": 443, "http": 80}


class Refused(Exception):
    """An address that may not be used; ``fault`` is the word for the log and the list of deliveries."""

    def __init__(self, fault: str, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in its parts."""

    secure: bool
    host: str
    """As in the URL, lower case, without brackets."""
    port: int
    path: str
    """With the query."""
    allowed: bool
    """The operator has named this host: it may be private, and without TLS."""

    @property
    def authority(self) -> str:
        """The ``Host`` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"


def _allowed(settings: Settings) -> set[str]:
    return {host.strip().lower() for host in settings.webhook_allowed_hosts.split(",") if host.strip()}


def target(url: str, settings: Settings) -> Target:
    """The parts of a URL; Refused where no webhook may go there. Looks up no name."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise Refused("address_refused", "Is not a URL.") from error
    if parts.scheme not in _PORTS or not host or not url.isascii() or not url.isprintable():
        raise Refused("address_refused", "Must be an https URL.")
    if "@" in parts.netloc or parts.fragment or " " in url or "\\" in url:
        raise Refused("address_refused", "May hold no user, password or fragment.")
    allowed = host in _allowed(settings)
    if parts.scheme == "http" and not allowed:
        raise Refused("address_refused", "Must be https; HONMONO_WEBHOOK_ALLOWED_HOSTS names exceptions.")
    if not allowed and not _literal_is_public(host):
        raise Refused("address_refused", "Must be a public address.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port or _PORTS[parts.scheme], path, allowed)


def _literal_is_public(host: str) -> bool:
    """False for a written-out private address; a name is looked up when it is used."""
    try:
        return is_public(ip_address(host))
    except ValueError:
        return host != "localhost" and not host.endswith(".localhost")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is out in the internet, also where it is wrapped in an IPv6 address."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in _NAT64:
            inner = IPv4Address(address.packed[-4:])
        if inner is not None and not is_public(inner):
            return False
    return address.is_global and not address.is_multicast


def resolve(where: Target) -> tuple[int, tuple[str, int]]:
    """Address family and address to connect to; Refused where any address of the name is not public."""
    try:
        found = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refused("unresolvable", "The name cannot be looked up.") from error
    addresses = [(family, str(place[0])) for family, _, _, _, place in found]
    if not addresses:
        raise Refused("unresolvable", "The name has no address.")
    public = all(is_public(ip_address(address.partition("%")[0])) for _, address in addresses)
    if not where.allowed and not public:
        raise Refused("address_refused", "The name leads to an address that is not public.")
    family, address = addresses[0]
    return family, (address, where.port)
