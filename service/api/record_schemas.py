"""Answers about records: links between reports, kept files, what expires, what an employer must report."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from service.store.registry import Link

__all__ = [
    "EvidenceListModel",
    "ExpiringModel",
    "ExpiringStayModel",
    "ExplainedModel",
    "LinkModel",
    "LinksModel",
    "NoticeFieldModel",
    "NoticeModel",
    "link_model",
]

_REPORT = "vrf_01M80MBGEXRCZAZ3SQ77T2MVS3"


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    example: ClassVar[dict[str, Any]]


class LinkModel(_Answer):
    """Another report; likenesses are 0 ... 1, null where one of the two was not read."""

    example: ClassVar[dict[str, Any]] = {
        "id": _REPORT,
        "seen_at": "2026-11-20T01:02:03Z",
        "verdict": "no_sign_of_forgery",
        "same_number": True,
        "name_likeness": 0.21,
        "birth_likeness": 0.5,
        "photo_likeness": 0.97,
    }
    id: str
    seen_at: datetime
    verdict: str
    same_number: bool | None
    name_likeness: float | None
    birth_likeness: float | None
    photo_likeness: float | None


class LinksModel(_Answer):
    """Reports that share number or photo with this one."""

    example: ClassVar[dict[str, Any]] = {"object": "list", "data": [LinkModel.example]}
    object: Literal["list"] = "list"
    data: list[LinkModel]


def _round(value: float | None) -> float | None:
    return round(value, 2) if value is not None else None


def link_model(link: Link) -> LinkModel:
    """A link as it is shown."""
    seen = link.encounter
    return LinkModel(
        id=link.verification_id,
        seen_at=link.seen_at,
        verdict=link.verdict,
        same_number=seen.same_number,
        name_likeness=_round(seen.name),
        birth_likeness=_round(seen.birth),
        photo_likeness=_round(seen.photo),
    )


class EvidenceListModel(_Answer):
    """Names of the kept files."""

    example: ClassVar[dict[str, Any]] = {"object": "list", "data": ["chip", "front", "tilt_vertical/0"]}
    object: Literal["list"] = "list"
    data: list[str]


class ExpiringStayModel(_Answer):
    """A card whose stay or validity ends soon, by its latest report."""

    example: ClassVar[dict[str, Any]] = {
        "id": _REPORT,
        "client_reference": "applicant-123",
        "card_number": "AB12345678CD",
        "name": "TURNER ELIZABETH",
        "verdict": "no_sign_of_forgery",
        "stay_until": "2027-01-20",
        "card_valid_until": "2027-01-20",
        "days_left": 59,
    }
    id: str
    client_reference: str | None
    card_number: str | None
    name: str | None
    verdict: str
    stay_until: date | None
    card_valid_until: date | None
    days_left: int
    """Until the earlier of the two, counted in Japan."""


class ExpiringModel(_Answer):
    """What ends within the time asked for, the soonest first."""

    example: ClassVar[dict[str, Any]] = {"object": "list", "data": [ExpiringStayModel.example]}
    object: Literal["list"] = "list"
    data: list[ExpiringStayModel]


class ExplainedModel(_Answer):
    """What the card, if real, allows, in words. It says nothing about whether the card is real."""

    example: ClassVar[dict[str, Any]] = {
        "id": _REPORT,
        "verdict": "no_sign_of_forgery",
        "card": "The card is valid until 2027-10-20.",
        "stay": "The stay is allowed until 2027-10-20.",
        "work": "Work is allowed for at most 28 hours a week, with the permission on the back.",
        "missing": [],
        "ask_for": ["Ask whether the holder works elsewhere too: the hours count together."],
    }
    id: str
    verdict: str
    card: str
    stay: str
    work: str
    missing: list[str]
    """What is not shown and would be needed."""
    ask_for: list[str]
    """What to ask the holder for."""


class NoticeFieldModel(_Answer):
    """One field of the notice."""

    example: ClassVar[dict[str, Any]] = {
        "name": "residence_status",
        "label": "在留資格",
        "value": "留学",
        "source": "card",
    }
    name: str
    label: str
    """As the form calls it."""
    value: str | None
    source: Literal["card", "employer"]
    """``employer`` for what no card shows."""


class NoticeModel(_Answer):
    """The fields of the 外国人雇用状況の届出 (様式第3号) that a card holds."""

    example: ClassVar[dict[str, Any]] = {
        "id": _REPORT,
        "form": "外国人雇用状況届出書（様式第3号）",
        "needed": True,
        "fields": [NoticeFieldModel.example],
        "missing": ["furigana"],
    }
    id: str
    form: str
    needed: bool | None
    """False for those whom the duty leaves out (特別永住者, 外交, 公用); null where that is not known."""
    fields: list[NoticeFieldModel]
    missing: list[str]
    """Names of fields of the card that were not read."""
