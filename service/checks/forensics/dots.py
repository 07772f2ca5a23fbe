"""Is the card covered with a printer's scattered dots, bands, ground and photograph alike?

The bands and the ground of a card are drawn in continuous colour and lines. Grain that is on them as much as
on the photograph, and not beside the card, was printed.
"""

from __future__ import annotations

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.forensics.side import enrolled_limit, margin, seen_traces
from service.evidence import Box, CaptureKind
from service.imaging.forensics import GROUND, Traces
from service.imaging.forensics.grain import Grain
from service.verdict import Basis, Effect, Region, Result

__all__ = ["CHECKS", "LIMITS"]

_DOTS = 1.65
"""Grain that every place has (docs/measures/forensics.md): a quarter more than in the noisiest photo."""
_OVER_BESIDE = 1.5
"""So many times the grain beside the card: the noise of a sensor is everywhere in its picture."""
_WITHOUT_BESIDE = 1.4
"""So many times the limit is asked of a photo in which nothing beside the card shows the sensor's noise."""
_ASTRAY = 2.0
"""So many times the limit is asked where no texts prove the card's place: coarse dots hide them."""
_MIN_PX_PER_MM = 7.0
"""A printer's dots are finer than what coarser pictures show."""
_RIM = 0.12
"""Share of the photograph's sides left out: frame and marks lie there."""
_WIDE = 0.02
"""Share of the card from which a coloured area is a band."""


def _places(case: Case) -> list[Box]:
    """Bands, ground and photograph; empty where the layout has no bands or no photograph."""
    front = case.layout.front if case.layout else None
    if front is None:
        return []
    bands = [area.box for area in front.areas if area.hue and area.box[2] * area.box[3] >= _WIDE]
    photo = next((area.box for area in front.areas if area.id == "photo"), None)
    if not bands or photo is None:
        return []
    x, y, w, h = photo
    return [*bands, GROUND, (x + _RIM * w, y + _RIM * h, w * (1 - 2 * _RIM), h * (1 - 2 * _RIM))]


def _needed(case: Case, traces: Traces, limit: float) -> float:
    """Grain from which this picture's card counts as covered with dots."""
    least = limit if case.in_place else _ASTRAY * limit
    beside = traces.grain.beside
    if beside is not None:
        return max(least, _OVER_BESIDE * beside)
    return least if traces.view.kind is CaptureKind.SCAN else _WITHOUT_BESIDE * least


def _scattered_dots(case: Case) -> Finding:
    traces = seen_traces(case)
    places = _places(case)
    if traces is None or not places or traces.view.quality.px_per_mm < _MIN_PX_PER_MM:
        return Finding("forensics.scattered_dots.not_assessable")
    limit = enrolled_limit(case, "scattered_dots", _DOTS)
    everywhere = _everywhere(traces.grain, places)
    if everywhere is None or limit <= everywhere < _needed(case, traces, limit):
        return Finding("forensics.scattered_dots.not_assessable")
    dots = everywhere >= limit
    if not dots and not case.in_place:
        return Finding("forensics.scattered_dots.not_assessable")
    return Finding(
        f"forensics.scattered_dots.{'dots' if dots else 'none'}",
        measured=round(everywhere, 4),
        threshold=limit,
        margin=margin(limit - everywhere, limit),
        region=Region("front", (0.0, 0.0, 1.0, 1.0)) if dots else None,
    )


def _everywhere(grain: Grain, places: list[Box]) -> float | None:
    """Grain of the place that has least of it."""
    found = [grain.within(box) for box in places]
    known = [value for value in found if value is not None]
    return min(known) if len(known) == len(found) else None


LIMITS = {"forensics.scattered_dots": (_DOTS,)}
CHECKS = (
    Check(
        id="forensics.scattered_dots",
        title="No printer's scattered dots lie on bands, ground and photograph alike",
        citation="Card data sheet §2.1 F7 (continuous lines, no dots), §2.4 T7: colour copies",
        basis=Basis.PHYSICAL,
        effect=Effect.SUPPORTING,
        needs=("front",),
        reasons={
            "forensics.scattered_dots.none": Result.PASS,
            "forensics.scattered_dots.dots": Result.SUSPECT,
            "forensics.scattered_dots.not_assessable": Result.INCONCLUSIVE,
        },
        run=_scattered_dots,
    ),
)
