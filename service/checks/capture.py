"""Was the card found, and is the capture good enough to judge? Never an accusation."""

from __future__ import annotations

from collections.abc import Callable

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.evidence import QualityFault
from service.verdict import Basis, Effect, NextAction, Result

__all__ = ["CHECKS"]

CITATION = "Honmono capture guide; BSI TR-03135-1 §3.5.2: what cannot be captured is undetermined, not failed"

_REASONS = {
    "found": Result.PASS,
    "not_found": Result.INCONCLUSIVE,
    "several_cards": Result.INCONCLUSIVE,
    "wrong_side": Result.INCONCLUSIVE,
    **{fault.value: Result.INCONCLUSIVE for fault in QualityFault},
}

# The first fault named is the one that the user should mend first.
_ORDER = (
    QualityFault.CUT_OFF,
    QualityFault.COVERED,
    QualityFault.RESOLUTION_LOW,
    QualityFault.BLURRED,
    QualityFault.GLARE,
    QualityFault.PERSPECTIVE,
    QualityFault.TOO_DARK,
    QualityFault.TOO_BRIGHT,
)


def _capture_check(side: str) -> Callable[[Case], Finding]:
    def run(case: Case) -> Finding:
        prefix = f"capture.{side}"
        capture = case.captures[side]
        retake = NextAction.RETAKE_IMAGE
        if capture.location.cards > 1:
            return Finding(f"{prefix}.several_cards", next_action=retake)
        if capture.view is None:
            return Finding(f"{prefix}.not_found", next_action=retake)
        if capture.view.side.value != side:
            return Finding(f"{prefix}.wrong_side", next_action=NextAction.ADD_SIDE)
        quality = capture.view.quality
        for fault in _ORDER:
            if fault in quality.faults:
                return Finding(f"{prefix}.{fault.value}", measured=quality.sharpness, next_action=retake)
        return Finding(f"{prefix}.found", measured=quality.sharpness)

    return run


def _check(side: str) -> Check:
    return Check(
        id=f"capture.{side}",
        title=f"The {side} of the card is found and captured well enough",
        citation=CITATION,
        basis=Basis.PHYSICAL,
        effect=Effect.INFORMATIVE,
        needs=(side,),
        reasons={f"capture.{side}.{code}": result for code, result in _REASONS.items()},
        run=_capture_check(side),
    )


CHECKS = (_check("front"), _check("back"))
