"""Bodies and answers of embedded captures: the token, the plan of the steps, the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import SystemRandom
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from service.settings import Settings
from service.store.capture_tokens import CaptureToken
from service.submission import Line, Store

__all__ = [
    "STEPS",
    "CapturePlanModel",
    "CaptureReceiptModel",
    "CaptureTokenModel",
    "CaptureTokenRequest",
    "Step",
    "capture_token_model",
    "plan_model",
    "shuffled",
]

Step = Literal["front", "back", "tilt_vertical", "tilt_horizontal", "see_through", "companion"]
STEPS: tuple[Step, ...] = ("front", "back", "tilt_vertical", "tilt_horizontal", "see_through", "companion")
"""Steps of a capture; each is named as the part of ``POST /v1/verify`` that it fills."""
_TILTS = frozenset({"tilt_vertical", "tilt_horizontal"})
_FRAMES = 18
_RANDOM = SystemRandom()


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    example: ClassVar[dict[str, Any]]


class CaptureTokenRequest(_Asked):
    """What one embedded capture may do. The page that holds the token can change nothing of it."""

    example: ClassVar[dict[str, Any]] = {
        "client_reference": "applicant-123",
        "steps": ["front", "back", "tilt_vertical"],
        "return": "reference_only",
    }
    client_reference: Line | None = Field(default=None, description="Your own reference for the report.")
    steps: list[Step] = Field(
        default_factory=lambda: list(STEPS[:4]), min_length=1, max_length=6, description="What is captured."
    )
    answer: Literal["reference_only", "report"] = Field(
        default="reference_only",
        alias="return",
        description="What the page gets: the number of the report alone, or the report.",
    )
    minutes: int | None = Field(default=None, ge=1, le=60, description="How long the token holds.")
    policy: str = Field(default="default", min_length=1, max_length=64)
    store: Store = "report"

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if len(set(self.steps)) != len(self.steps):
            raise ValueError("steps names one twice")
        if not {"front", "back"} & set(self.steps):
            raise ValueError("steps needs front or back")
        if self.answer == "reference_only" and self.store == "none":
            raise ValueError("a report that is neither kept nor returned serves nobody")
        return self


class CaptureTokenModel(_Answer):
    """A token with its text, shown this once."""

    example: ClassVar[dict[str, Any]] = {
        "id": "cap_01M80MBGEXRCZAZ3SQ77T2MVS3",
        "object": "capture_token",
        "token": "ct_EXAMPLE-not-a-real-token-EXAMPLE-0000000000000",
        "client_reference": "applicant-123",
        "steps": ["front", "back", "tilt_vertical"],
        "return": "reference_only",
        "created_at": "2026-11-22T01:02:03Z",
        "expires_at": "2026-11-22T01:17:03Z",
    }
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str
    object: Literal["capture_token"] = "capture_token"
    token: str = Field(
        description="For the attribute `token` of `<card-capture>`; good for one verification."
    )
    client_reference: str | None
    steps: list[Step]
    answer: Literal["reference_only", "report"] = Field(alias="return")
    created_at: datetime
    expires_at: datetime


class CapturePlanModel(_Answer):
    """The steps of one capture in the order that the service has chosen."""

    example: ClassVar[dict[str, Any]] = {
        "object": "capture_plan",
        "steps": ["front", "back", "tilt_horizontal", "tilt_vertical"],
        "tilt_frames": 18,
        "max_file_bytes": 25165824,
    }
    object: Literal["capture_plan"] = "capture_plan"
    steps: list[Step]
    tilt_frames: int = Field(description="Frames to send of each sequence.")
    max_file_bytes: int


class CaptureReceiptModel(_Answer):
    """What an embedded page gets unless its token says otherwise: where the report stands, and no verdict."""

    example: ClassVar[dict[str, Any]] = {
        "id": "vrf_01M80MBGEXRCZAZ3SQ77T2MVS3",
        "object": "capture_receipt",
        "client_reference": "applicant-123",
        "created_at": "2026-11-22T01:04:05Z",
    }
    id: str
    object: Literal["capture_receipt"] = "capture_receipt"
    client_reference: str | None
    created_at: datetime


def shuffled(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps with the tilts in an order that nobody can know beforehand.

    A cheap challenge: a clip that was recorded before shows, half of the time, the wrong movement.
    """
    tilts = [step for step in steps if step in _TILTS]
    _RANDOM.shuffle(tilts)
    return tuple(tilts.pop() if step in _TILTS else step for step in steps)


def plan_model(steps: Sequence[str], settings: Settings) -> CapturePlanModel:
    """The plan of these steps."""
    return CapturePlanModel.model_validate(
        {
            "steps": list(steps),
            "tilt_frames": min(_FRAMES, settings.max_frames),
            "max_file_bytes": settings.max_part_bytes,
        }
    )


def capture_token_model(made: CaptureToken, secret: str) -> CaptureTokenModel:
    """A token as it is shown to its key."""
    return CaptureTokenModel.model_validate(
        {
            "id": made.id,
            "token": secret,
            "client_reference": made.asked["client_reference"],
            "steps": list(made.steps),
            "answer": "report" if made.whole_report else "reference_only",
            "created_at": made.created_at,
            "expires_at": made.expires_at,
        }
    )
