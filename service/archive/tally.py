"""What the report shows, added up over all shards: counters and short lists, never all rows."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from service.archive.folder import RunFolder

__all__ = ["BINS", "VERDICTS", "Card", "Place", "Tally", "tally"]

VERDICTS = ("forged", "suspect", "invalid", "inconclusive", "no_sign_of_forgery", "authentic", "problem")
"""In the order in which a person wants to see them."""
BINS = 40
"""Bins of a margin, which runs from -1 to 1."""
_GALLERY = 60
_WORST = 20
_SOON = 40
_MONTHS = 24
_AGAINST = frozenset({"fail", "suspect"})
_RANK = {"forged": 3, "invalid": 2, "suspect": 1}
_COLUMNS = [
    "card_id",
    "reference",
    "verdict",
    "problem",
    "issue_year",
    "reference_time",
    "reference_source",
    "status_of_residence",
    "stay_until",
    "stay_state",
    "paired_by",
    "quality",
    "checks",
    "limits",
    "engine_version",
    "models_digest",
    "policy_id",
    "policy_version",
    "trust_profile",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where on a card a check found something."""

    side: str
    box: tuple[float, float, float, float]
    check: str


@dataclass(frozen=True, slots=True)
class Card:
    """One card of the gallery, or of a list."""

    card_id: str
    reference: str | None
    verdict: str
    reasons: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    status: str | None = None
    day: date | None = None
    value: float | None = None


@dataclass(slots=True)
class Tally:
    """Everything that the report shows."""

    today: date
    cards: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    issued: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    copied: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    statuses: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    checks: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    margins: dict[str, list[int]] = field(default_factory=dict)
    sources: Counter[str] = field(default_factory=Counter)
    pairings: Counter[str] = field(default_factory=Counter)
    limits: Counter[str] = field(default_factory=Counter)
    sharpness: list[int] = field(default_factory=lambda: [0] * BINS)
    resolution: list[int] = field(default_factory=lambda: [0] * BINS)
    months: Counter[str] = field(default_factory=Counter)
    """Stays that end in a month, ``YYYY-MM``."""
    engines: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    """Process time of all rows that the timings know."""
    timed: int = 0
    _gallery: list[tuple[int, float, str, Card]] = field(default_factory=list)
    _worst: list[tuple[float, str, Card]] = field(default_factory=list)
    _soon: list[tuple[int, str, Card]] = field(default_factory=list)

    @property
    def gallery(self) -> list[Card]:
        """Cards that most speaks against, first."""
        return [card for *_, card in sorted(self._gallery, key=lambda e: (-e[0], -e[1], e[2]))]

    @property
    def worst(self) -> list[Card]:
        """Cards whose copies are the least sharp, first."""
        return [card for *_, card in sorted(self._worst, key=lambda e: (-e[0], e[1]))]

    @property
    def soon(self) -> list[Card]:
        """Cards whose stay ends next, first."""
        return [card for *_, card in sorted(self._soon, key=lambda e: (-e[0], e[1]))]

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one row."""
        self.cards += 1
        verdict = row["verdict"] or "problem"
        self.verdicts[verdict] += 1
        if row["problem"]:
            self.problems[row["problem"]] += 1
        if row["verdict"] is None:
            return
        self._count(row, verdict)
        self._checks(row["checks"] or ())
        self._quality(row)
        self._stay(row)
        self._against(row, verdict)

    def _count(self, row: Mapping[str, Any], verdict: str) -> None:
        if row["issue_year"]:
            self.issued[row["issue_year"]][verdict] += 1
        self.copied[row["reference_time"].year][verdict] += 1
        self.statuses[row["status_of_residence"] or "not read"][verdict] += 1
        self.sources[row["reference_source"]] += 1
        self.pairings[row["paired_by"]] += 1
        self.limits.update(row["limits"] or ())
        judged_by = (
            f"version {row['engine_version']}, models {row['models_digest']}, "
            f"policy {row['policy_id']} {row['policy_version']}, trust {row['trust_profile']}"
        )
        self.engines[judged_by] += 1

    def _checks(self, checks: list[Mapping[str, Any]] | tuple[()]) -> None:
        for check in checks:
            self.checks[check["id"]][check["result"]] += 1
            margin = check["margin"]
            if margin is not None:
                bins = self.margins.setdefault(check["id"], [0] * BINS)
                bins[min(max(int((margin + 1) / 2 * BINS), 0), BINS - 1)] += 1

    def _quality(self, row: Mapping[str, Any]) -> None:
        sides = row["quality"] or ()
        for side in sides:
            self.sharpness[min(max(int(side["sharpness"] * BINS), 0), BINS - 1)] += 1
            self.resolution[min(max(int(side["px_per_mm"]), 0), BINS - 1)] += 1
        if sides:
            least = min(side["sharpness"] for side in sides)
            entry = (-least, row["card_id"], _card(row, value=least))
            _push(self._worst, entry, _WORST)

    def _stay(self, row: Mapping[str, Any]) -> None:
        until = row["stay_until"]
        if until is None or until < self.today:
            return
        if (until.year - self.today.year) * 12 + until.month - self.today.month < _MONTHS:
            self.months[f"{until:%Y-%m}"] += 1
        entry = (-until.toordinal(), row["card_id"], _card(row, day=until))
        _push(self._soon, entry, _SOON)

    def _against(self, row: Mapping[str, Any], verdict: str) -> None:
        rank = _RANK.get(verdict)
        if rank is None:
            return
        found = [check for check in row["checks"] or () if check["result"] in _AGAINST]
        places = tuple(
            Place(check["side"], tuple(check["box"]), check["id"])
            for check in found
            if check["box"] and check["side"]
        )
        reasons = tuple(check["reason"] for check in found)
        card = _card(row, reasons=reasons, places=places)
        _push(self._gallery, (rank, float(len(found)), row["card_id"], card), _GALLERY)


def _card(row: Mapping[str, Any], **more: Any) -> Card:
    return Card(
        row["card_id"],
        row["reference"],
        row["verdict"] or "problem",
        status=row["status_of_residence"],
        **more,
    )


def _push(heap: list[Any], entry: Any, most: int) -> None:
    if len(heap) < most:
        heapq.heappush(heap, entry)
    else:
        heapq.heappushpop(heap, entry)


def tally(folder: RunFolder, begun: datetime) -> Tally:
    """Add up the shards of a run."""
    found = Tally(begun.date())
    for file in folder.tables():
        for row in _rows(file):
            found.add(row)
    for file in folder.tables("timings"):
        for seconds in pq.read_table(file, columns=["seconds"]).column(0).to_pylist():
            found.seconds += seconds
            found.timed += 1
    return found


def _rows(file: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(file, columns=_COLUMNS).to_pylist()
    return rows
