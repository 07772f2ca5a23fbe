"""Who may send a card: a key, a browser that signed in, or a page that holds a capture token."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials

from service.api.access import BEARER, COOKIE, authenticate, desk_of
from service.api.guesses import network_of
from service.errors import Fault, Forbidden, RequestInvalid, Unauthenticated
from service.store.capture_tokens import TOKEN_PREFIX, CaptureToken
from service.store.keys import ApiKey, KeyRole, KeyScope
from service.submission import Submission, VerifyRequest

__all__ = ["Caller", "Sender", "bound"]

_NO_TOKEN = "This capture token is not known, or its time is over. Ask for a new one."
_THE_PAGES = frozenset({"tilt_axis", "layout", "detail"})
"""Members of a request that a page with a token may set; all others its key has fixed."""


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a card is sent, and the token that limits it."""

    key: ApiKey
    token: CaptureToken | None = None


def _sender(
    request: Request,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    _described: Annotated[str | None, Depends(COOKIE)],
) -> Caller:
    if given is None or not given.credentials.startswith(TOKEN_PREFIX):
        key = authenticate(request, given)
        return Caller(key)
    return _with_token(request, given.credentials)


def _with_token(request: Request, secret: str) -> Caller:
    """The key behind a token, which must be in force and allowed to send."""
    desk, now = desk_of(request), datetime.now(UTC)
    token = desk.store.capture_tokens.find(secret, now=now)
    key = desk.store.keys.by_id(token.owner, now=now) if token is not None else None
    if token is None or key is None:
        desk.key_guesses.take(network_of(request.client.host if request.client else None))
        raise Unauthenticated(_NO_TOKEN)
    request.scope["honmono.key"] = key.id
    desk.rates.take(key.id, key.requests_per_minute)
    if KeyScope.SUBMIT not in key.scopes or not key.role.covers(KeyRole.CLIENT):
        raise Forbidden("The key of this token may not submit.")
    return Caller(key, token)


Sender = Annotated[Caller, Depends(_sender)]
"""A valid key, a browser's session, or a capture token."""


def bound(submission: Submission, token: CaptureToken) -> Submission:
    """What the page has sent, as its token allows it.

    Raises Forbidden where the page sets what only the key may, RequestInvalid for parts that are no step of
    this capture.
    """
    request = submission.request
    meddled = sorted(
        name for name in request.model_fields_set if name not in _THE_PAGES and _set(request, name)
    )
    if meddled or request.detail != "standard":
        faults = (Fault(f"/request/{name}", "Was fixed when the token was made.") for name in meddled)
        raise Forbidden("A capture token carries its own request.", *faults)
    sent = {role.value for role in submission.pictures} | {f"tilt_{axis}" for axis in submission.tilt}
    sent |= {"chip"} if submission.chip is not None else set()
    strange = sorted(sent - set(token.steps))
    if strange:
        raise RequestInvalid(
            "The request holds parts that are no step of this capture.",
            *(Fault(f"/{name}", "Not among the steps of the token.") for name in strange),
        )
    return replace(submission, request=request.model_copy(update=dict(token.asked)))


def _set(request: VerifyRequest, name: str) -> bool:
    """Whether a member says something else than its default."""
    return bool(
        getattr(request, name) != VerifyRequest.model_fields[name].get_default(call_default_factory=True)
    )
