"""Pages of other origins that embed a capture: which may, and what of this service they reach.

Nothing but the static client, the plan of a capture and the verification itself: with a token in a header,
never with a cookie. An origin that is not listed is answered as if there were no such rules.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import ConfigurationError

__all__ = ["Embedding", "embed_csp", "embed_origins"]

_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?|http://(localhost|127\.0\.0\.1)(:\d{1,5})?", re.ASCII)
_REACHED = frozenset({"/v1/verify", "/v1/capture-plan"})
_STATIC = "/static/"
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "authorization, content-type, idempotency-key, accept-language",
    "Access-Control-Max-Age": "600",
}


def embed_origins(setting: str) -> tuple[str, ...]:
    """The origins of ``HONMONO_EMBED_ORIGINS``; ConfigurationError for what is none.

    Only ``https``, and ``http`` on this machine: a page that came over a clear line may be anybody's.
    """
    origins = tuple(setting.split())
    wrong = [origin for origin in origins if not _ORIGIN.fullmatch(origin)]
    if wrong:
        raise ConfigurationError(
            f"HONMONO_EMBED_ORIGINS: {wrong[0]!r} is not an origin like https://hr.example.jp"
        )
    return origins


def embed_csp(page_csp: str, origins: tuple[str, ...]) -> str:
    """The policy of a page that listed origins may frame."""
    return page_csp.replace("frame-ancestors 'none'", " ".join(["frame-ancestors 'self'", *origins]))


class Embedding:
    """ASGI middleware: CORS for listed origins on the few paths that an embedded capture needs."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through, with leave to read its answer where its page is listed."""
        if scope["type"] != "http" or not _reached(scope["path"]):
            await self._app(scope, receive, send)
            return
        origin = Headers(scope=scope).get("origin")
        allowed = origin if origin in self._origins else None
        if allowed is not None and scope["method"] == "OPTIONS":
            await _preflight(allowed, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                _mark(MutableHeaders(scope=message), allowed, static=scope["path"].startswith(_STATIC))
            await send(message)

        await self._app(scope, receive, marked)


def _reached(path: str) -> bool:
    return path in _REACHED or path.startswith(_STATIC)


def _mark(headers: MutableHeaders, allowed: str | None, *, static: bool) -> None:
    headers.add_vary_header("Origin")
    if static:
        headers["Cache-Control"] = "no-cache"  # kept, and asked after by its digest
    if allowed is None:
        return
    headers["Access-Control-Allow-Origin"] = allowed
    headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-Id"
    if static:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"


async def _preflight(origin: str, send: Send) -> None:
    headers = MutableHeaders({"Access-Control-Allow-Origin": origin, "Vary": "Origin", **_PREFLIGHT})
    await send({"type": "http.response.start", "status": 204, "headers": headers.raw})
    await send({"type": "http.response.body", "body": b""})
