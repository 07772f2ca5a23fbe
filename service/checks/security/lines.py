"""The background's fine lines, the photo in it, and what lies across the photo's edge."""

from __future__ import annotations

from service.checks.security.question import Feature, Seen
from service.evidence import CardView
from service.imaging.security import SecurityMeasures

__all__ = ["CHECKS", "FEATURES"]

_FINE_PX_PER_MM = 8.0
"""Below this the background's lines (about 0.1 mm) fall between the pixels."""
_SHARP = 0.45
_CITATION = "card data sheet §2.1 F7: continuous vector lines, seen on the issuer's specimen"


def _fine(view: CardView) -> bool:
    quality = view.quality
    return quality.px_per_mm >= _FINE_PX_PER_MM and quality.sharpness >= _SHARP and quality.glare < 0.02


def _lines(measures: SecurityMeasures, view: CardView) -> Seen | None:
    found = measures.lines
    if found is None or not _fine(view):
        return None
    finest, coarsest = found.spectrum
    return Seen({"energy": found.energy, "finest_octave": finest, "coarsest_octave": coarsest})


def _continuity(measures: SecurityMeasures, view: CardView) -> Seen | None:
    found = measures.lines
    if found is None or not _fine(view):
        return None
    return Seen({"smoothest_field": found.smoothest_field, "seam": found.seam}, found.smoothest_box)


def _photo(measures: SecurityMeasures, view: CardView) -> Seen | None:
    """Farthest edge in mm, and width over height; a card without a photo shows no edges."""
    found = measures.photo
    if found is None or found.size_mm is None:
        return None
    farthest = max(abs(offset) for offset in found.offsets_mm if offset is not None)
    return Seen({"offset_mm": farthest, "aspect": found.size_mm[0] / found.size_mm[1]}, found.box)


def _overlay(measures: SecurityMeasures, view: CardView) -> Seen | None:
    found = measures.photo
    return (
        None
        if found is None or found.found < 3 or not _fine(view)
        else Seen({"overlay": found.overlay}, found.box)
    )


FEATURES = (
    Feature("security.fine_lines", "The background is drawn in fine lines", _CITATION, _lines),
    Feature(
        "security.line_continuity",
        "The background runs on under the fields and beside the photo",
        _CITATION,
        _continuity,
    ),
    Feature(
        "security.photo_place",
        "The photo has the layout's place, size and proportions",
        "card data sheet §1.2: photo 4:3 in its place, measured on the issuer's specimen",
        _photo,
    ),
    Feature(
        "security.hologram",
        "Letters of the film lie across the photo's edge",
        "card data sheet §2.1 F3",
        _overlay,
    ),
)
CHECKS = tuple(feature.check() for feature in FEATURES)
