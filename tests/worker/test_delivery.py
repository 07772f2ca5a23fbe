"""Webhooks at a real receiver on loopback: signed, pinned, timed out, never redirected, never inwards."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from typing import Any

import pytest

from service.settings import Settings
from service.store.outbox import DueMessage
from service.worker.addresses import Refused, is_public, resolve, target
from service.worker.delivery import Outcome, deliver
from service.worker.signature import sign

NOW = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
OPEN = Settings(webhook_allowed_hosts="127.0.0.1, receiver.test", webhook_timeout_s=1.0)
CLOSED = Settings()


def message(url: str, secret: bytes = b"s" * 32) -> DueMessage:
    return DueMessage("msg_1", "whk_1", url, secret, '{"type":"batch.done"}', 1)


Received = list[tuple[str, dict[str, str], bytes]]


@contextmanager
def receiver(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[tuple[int, Received]]:
    seen: Received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            answer(self)

        def log_message(self, *_: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_port, seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def status(code: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()

    return answer


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the Standard Webhooks libraries."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_delivery_arrives_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver(status(204)) as (port, seen):
        assert deliver(message(f"http://127.0.0.1:{port}/in?a=b"), OPEN, now=NOW) == Outcome(204, None)
    (path, headers, body), *rest = seen
    assert not rest
    assert (path, headers["host"]) == ("/in?a=b", f"127.0.0.1:{port}")
    stamp = int(headers["webhook-timestamp"])
    assert stamp == int(NOW.timestamp())
    assert headers["webhook-signature"] == sign(b"s" * 32, headers["webhook-id"], stamp, body)


@pytest.mark.parametrize(
    ("code", "fault"), [(302, "redirect"), (307, "redirect"), (404, "status"), (410, "gone"), (500, "status")]
)
def test_answers_that_are_no_delivery(code: int, fault: str) -> None:
    with receiver(status(code, Location="http://127.0.0.1:1/elsewhere")) as (port, seen):
        assert deliver(message(f"http://127.0.0.1:{port}/"), OPEN, now=NOW) == Outcome(code, fault)
    assert len(seen) == 1, "a redirect is not followed"


def test_a_receiver_that_drips_is_hung_up_on() -> None:
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        while not stop.wait(0.1):
            try:
                handler.wfile.write(b"H")
            except OSError:
                return

    with receiver(drip) as (port, _):
        assert deliver(message(f"http://127.0.0.1:{port}/"), OPEN, now=NOW).fault in ("timeout", "protocol")
        stop.set()


def test_nobody_there_and_no_tls_are_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert deliver(message(f"http://127.0.0.1:{port}/"), OPEN, now=NOW) == Outcome(None, "unreachable")
    with receiver(status(204)) as (port, seen):
        assert deliver(message(f"https://127.0.0.1:{port}/"), OPEN, now=NOW).fault == "tls"
    assert not seen


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://user:pw@example.com/",
        "https://example.com/#x",
        "https://exa mple.com/",
        "https://localhost/",
        "https://a.localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest",
        "https://10.0.0.1/",
        "https://[fd00::1]/",
        "https://example.com:99999/",
        "https:///x",
        "//example.com",
        "https://exämple.com/",
        "https://example.com\\@127.0.0.1/",
    ],
)
def test_addresses_that_are_refused_as_they_are_written(url: str) -> None:
    with pytest.raises(Refused):
        target(url, CLOSED)
    assert deliver(message(url), CLOSED, now=NOW) == Outcome(None, "address_refused")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("fe80::1", False),
        ("ff02::1", False),
        ("::ffff:192.168.0.1", False),
        ("64:ff9b::10.0.0.1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


def named(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names be looked up to one list of addresses after another; the names that were asked for."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_a_name_that_leads_inwards_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for found in (["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], []):
        named(monkeypatch, found)
        fault = "address_refused" if found else "unresolvable"
        assert deliver(message("https://innocent.example/"), CLOSED, now=NOW) == Outcome(None, fault)


def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with receiver(status(200)) as (port, seen):
        asked = named(monkeypatch, ["127.0.0.1"], ["192.0.2.1"])
        sent = deliver(message(f"http://receiver.test:{port}/"), OPEN, now=NOW)
    assert sent == Outcome(200, None)
    assert asked == ["receiver.test"]
    assert seen[0][1]["host"] == f"receiver.test:{port}"


def test_an_allowed_host_may_be_private_and_others_still_not(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, ["10.0.0.1"])
    assert resolve(target("https://receiver.test/", OPEN))[1] == ("10.0.0.1", 443)
    with pytest.raises(Refused):
        resolve(target("https://other.test/", OPEN))
