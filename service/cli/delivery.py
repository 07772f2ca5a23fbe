"""Handing a dump over to a service that waits for it under a one-time code."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, urlsplit

from service.errors import HonmonoError

__all__ = ["DeliveryFailed", "deliver", "destination"]

TIMEOUT_S = 30.0
MAX_ANSWER_BYTES = 64 * 1024
_MAX_DETAIL = 300


class DeliveryFailed(HonmonoError):
    """The service did not take the dump; the text says why and what to do."""


def destination(url: str, *, allow_plain_http: bool = False) -> SplitResult:
    """The address of a service, taken apart.

    Raises DeliveryFailed for anything but ``https``, and ``http`` on this machine: a dump names a person.
    """
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        named = False
    if not named or parts.username is not None or parts.query or parts.fragment:
        raise DeliveryFailed("--send takes the address of the service, like https://cards.example.jp")
    if parts.scheme == "http" and not allow_plain_http and not _is_loopback(parts.hostname or ""):
        raise DeliveryFailed(
            "A dump names a person and does not travel in plain: give an https address, "
            "or say --allow-plain-http where the network itself is trusted."
        )
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def deliver(to: SplitResult, code: str, dump: bytes) -> None:
    """Send a dump to the session of a code; redirects are not followed. Raises DeliveryFailed."""
    path = f"{to.path.rstrip('/')}/v1/sessions/{quote(code, safe='')}/chip"
    kind = HTTPSConnection if to.scheme == "https" else HTTPConnection
    connection = kind(to.hostname or "", to.port, timeout=TIMEOUT_S)
    try:
        connection.request("PUT", path, body=dump, headers={"Content-Type": "application/json"})
        answer = connection.getresponse()
        body = answer.read(MAX_ANSWER_BYTES)
    except (OSError, HTTPException) as error:
        raise DeliveryFailed(f"The service was not reached: {type(error).__name__}.") from error
    finally:
        connection.close()
    if answer.status not in (200, 204):
        raise DeliveryFailed(f"The service did not take the dump ({answer.status}): {_detail(body)}")


def _detail(body: bytes) -> str:
    """What the problem says of itself (RFC 9457), as one printable line."""
    try:
        text = str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        text = "it gave no reason; is this the address of the service?"
    return "".join(sign if sign.isprintable() else " " for sign in text)[:_MAX_DETAIL]
