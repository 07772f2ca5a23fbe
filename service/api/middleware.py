"""Around every request: an id, a log line, figures, safe headers, and no fault of ours in plain sight."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import UTC, datetime

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.metrics import Metrics
from service.api.problems import InternalError, problem_response
from service.settings import Settings
from service.store.ids import UlidClock

__all__ = ["API_CSP", "PAGE_CSP", "Envelope"]

log = structlog.get_logger(__name__)

API_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": API_CSP,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_DRAIN_S = 5.0


class Envelope:
    """ASGI middleware; the outermost of the app's own layers."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._headers = {**_HEADERS, **({"Honmono-Demo": "true"} if settings.demo else {})}
        self._drain_bytes = 2 * settings.max_request_bytes
        self._ids = UlidClock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._headers, self._drain_bytes)
        exchange.id = self._request_id(exchange.headers)
        scope["honmono.request_id"] = exchange.id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=exchange.id)
        started = time.perf_counter()
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except Exception:  # the last line: nothing of a fault of ours may leave, and the next request works
            log.exception("request.failed")
            if exchange.status is None:
                answer = problem_response(InternalError("The service has failed; it is logged."), exchange.id)
                await answer(scope, exchange.receive, exchange.send)
        self._note(exchange, time.perf_counter() - started)

    def _request_id(self, headers: Headers) -> str:
        given = headers.get("x-request-id", "")
        return given if _REQUEST_ID.fullmatch(given) else self._ids.next(datetime.now(UTC))

    def _note(self, exchange: _Exchange, seconds: float) -> None:
        method = exchange.scope["method"] if exchange.scope["method"] in _METHODS else "other"
        route = getattr(exchange.scope.get("route"), "path", None) or "unmatched"
        status = exchange.status or 499
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.request_seconds.labels(method, route).observe(seconds)
        key = exchange.scope.get("honmono.key")
        log.info("request", method=method, route=route, status=status, key=key, ms=round(seconds * 1000, 1))


class _Exchange:
    """One request and its answer, as they pass."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str], drain_bytes: int
    ) -> None:
        self.scope = scope
        self.headers = Headers(scope=scope)
        self.id = ""
        self.status: int | None = None
        self._receive = receive
        self._send = send
        self._fixed = headers
        self._drain_bytes = drain_bytes
        self._begun = False
        self._ended = self.headers.get("content-length", "0") == "0" and (
            "transfer-encoding" not in self.headers
        )

    async def receive(self) -> Message:
        message = await self._receive()
        self._begun = True
        if message["type"] != "http.request" or not message.get("more_body", False):
            self._ended = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._fixed.items():
                headers.setdefault(name, value)
            headers["X-Request-Id"] = self.id
            await self._drain()
        await self._send(message)

    async def _drain(self) -> None:
        """Take in what is left of a refused body, and drop it.

        A client that is still sending would see a broken connection instead of the answer. One that waits
        for ``100 Continue`` is not sending yet, and is answered at once.
        """
        if self._ended or (not self._begun and self.headers.get("expect", "").lower() == "100-continue"):
            return
        dropped = 0
        try:
            async with asyncio.timeout(_DRAIN_S):
                while not self._ended and dropped <= self._drain_bytes:
                    dropped += len((await self.receive()).get("body", b""))
        except TimeoutError:
            log.info("request.drain_given_up")
