"""Who is asking, and may he: bearer keys or a browser's session, their rate, scope and role."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from service.api.desk import Desk
from service.api.guesses import network_of
from service.errors import Forbidden, Unauthenticated
from service.store.keys import ApiKey, KeyRole, KeyScope
from service.submission import Detail

__all__ = [
    "BEARER",
    "COOKIE",
    "CSRF_HEADER",
    "PLAIN_COOKIE",
    "SECURE_COOKIE",
    "Admin",
    "Client",
    "Inspector",
    "authenticate",
    "cookie_of",
    "desk_of",
    "key_of_secret",
    "may_see_detail",
    "owner_scope",
]

SECURE_COOKIE = "__Host-honmono"
"""Over TLS: the prefix makes browsers refuse it from anything but this host over TLS (RFC 6265bis §4.1.3)."""
PLAIN_COOKIE = "honmono"
"""Without TLS, as on a loopback."""
CSRF_HEADER = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SCOPES = {"GET": KeyScope.READ, "HEAD": KeyScope.READ, "DELETE": KeyScope.ERASE}
_SIGN_OUT = "/v1/browser-session"
"""Whoever could sign in may sign out."""
_NO_KEY = "Send a valid key as Authorization: Bearer KEY, or sign in."

BEARER = HTTPBearer(auto_error=False, bearerFormat="hk_…", description="A key made by `honmono keys create`.")
COOKIE = APIKeyCookie(
    name=SECURE_COOKIE,
    auto_error=False,
    scheme_name="BrowserSession",
    description="From `POST /v1/browser-session`; what changes anything needs `X-CSRF-Token` too.",
)


def desk_of(request: Request) -> Desk:
    """What the app was made of."""
    desk: Desk = request.app.state.desk
    return desk


def cookie_of(request: Request) -> str | None:
    """The token of a browser's session, None where none came along."""
    return request.cookies.get(SECURE_COOKIE) or request.cookies.get(PLAIN_COOKIE)


def key_of_secret(request: Request, secret: str) -> ApiKey:
    """The key with this text. Unauthenticated where there is none, RateLimited after too many of those.

    A right key is never held up by the wrong ones of its neighbours.
    """
    desk = desk_of(request)
    key = desk.store.keys.authenticate(secret)
    if key is None:
        desk.key_guesses.take(network_of(request.client.host if request.client else None))
        raise Unauthenticated(_NO_KEY)
    return key


def _of_session(request: Request, token: str) -> ApiKey:
    """The key behind a browser's session; what changes anything must name the word of the session too."""
    desk, now = desk_of(request), datetime.now(UTC)
    found = desk.store.browser_sessions.find(token, now=now)
    key = desk.store.keys.by_id(found.key_id, now=now) if found is not None else None
    if found is None or key is None:
        raise Unauthenticated("You are not signed in any more; sign in again.")
    given = request.headers.get(CSRF_HEADER, "")
    if request.method not in _SAFE and not hmac.compare_digest(given.encode(), found.csrf_token.encode()):
        raise Forbidden(f"A page must send the session's word as {CSRF_HEADER} with this.")
    return key


def authenticate(request: Request, given: HTTPAuthorizationCredentials | None) -> ApiKey:
    """The key that came with the request; Unauthenticated, Forbidden or RateLimited otherwise."""
    token = cookie_of(request)
    if given is not None:
        key = key_of_secret(request, given.credentials)
    elif token is not None:
        key = _of_session(request, token)
    else:
        raise Unauthenticated(_NO_KEY)
    request.scope["honmono.key"] = key.id
    desk_of(request).rates.take(key.id, key.requests_per_minute)
    needed = _SCOPES.get(request.method, KeyScope.SUBMIT)
    if needed not in key.scopes and request.url.path != _SIGN_OUT:
        raise Forbidden(f"This needs a key of the scope {needed.value}.")
    return key


def _authenticate(
    request: Request,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    _described: Annotated[str | None, Depends(COOKIE)],
) -> ApiKey:
    return authenticate(request, given)


def _needs(role: KeyRole) -> Callable[[ApiKey], ApiKey]:
    def check(key: Annotated[ApiKey, Depends(_authenticate)]) -> ApiKey:
        if not key.role.covers(role):
            raise Forbidden(f"This needs a key of the role {role.value}.")
        return key

    return check


Client = Annotated[ApiKey, Depends(_needs(KeyRole.CLIENT))]
"""Any valid key."""
Inspector = Annotated[ApiKey, Depends(_needs(KeyRole.INSPECTOR))]
"""A key of somebody who reviews."""
Admin = Annotated[ApiKey, Depends(_needs(KeyRole.ADMIN))]
"""A key of the operator."""


def may_see_detail(key: ApiKey, detail: Detail) -> None:
    """Forbidden where a client asks for what would teach a forger what to mend."""
    if detail == "full" and not key.role.covers(KeyRole.INSPECTOR):
        raise Forbidden("detail=full needs a key of the role inspector or admin.")


def owner_scope(key: ApiKey) -> str | None:
    """Whose reports a key reads: its own, or everyone's for those who review."""
    return None if key.role.covers(KeyRole.INSPECTOR) else key.id
