"""What may be estimated of each measure: which edges, how narrow at most, and whether it may then accuse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

__all__ = ["ACCUSING", "RULES", "Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """How one measure is enrolled."""

    width: float
    """Least distance of an edge from the middle: what light, wear and registration do to an honest card."""
    below: bool = True
    above: bool = True
    """Which edges tell a card apart; the other keeps the shipped limit."""
    turn: tuple[float, float] | None = None
    """Values of a full turn, for angles."""
    loosen_only: bool = False
    """The shipped limit is physics: own cards may widen it, never narrow it."""
    bounds: tuple[float, float] = (-inf, inf)
    """Values that the measure can have at all."""


RULES: Mapping[str, Rule] = {
    "band_colour.strength": Rule(0.10, bounds=(0.0, inf)),
    "band_colour.angle": Rule(15.0, turn=(0.0, 360.0)),
    "band_colour.spread": Rule(0.10, below=False, bounds=(0.0, inf)),
    "background_colour.blue_green": Rule(0.05),
    "background_colour.red_green": Rule(0.05),
    "ovi_mark.share": Rule(0.15, above=False, bounds=(0.0, 1.0)),
    "ovi_mark.hue": Rule(40.0, turn=(-180.0, 180.0)),
    "strip.share": Rule(0.15, above=False, bounds=(0.0, 1.0)),
    "seal.share": Rule(0.12, above=False, bounds=(0.0, 1.0)),
    "seal.hue": Rule(15.0, turn=(-180.0, 180.0)),
    "fine_lines.energy": Rule(0.8, bounds=(0.0, inf)),
    "fine_lines.finest_octave": Rule(0.25),
    "fine_lines.coarsest_octave": Rule(0.25),
    "line_continuity.smoothest_field": Rule(0.15, above=False, bounds=(0.0, inf)),
    "line_continuity.seam": Rule(5.0, below=False, bounds=(0.0, inf)),
    "photo_place.offset_mm": Rule(0.8, below=False, bounds=(0.0, inf)),
    "photo_place.aspect": Rule(0.025),
    "print_structure.regular": Rule(1.0, below=False, loosen_only=True, bounds=(0.0, inf)),
    "shape.aspect": Rule(0.02, loosen_only=True),
}
"""Feature and measure as the limits name them. Measures that are not here keep the shipped limit."""

ACCUSING = frozenset(
    {
        "background_colour",
        "band_colour",
        "fine_lines",
        "line_continuity",
        "photo_place",
        "print_structure",
        "seal",
    }
)
"""Features that may accuse on enrolled limits. Film (mark, strip) changes with the angle, corners with the
ground a card lies on: they stay notes."""
