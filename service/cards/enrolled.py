"""What an operator's own genuine cards showed: limits that take the place of the shipped ones.

Statistics alone: nothing in it tells of any one card. How they are estimated: docs/enrolment.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import inf, isfinite
from typing import Any, Final

from service.cards.feature_limits import FeatureLimit

__all__ = ["FORMAT", "SYNTHETIC", "TRACES", "Enrolled", "LabelTolerance", "Scope", "enrolled"]

FORMAT: Final = "honmono-enrolment/1"
SYNTHETIC: Final = "synthetic"
"""What limits rest on where nothing is enrolled: specimens that this project draws."""
TRACES: Final = frozenset(
    {
        "recapture",
        "display_cells",
        "scattered_dots",
        "field_edges",
        "date_print",
        "full_width_print",
        "number_print",
        "name_print",
        "cleared_ground",
        "photo_noise",
        "patches",
        "patches_usual",
        "conformity",
        "conformity_usual",
    }
)
"""Limits that an operator's cards and scanner may move, by the name of the forensic check or of the patch
network's; ``_usual`` is the network's value on a usual genuine card."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The captures that the limits were measured on: they say nothing of others."""

    kinds: frozenset[str]
    """``scan``, ``phone``."""
    px_per_mm: tuple[float, float]

    def holds(self, kind: str, px_per_mm: float) -> bool:
        """Whether a capture is of the enrolled sort."""
        return kind in self.kinds and self.px_per_mm[0] <= px_per_mm <= self.px_per_mm[1]


@dataclass(frozen=True, slots=True)
class LabelTolerance:
    """Where the fixed labels stand on genuine cards, and how like themselves they look."""

    like: float
    """Similarity from which a place counts as showing its label."""
    displaced_mm: float
    """Distance from its place beside which a label counts as displaced."""
    places_mm: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Offset x, y of each label from the layout's place, the card's common shift taken off."""

    def place(self, id: str) -> tuple[float, float]:
        """Offset of one label, none where it was not enrolled."""
        return self.places_mm.get(id, (0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One enrolment of one layout."""

    id: str
    layout: str
    created_at: datetime
    cards: int
    """Genuine cards that it rests on."""
    scope: Scope
    features: Mapping[str, FeatureLimit] = field(default_factory=dict)
    """Limits of static features by feature; those left out keep the shipped limit."""
    traces: Mapping[str, float] = field(default_factory=dict)
    """Limits of traces by ``TRACES``."""
    labels: LabelTolerance | None = None
    bands: tuple[float, float] | None = None
    """Totals of evidence in bits at which the middle and the high band of the score begin."""

    def __post_init__(self) -> None:
        if self.created_at.tzinfo is None:
            raise ValueError("created_at needs a time zone")
        if unknown := set(self.traces) - TRACES:
            raise ValueError(f"unknown traces: {sorted(unknown)}")
        if self.bands is not None and not self.bands[0] <= self.bands[1]:
            raise ValueError("the middle band begins above the high one")

    def trace(self, name: str, shipped: float) -> float:
        """The limit of a trace: the enrolled one, or the shipped one."""
        return self.traces.get(name, shipped)


def enrolled(document: Mapping[str, Any]) -> Enrolled:
    """Read the body of an enrolment file. Raises ValueError for what does not fit, with the reason."""
    try:
        if document["format"] != FORMAT:
            raise ValueError(f"unknown format {document['format']!r}")
        scope, bands = document["scope"], document.get("bands")
        return Enrolled(
            id=str(document["id"]),
            layout=str(document["layout"]),
            created_at=datetime.fromisoformat(document["created_at"]),
            cards=int(document["cards"]),
            scope=Scope(frozenset(scope["kinds"]), _pair(scope["px_per_mm"])),
            features={id: _feature(id, row) for id, row in document["features"].items()},
            traces={name: _finite(value) for name, value in document["traces"].items()},
            labels=_labels(document.get("labels")),
            bands=None if bands is None else (_band(bands["middle"]), _band(bands["high"])),
        )
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"not an enrolment: {type(error).__name__}") from error


def _feature(id: str, row: Mapping[str, Any]) -> FeatureLimit:
    ranges = {name: _pair(values) for name, values in row["ranges"].items()}
    return FeatureLimit(id, "enrolled", bool(row["accuses"]), ranges)


def _labels(row: Mapping[str, Any] | None) -> LabelTolerance | None:
    if row is None:
        return None
    places = {id: _pair(place) for id, place in row["places_mm"].items()}
    return LabelTolerance(_finite(row["like"]), _finite(row["displaced_mm"]), places)


def _finite(value: Any) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError("a limit must be finite")
    return number


def _pair(values: Any) -> tuple[float, float]:
    return (_finite(values[0]), _finite(values[1]))


def _band(value: Any) -> float:
    """A limit that too few cards could support is written null: the band is never reached."""
    return inf if value is None else _finite(value)
