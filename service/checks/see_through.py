"""Letters seen through the card on the back. Place and size are not known: it can only speak for a card."""

from __future__ import annotations

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.verdict import Basis, Effect, NextAction, Result

__all__ = ["CHECKS"]

LETTERS_SEEN = 0.60
LEAST_GLOW = 15.0


def _see_through(case: Case) -> Finding:
    seen = case.see_through
    if seen is None or not seen.found:
        return Finding("tilt.see_through.not_found", next_action=NextAction.RETAKE_IMAGE)
    if seen.glow < LEAST_GLOW:
        return Finding("tilt.see_through.not_lit", measured=round(seen.glow, 1), threshold=LEAST_GLOW)
    reason = "letters_seen" if seen.likeness >= LETTERS_SEEN else "not_seen"
    return Finding(f"tilt.see_through.{reason}", measured=round(seen.likeness, 3), threshold=LETTERS_SEEN)


CHECKS = (
    Check(
        id="tilt.see_through",
        title="Letters appear on the back when light shines through the card",
        citation="Feature that the issuer tells the public to check, as quoted by three secondary sources",
        basis=Basis.PHYSICAL,
        effect=Effect.INFORMATIVE,
        needs=("see_through",),
        reasons={
            "tilt.see_through.letters_seen": Result.PASS,
            "tilt.see_through.not_seen": Result.INCONCLUSIVE,
            "tilt.see_through.not_lit": Result.INCONCLUSIVE,
            "tilt.see_through.not_found": Result.INCONCLUSIVE,
        },
        run=_see_through,
    ),
)
