"""Who is asking, and may he: bearer keys, their rate, their role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.api.desk import Desk
from service.errors import Forbidden, Unauthenticated
from service.store.keys import ApiKey, KeyRole
from service.submission import Detail

__all__ = ["Admin", "Client", "desk_of", "may_see_detail", "owner_scope"]

_BEARER = HTTPBearer(
    auto_error=False, bearerFormat="hk_…", description="A key made by `honmono keys create`."
)


def desk_of(request: Request) -> Desk:
    """What the app was made of."""
    desk: Desk = request.app.state.desk
    return desk


def _authenticate(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> ApiKey:
    """The key that came with the request; Unauthenticated or RateLimited otherwise."""
    desk = desk_of(request)
    key = desk.store.keys.authenticate(given.credentials) if given is not None else None
    if key is None:
        raise Unauthenticated("Send a valid key as Authorization: Bearer KEY.")
    request.scope["honmono.key"] = key.id
    desk.rates.take(key.id)
    return key


def _needs(role: KeyRole) -> Callable[[ApiKey], ApiKey]:
    def check(key: Annotated[ApiKey, Depends(_authenticate)]) -> ApiKey:
        if not key.role.covers(role):
            raise Forbidden(f"This needs a key of the role {role.value}.")
        return key

    return check


Client = Annotated[ApiKey, Depends(_needs(KeyRole.CLIENT))]
"""Any valid key."""
Admin = Annotated[ApiKey, Depends(_needs(KeyRole.ADMIN))]
"""A key of the operator."""


def may_see_detail(key: ApiKey, detail: Detail) -> None:
    """Forbidden where a client asks for what would teach a forger what to mend."""
    if detail == "full" and not key.role.covers(KeyRole.INSPECTOR):
        raise Forbidden("detail=full needs a key of the role inspector or admin.")


def owner_scope(key: ApiKey) -> str | None:
    """Whose reports a key reads: its own, or everyone's for those who review."""
    return None if key.role.covers(KeyRole.INSPECTOR) else key.id
