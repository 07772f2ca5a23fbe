"""Statuses of residence and the texts of the work limit, as data with dates in force."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from service.cards.lookalike import edits
from service.cards.periods import Period, parse_period
from service.cards.tables import Certainty, Provenance, Window, provenance, table, window

__all__ = [
    "PeriodScheme",
    "Status",
    "WorkRestriction",
    "neighbours",
    "status",
    "statuses",
    "work_restriction",
    "work_restrictions",
]


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


@dataclass(frozen=True, slots=True)
class PeriodScheme:
    """The periods that can be granted for a status while the scheme is in force."""

    values: frozenset[Period]
    up_to: Period | None
    """Where a period is designated one by one: the longest."""
    window: Window
    provenance: Provenance

    def allows(self, period: Period) -> bool:
        """Whether the period can be granted."""
        designated = self.up_to is not None and period.length <= self.up_to.length
        return designated or period in self.values


@dataclass(frozen=True, slots=True)
class Status:
    """A status of residence (在留資格)."""

    name: str
    english: tuple[str, ...]
    """English forms seen on cards, the present one first."""
    category: str
    """``work``, ``no_work``, ``designated``, ``civil`` or ``official``."""
    card: bool
    """Whether its holders get a residence card at all (L19-3)."""
    work: tuple[int, ...]
    """Codes of the work texts that fit it."""
    work_certainty: Certainty
    schemes: tuple[PeriodScheme, ...]
    window: Window
    """Permission dates on which the status existed."""
    window_certainty: Certainty
    designation: bool
    """Whether a paper of designation (指定書) belongs to it."""
    provenance: Provenance

    def schemes_on(self, day: date) -> tuple[PeriodScheme, ...]:
        """The schemes of periods in force on a permission date."""
        return tuple(scheme for scheme in self.schemes if day in scheme.window)


@dataclass(frozen=True, slots=True)
class WorkRestriction:
    """A text under 就労制限の有無."""

    code: int
    text: str
    chip_code: str | None
    """Code in a second-generation chip, None where that has none."""
    work: str
    """State of the entitlement to work that the text alone gives."""
    generations: frozenset[int]
    window: Window
    provenance: Provenance


def _period(text: str) -> Period:
    period = parse_period(text)
    if period is None:
        raise ValueError(f"statuses.toml: not a period: {text}")
    return period


def _scheme(row: Mapping[str, Any]) -> PeriodScheme:
    return PeriodScheme(
        values=frozenset(_period(text) for text in row["values"]),
        up_to=_period(row["up_to"]) if "up_to" in row else None,
        window=window(row),
        provenance=provenance(row),
    )


def _certainty(row: Mapping[str, Any], key: str) -> Certainty:
    confirmed = row["confirmed"] and row.get(key, True)
    return Certainty.CONFIRMED if confirmed else Certainty.UNCONFIRMED


def _status(row: Mapping[str, Any], schemes: Mapping[str, PeriodScheme]) -> Status:
    return Status(
        name=_nfkc(row["name"]),
        english=tuple(row["english"]),
        category=row["category"],
        card=row.get("card", True),
        work=tuple(row["work"]),
        work_certainty=_certainty(row, "work_confirmed"),
        schemes=tuple(schemes[name] for name in row["schemes"]),
        window=window(row),
        window_certainty=_certainty(row, "window_confirmed"),
        designation=row.get("designation", False),
        provenance=provenance(row),
    )


@lru_cache(maxsize=1)
def statuses() -> Mapping[str, Status]:
    """Every status that is known, by its Japanese name in normal form."""
    data = table("statuses")
    schemes = {name: _scheme(row) for name, row in data["schemes"].items()}
    known = (_status(row, schemes) for row in data["status"])
    return {item.name: item for item in known}


def status(name: str) -> Status | None:
    """One status by its printed name; None where it is not known."""
    return statuses().get("".join(_nfkc(name).split()))


def neighbours(item: Status) -> tuple[Status, ...]:
    """Other statuses that one misread sign would turn into this one; a digit is not taken for another."""

    def bare(name: str) -> str:
        return "".join(sign for sign in name if not sign.isdigit())

    others = (other for other in statuses().values() if bare(other.name) != bare(item.name))
    return tuple(other for other in others if edits(other.name, item.name) == 1)


@lru_cache(maxsize=1)
def work_restrictions() -> Mapping[int, WorkRestriction]:
    """Every text of the work limit, by our code."""
    rows = table("work_restrictions")["text"]
    return {
        row["code"]: WorkRestriction(
            code=row["code"],
            text=_nfkc(row["text"]),
            chip_code=row.get("chip_code"),
            work=row["work"],
            generations=frozenset(row["generations"]),
            window=window(row),
            provenance=provenance(row),
        )
        for row in rows
    }


def work_restriction(text: str) -> WorkRestriction | None:
    """One work limit by its printed text; None where it is not one of the known texts."""
    plain = "".join(_nfkc(text).split())
    return next((item for item in work_restrictions().values() if item.text == plain), None)
