"""Colours of the face against each other, and marks that have a colour of their own."""

from __future__ import annotations

from itertools import combinations
from math import hypot

from service.checks.security.question import Feature, Seen
from service.evidence import CardView
from service.imaging.security import SecurityMeasures
from service.imaging.security.colour import Coloured, Contrast
from service.imaging.security.measures import BANDS

__all__ = ["CHECKS", "FEATURES", "bands_seen"]

_SHEET = "card data sheet §2.3, measured on the issuer's drawn and scanned specimens"
_FEATURES = "Immigration Services Agency, what to look at on a residence card; card data sheet §2.1"
_TURN = 180.0


def _apart(one: Contrast, other: Contrast) -> float:
    return hypot(one.red_green - other.red_green, one.blue_green - other.blue_green)


def bands_seen(measures: SecurityMeasures, view: CardView) -> Seen | None:
    """The middle one of three bands in strength and in direction, and how far two of one ink lie apart.

    A soft reflection takes the colour of one band and leaves the others theirs; a forger prints all three.
    """
    bands = list(measures.bands.values())
    if len(bands) < len(BANDS):
        return None
    weaker = sorted(bands, key=lambda band: band.strength)[1]
    middle = sorted(bands, key=lambda band: band.angle % 360)[1]
    spread = max(_apart(a, b) for a, b in combinations(bands, 2))
    values = {"strength": weaker.strength, "angle": middle.angle % 360, "spread": spread}
    return Seen(values, weaker.box)


def _background(measures: SecurityMeasures, view: CardView) -> Seen | None:
    found = measures.middle
    return (
        None
        if found is None
        else Seen({"blue_green": found.blue_green, "red_green": found.red_green}, found.box)
    )


def _shown(found: Coloured | None) -> Seen | None:
    """Share of a mark's box in a colour of its own, and its hue as -180 ... 180 with red at 0."""
    if found is None:
        return None
    return Seen({"share": found.share, "hue": (found.hue + _TURN) % 360 - _TURN}, found.box)


def _mark(measures: SecurityMeasures, view: CardView) -> Seen | None:
    return _shown(measures.mark)


def _seal(measures: SecurityMeasures, view: CardView) -> Seen | None:
    return _shown(measures.seal)


def _strip(measures: SecurityMeasures, view: CardView) -> Seen | None:
    """Under diffuse light the strip may show no colour at all: then there is nothing to judge."""
    found = measures.strip
    return None if found is None or found.share < 0.25 else _shown(found)


FEATURES = (
    Feature(
        "security.band_colour",
        "The three bands are blue against the paper beside them, and of one ink",
        _SHEET,
        bands_seen,
        colour=True,
    ),
    Feature(
        "security.background_colour",
        "The background is bluer in the middle than at the sides",
        _SHEET,
        _background,
        colour=True,
    ),
    Feature(
        "security.ovi_mark",
        "The MOJ mark is there in a colour that its film can have",
        _FEATURES,
        _mark,
        colour=True,
    ),
    Feature(
        "security.strip",
        "The strip at the left edge shows a colour that its film can have",
        _FEATURES,
        _strip,
        colour=True,
    ),
    Feature(
        "security.seal",
        "The issuer's red seal is in its place",
        "card data sheet §1.2, §2.3",
        _seal,
        colour=True,
    ),
)
CHECKS = tuple(feature.check() for feature in FEATURES)
