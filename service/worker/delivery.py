"""Sending one webhook: to the address that was checked, signed, within a time limit, following nothing."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime

from service import __version__
from service.settings import Settings
from service.store.outbox import DueMessage
from service.worker.addresses import Refused, Target, resolve, target
from service.worker.signature import headers

__all__ = ["Outcome", "deliver"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try went."""

    status: int | None
    """HTTP status, None where there was no answer."""
    fault: str | None
    """None for a delivery; else ``address_refused``, ``unresolvable``, ``unreachable``, ``timeout``, ``tls``,
    ``protocol``, ``redirect``, ``status`` or ``gone``."""


def deliver(message: DueMessage, settings: Settings, *, now: datetime) -> Outcome:
    """Send a message once; never raises for what a receiver does."""
    try:
        where = target(message.url, settings)
        return _judge(_post(where, message, settings.webhook_timeout_s, now))
    except Refused as refused:
        return Outcome(None, refused.fault)
    except TimeoutError:
        return Outcome(None, "timeout")
    except ssl.SSLError:
        return Outcome(None, "tls")
    except OSError:
        return Outcome(None, "unreachable")
    except (http.client.HTTPException, ValueError):
        return Outcome(None, "protocol")


def _judge(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome(status, None)
    if status == 410:
        return Outcome(status, "gone")
    return Outcome(status, "redirect" if 300 <= status < 400 else "status")


def _post(where: Target, message: DueMessage, seconds: float, now: datetime) -> int:
    family, address = resolve(where)
    body = message.body.encode()
    sent = {
        "Host": where.authority,
        "Content-Type": "application/json",
        "User-Agent": f"Honmono/{__version__}",
        "Connection": "close",
        **headers(message.secret, message.id, int(now.timestamp()), body),
    }
    link = socket.socket(family, socket.SOCK_STREAM)
    link.settimeout(seconds)
    if where.secure:
        context = ssl.create_default_context()
        link = context.wrap_socket(link, server_hostname=where.host, do_handshake_on_connect=False)
    with closing(link), _Deadline(link, seconds) as deadline:
        try:
            link.connect(address)
            if isinstance(link, ssl.SSLSocket):
                link.do_handshake()
            return _exchange(link, where, sent, body)
        except (OSError, http.client.HTTPException) as error:
            if deadline.passed:
                raise TimeoutError from error
            raise


def _exchange(link: socket.socket, where: Target, sent: dict[str, str], body: bytes) -> int:
    """The status of the answer; what else it holds is not read."""
    connection = http.client.HTTPConnection(where.host, where.port)
    connection.sock = link
    try:
        connection.putrequest("POST", where.path, skip_host=True, skip_accept_encoding=True)
        for name, value in {**sent, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        return connection.getresponse().status
    finally:
        connection.close()


class _Deadline:
    """Hangs up when the whole exchange has taken too long, however busily the other end drips."""

    def __init__(self, link: socket.socket, seconds: float) -> None:
        self._link = link
        self.passed = False
        self._timer = threading.Timer(seconds, self._hang_up)

    def _hang_up(self) -> None:
        self.passed = True
        with suppress(OSError):
            self._link.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
