"""Bodies and answers of reviews: the queue, one review with its history, decisions, agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.report import Report
from service.store.reviews import Review, ReviewEvent

__all__ = [
    "DecisionRequest",
    "ReviewEventModel",
    "ReviewModel",
    "ReviewedModel",
    "ReviewsModel",
    "SecondRequest",
    "StatisticsModel",
    "review_model",
]

_KEY = "key_01M80MBGEXRCZAZ3SQ77T2MVS3"
_REPORT = "vrf_01M80MBGEXRCZAZ3SQ77T2MVS3"
_Reason = Field(min_length=3, max_length=2000, description="In your own words; kept sealed with the report.")


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    example: ClassVar[dict[str, Any]]


class ReviewEventModel(_Answer):
    """One step of a review."""

    example: ClassVar[dict[str, Any]] = {
        "at": "2026-11-22T02:00:00Z",
        "actor": _KEY,
        "action": "proposed",
        "decision": "report_as_forged",
        "reason": "The photo has another background than the card.",
    }
    at: datetime
    actor: str
    action: str
    decision: str | None
    reason: str | None


class ReviewedModel(_Answer):
    """What a review is about, for the queue."""

    example: ClassVar[dict[str, Any]] = {
        "client_reference": "applicant-123",
        "layout": "jp.residence_card.gen1",
        "verdict_reason": "security.strip.unlike",
        "next_action": "manual_review",
        "has_chip": False,
    }
    client_reference: str | None
    layout: str | None
    verdict_reason: str
    next_action: str
    has_chip: bool


class ReviewModel(_Answer):
    """A review as it stands."""

    example: ClassVar[dict[str, Any]] = {
        "id": _REPORT,
        "verdict": "suspect",
        "state": "awaiting_second",
        "opened_at": "2026-11-22T01:02:03Z",
        "claimed_by": _KEY,
        "claimed_until": None,
        "decision": "report_as_forged",
        "decided_by": _KEY,
        "decided_at": "2026-11-22T02:00:00Z",
        "seconded_by": None,
        "people": {_KEY: "review desk"},
        "about": ReviewedModel.example,
        "history": [ReviewEventModel.example],
    }
    id: str
    """That of the verification."""
    verdict: str
    state: Literal["open", "claimed", "awaiting_second", "decided"]
    opened_at: datetime
    claimed_by: str | None
    claimed_until: datetime | None
    decision: Literal["genuine", "report_as_forged", "not_in_force", "cannot_tell"] | None
    decided_by: str | None
    decided_at: datetime | None
    seconded_by: str | None
    people: dict[str, str] | None = None
    """Names of the keys of those who had a part, by id; only where reviews are read."""
    about: ReviewedModel | None = None
    """Only where reviews are read."""
    history: list[ReviewEventModel] | None = None
    """Only where one review is read by itself."""


class ReviewsModel(_Answer):
    """A page of the queue, oldest first."""

    example: ClassVar[dict[str, Any]] = {
        "object": "list",
        "data": [{**ReviewModel.example, "history": None}],
        "has_more": False,
        "next_cursor": None,
    }
    object: Literal["list"] = "list"
    data: list[ReviewModel]
    has_more: bool
    next_cursor: str | None


def review_model(
    review: Review,
    *,
    report: Report | None = None,
    people: Mapping[str, str] | None = None,
    history: Sequence[ReviewEvent] | None = None,
) -> ReviewModel:
    """A review as it is shown; with what it is about where the report is given."""
    return ReviewModel(
        id=review.verification_id,
        verdict=review.verdict.value,
        state=review.state.value,
        opened_at=review.opened_at,
        claimed_by=review.claimed_by,
        claimed_until=review.claimed_until,
        decision=review.decision.value if review.decision else None,
        decided_by=review.decided_by,
        decided_at=review.decided_at,
        seconded_by=review.seconded_by,
        people=dict(people) if people is not None else None,
        about=_about(report) if report is not None else None,
        history=[_event(event) for event in history] if history is not None else None,
    )


def _about(report: Report) -> ReviewedModel:
    return ReviewedModel(
        client_reference=report.client_reference,
        layout=report.document.layout,
        verdict_reason=report.verdict_reason,
        next_action=report.next_action.value,
        has_chip=any(part.role == "chip" for part in report.inputs),
    )


def _event(event: ReviewEvent) -> ReviewEventModel:
    return ReviewEventModel(
        at=event.at,
        actor=event.actor,
        action=event.action,
        decision=event.decision.value if event.decision else None,
        reason=event.reason,
    )


class DecisionRequest(_Asked):
    """What a person found."""

    example: ClassVar[dict[str, Any]] = {
        "decision": "genuine",
        "reason": "Compared with the card at the desk.",
    }
    decision: Literal["genuine", "report_as_forged", "not_in_force", "cannot_tell"]
    reason: str = _Reason


class SecondRequest(_Asked):
    """What the second person says to a report as forged."""

    example: ClassVar[dict[str, Any]] = {"agrees": True, "reason": "The hologram is printed."}
    agrees: bool
    reason: str = _Reason


class StatisticsModel(_Answer):
    """How often verdict and person agreed, over all reviews that were ever decided."""

    example: ClassVar[dict[str, Any]] = {
        "decided": 10,
        "counts": {"suspect": {"report_as_forged": 6, "genuine": 2}, "inconclusive": {"genuine": 2}},
        "suspect_confirmed": 0.75,
    }
    decided: int
    counts: dict[str, dict[str, int]]
    """By verdict, then by decision."""
    suspect_confirmed: float | None
    """Share of ``suspect`` that people told forged among those told forged or genuine."""
