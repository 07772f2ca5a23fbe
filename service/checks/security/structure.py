"""How the card is made: print without a screen of dots, the shape of ID-1, no hole that cancels it."""

from __future__ import annotations

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.security.question import Feature, Seen
from service.checks.text.question import RESIDENCE_GEN1
from service.evidence import CaptureKind, CardView
from service.imaging.security import SecurityMeasures
from service.verdict import Basis, Effect, NextAction, Refutes, Region, Result

__all__ = ["CHECKS", "FEATURES"]

_SCREEN_PX_PER_MM = 7.0
"""Below this a printer's screen falls between the pixels and can only beat with them."""
_SCREEN_SHARP = 0.30
_FEWEST_WINDOWS = 6
_CANCELLING = 2
"""Holes that no key ring explains."""


def _screen(measures: SecurityMeasures, view: CardView) -> Seen | None:
    """Without a portrait a squared ground could not be told from dots: it ends nowhere."""
    found, quality = measures.screen, view.quality
    if found is None or found.windows < _FEWEST_WINDOWS or not measures.portrait:
        return None
    if quality.px_per_mm < _SCREEN_PX_PER_MM or quality.sharpness < _SCREEN_SHARP:
        return None
    return Seen({"regular": found.regular})


def _shape(measures: SecurityMeasures, view: CardView) -> Seen | None:
    """Only a flat scan shows the card's own proportions, and only an even ground its corners."""
    found = measures.body
    if found is None or view.kind is not CaptureKind.SCAN or found.rounded is None:
        return None
    return Seen({"rounded": float(found.rounded), "aspect": found.aspect})


def _holes(case: Case) -> Finding:
    body = case.security.body if case.security else None
    if body is None or not case.in_place:
        return Finding("security.punched_hole.not_assessable")
    if not body.holes:
        return Finding("security.punched_hole.none")
    several = len(body.holes) >= _CANCELLING
    return Finding(
        "security.punched_hole.several" if several else "security.punched_hole.single",
        measured=float(len(body.holes)),
        threshold=float(_CANCELLING),
        region=Region("front", body.holes[0]),
        next_action=NextAction.MANUAL_REVIEW,
    )


FEATURES = (
    Feature(
        "security.print_structure",
        "The card is not printed in a screen of dots",
        "card data sheet §2.1 F7: no halftone dots on the issuer's specimen",
        _screen,
    ),
    Feature(
        "security.shape",
        "The card has the shape and the corners of ID-1",
        "ISO/IEC 7810; card data sheet §1.1",
        _shape,
    ),
)
CHECKS = (
    *(feature.check() for feature in FEATURES),
    Check(
        id="security.punched_hole",
        title="No holes are punched through the card",
        citation="a returned or lapsed card is punched before it is given back",
        basis=Basis.PHYSICAL,
        effect=Effect.SUPPORTING,
        needs=("front",),
        reasons={
            "security.punched_hole.none": Result.PASS,
            "security.punched_hole.single": Result.INCONCLUSIVE,
            "security.punched_hole.several": Result.FAIL,
            "security.punched_hole.not_assessable": Result.INCONCLUSIVE,
        },
        run=_holes,
        layouts=RESIDENCE_GEN1,
        refutes=Refutes.FORCE,
    ),
)
