"""Bodies and answers of what people do: keys, signing in, the operator's list, lapse inquiries."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.cards.number import compact, well_formed
from service.store.browser_sessions import BrowserSession
from service.store.deny_list import Denied
from service.store.keys import ApiKey
from service.submission import Line, Rfc3339

__all__ = [
    "BrowserSessionModel",
    "DeniedModel",
    "DenyListModel",
    "DenyRequest",
    "KeyModel",
    "KeyRequest",
    "KeysModel",
    "LapseGuideModel",
    "LapseRequest",
    "NewKeyModel",
    "SignInRequest",
    "card_number_of",
    "denied_model",
    "key_model",
    "session_model",
]

_KEY = "key_01M80MBGEXRCZAZ3SQ77T2MVS3"
_REPORT = "vrf_01M80MBGEXRCZAZ3SQ77T2MVS3"


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    example: ClassVar[dict[str, Any]]


class KeyRequest(_Asked):
    """A key that shall be made."""

    example: ClassVar[dict[str, Any]] = {
        "role": "client",
        "name": "HR office Osaka",
        "scopes": ["submit", "read"],
        "expires_days": 365,
        "requests_per_minute": 60,
    }
    role: Literal["client", "inspector", "admin"]
    name: Line
    scopes: list[Literal["submit", "read", "erase"]] | None = Field(
        default=None, min_length=1, description="Less than the role allows; null for all of it."
    )
    expires_days: int | None = Field(default=None, ge=1, le=3650)
    requests_per_minute: int | None = Field(default=None, ge=1, le=100_000)


class KeyModel(_Answer):
    """A key as it may be shown: everything but the key itself."""

    example: ClassVar[dict[str, Any]] = {
        "id": _KEY,
        "begins_with": "hk_8Jm2xQ0z",
        "role": "client",
        "name": "HR office Osaka",
        "scopes": ["read", "submit"],
        "requests_per_minute": 60,
        "created_at": "2026-11-22T01:02:03Z",
        "expires_at": "2027-11-22T01:02:03Z",
        "revoked_at": None,
    }
    id: str
    begins_with: str
    role: Literal["client", "inspector", "admin"]
    name: str
    scopes: list[str]
    requests_per_minute: int | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class NewKeyModel(KeyModel):
    """A key with its text, shown this once."""

    example: ClassVar[dict[str, Any]] = {
        **KeyModel.example,
        "key": "hk_8Jm2xQ0zEXAMPLE-not-a-real-key-EXAMPLE00000",
    }
    key: str


class KeysModel(_Answer):
    """Every key."""

    example: ClassVar[dict[str, Any]] = {"object": "list", "data": [KeyModel.example]}
    object: Literal["list"] = "list"
    data: list[KeyModel]


def key_model(key: ApiKey) -> KeyModel:
    """A key as it is shown."""
    return KeyModel.model_validate(key_values(key))


def key_values(key: ApiKey) -> dict[str, Any]:
    """Members of ``KeyModel``."""
    return {
        "id": key.id,
        "begins_with": key.prefix,
        "role": key.role.value,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "requests_per_minute": key.requests_per_minute,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }


class SignInRequest(_Asked):
    """Signing in with a key."""

    example: ClassVar[dict[str, Any]] = {"key": "hk_8Jm2xQ0zEXAMPLE-not-a-real-key-EXAMPLE00000"}
    key: str = Field(min_length=1, max_length=256)


class BrowserSessionModel(_Answer):
    """Who is signed in. The token is in the cookie alone, where no script can read it."""

    example: ClassVar[dict[str, Any]] = {
        "role": "inspector",
        "name": "review desk",
        "key_id": _KEY,
        "csrf_token": "5f" * 32,
        "expires_at": "2026-11-22T09:02:03Z",
    }
    role: Literal["client", "inspector", "admin"]
    name: str
    key_id: str
    """As reviews name those who had a part in them."""
    csrf_token: str
    """Send it as ``X-CSRF-Token`` with everything that changes something."""
    expires_at: datetime


def session_model(session: BrowserSession, key: ApiKey) -> BrowserSessionModel:
    """A session as its page sees it."""
    return BrowserSessionModel(
        role=key.role.value,
        name=key.name,
        key_id=key.id,
        csrf_token=session.csrf_token,
        expires_at=session.expires_at,
    )


class DenyRequest(_Asked):
    """A number for the operator's own list."""

    example: ClassVar[dict[str, Any]] = {
        "card_number": "AB12345678CD",
        "reason": "Reported stolen by its holder.",
        "days": 365,
    }
    card_number: str = Field(max_length=32)
    reason: str | None = Field(default=None, min_length=3, max_length=500)
    days: int | None = Field(default=None, ge=1, le=3650, description="Days it stays; null until removed.")


def card_number_of(text: str) -> str | None:
    """The number in its normal form, None where it has not the form of one."""
    number = compact(text).upper()
    return number if well_formed(number) else None


class DeniedModel(_Answer):
    """A line of the list. The number itself is not kept."""

    example: ClassVar[dict[str, Any]] = {
        "id": "den_01M80MBGEXRCZAZ3SQ77T2MVS3",
        "added_at": "2026-11-22T01:02:03Z",
        "added_by": _KEY,
        "expires_at": "2027-11-22T01:02:03Z",
        "reason": "Reported stolen by its holder.",
    }
    id: str
    added_at: datetime
    added_by: str
    expires_at: datetime | None
    reason: str | None


class DenyListModel(_Answer):
    """The list."""

    example: ClassVar[dict[str, Any]] = {"object": "list", "data": [DeniedModel.example]}
    object: Literal["list"] = "list"
    data: list[DeniedModel]


def denied_model(line: Denied) -> DeniedModel:
    """A line as it is shown."""
    return DeniedModel(
        id=line.id,
        added_at=line.added_at,
        added_by=line.added_by,
        expires_at=line.expires_at,
        reason=line.reason,
    )


class LapseRequest(_Asked):
    """What the issuer's page answered."""

    example: ClassVar[dict[str, Any]] = {
        "result": "not_lapsed",
        "at": "2026-11-22T02:00:00Z",
        "by": "Suzuki, HR",
    }
    result: Literal["not_lapsed", "lapsed", "unknown"]
    at: Rfc3339
    by: Line = Field(min_length=1)


class _TypeIn(_Answer):
    example: ClassVar[dict[str, Any]] = {"card_number": "AB12345678CD", "card_valid_until": "2027-10-20"}
    card_number: str | None
    card_valid_until: str | None


class _Recorded(_Answer):
    example: ClassVar[dict[str, Any]] = {**LapseRequest.example, "recorded_at": "2026-11-22T02:01:00Z"}
    result: Literal["not_lapsed", "lapsed", "unknown"]
    at: datetime | None
    by: str | None
    recorded_at: datetime


class LapseGuideModel(_Answer):
    """Where to ask, what to type there, and what was recorded so far."""

    example: ClassVar[dict[str, Any]] = {
        "url": "https://lapse-immi.moj.go.jp/",
        "type_in": _TypeIn.example,
        "recorded": [_Recorded.example],
    }
    url: str
    """The issuer's page. It has a picture puzzle: only a person can ask."""
    type_in: _TypeIn
    recorded: list[_Recorded]

    @classmethod
    def of(
        cls, url: str, number: str | None, until: str | None, recorded: list[dict[str, Any]]
    ) -> LapseGuideModel:
        """Made of plain values."""
        return cls.model_validate(
            {"url": url, "type_in": {"card_number": number, "card_valid_until": until}, "recorded": recorded}
        )
