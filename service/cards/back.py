"""The back and the chip's unsigned files: permission for other work, pending applications."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from service.cards.lookalike import edits, fold
from service.cards.tables import Provenance, provenance, table

__all__ = [
    "PendingApplication",
    "Permission",
    "PermissionKind",
    "PermissionText",
    "application_of_text",
    "permission_of_code",
    "permission_of_text",
    "permission_texts",
]

_SLIPS = 3
"""Signs that may be misread in a text of the back; the texts differ from each other by far more."""


class PermissionKind(StrEnum):
    """Permission to do work outside the status (資格外活動許可)."""

    WEEKLY_28_HOURS = "weekly_28_hours"
    WEEKLY_28_HOURS_EDUCATION = "weekly_28_hours_education"
    INDIVIDUAL = "individual"


@dataclass(frozen=True, slots=True)
class PermissionText:
    """A permission as data."""

    kind: PermissionKind
    text: str | None
    """What the back of a first-generation card prints, in normal form."""
    chip_code: str | None
    """Comprehensive permission code in a second-generation chip."""
    hours_per_week: int | None
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission found for one card."""

    kind: PermissionKind
    evidence: str
    """``signed``, ``printed`` or ``unsigned_chip``."""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class PendingApplication:
    """A note that a change or renewal was applied for. Its absence proves nothing: online ones leave none."""

    evidence: str
    """``signed``, ``printed`` or ``unsigned_chip``."""


def _nfkc(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _text(row: Mapping[str, Any]) -> PermissionText:
    return PermissionText(
        kind=PermissionKind(row["kind"]),
        text=_nfkc(row["text"]) if "text" in row else None,
        chip_code=row.get("chip_code"),
        hours_per_week=row.get("hours_per_week"),
        provenance=provenance(row),
    )


@lru_cache(maxsize=1)
def permission_texts() -> Mapping[PermissionKind, PermissionText]:
    """Every permission that is known."""
    rows = (_text(row) for row in table("back_texts")["permission"])
    return {row.kind: row for row in rows}


def _same(read: str, legal: str) -> bool:
    return edits(fold(read), fold(legal)) <= _SLIPS


def permission_of_text(text: str) -> PermissionKind | None:
    """The permission that a printed text or an unsigned chip text means; None for none or an unknown one."""
    plain = _nfkc(text)
    known = permission_texts().values()
    return next((row.kind for row in known if row.text is not None and _same(plain, row.text)), None)


def permission_of_code(code: str) -> PermissionKind | None:
    """The permission of a second-generation chip code; None for ``0`` and unknown codes."""
    return next((row.kind for row in permission_texts().values() if row.chip_code == code), None)


def application_of_text(text: str) -> bool:
    """Whether a text of the back says that an application is pending."""
    plain = _nfkc(text)
    return any(_same(plain, _nfkc(row["text"])) for row in table("back_texts")["application"])
