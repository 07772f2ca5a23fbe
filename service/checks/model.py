"""What learned models say of the card. Neither question can refute, nor clear, a card by itself."""

from __future__ import annotations

from math import isfinite

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.scoring import SCORE_CHECK
from service.verdict import Basis, Effect, NotRunReason, Result

__all__ = ["CHECKS"]

_SCALE_BITS = 10.0
"""Bits at which the margin of the score is full."""


def _score(case: Case) -> Finding:
    weighed = case.weighed
    if weighed is None or not weighed.available:
        return Finding(f"{SCORE_CHECK}.not_run", not_run_reason=NotRunReason.DEPENDENCY_UNAVAILABLE)
    if weighed.score is None:
        return Finding(f"{SCORE_CHECK}.nothing_weighed")
    score, high = weighed.score, weighed.score.calibration.high
    return Finding(
        f"{SCORE_CHECK}.{score.band.value}",
        measured=round(score.total, 4),
        threshold=round(high, 4) if isfinite(high) else None,
        margin=round(max(-1.0, min(1.0, (high - score.total) / _SCALE_BITS)), 4),
    )


CHECKS = (
    Check(
        id=SCORE_CHECK,
        title="The evidence of all checks together does not look like a forgery",
        citation="models/card-forgery.md: weights of evidence in bits, bands by split conformal prediction",
        basis=Basis.STATISTICAL,
        effect=Effect.SUPPORTING,
        needs=("front|back|chip",),
        reasons={
            f"{SCORE_CHECK}.low": Result.PASS,
            f"{SCORE_CHECK}.middle": Result.INCONCLUSIVE,
            f"{SCORE_CHECK}.high": Result.SUSPECT,
            f"{SCORE_CHECK}.nothing_weighed": Result.INCONCLUSIVE,
        },
        run=_score,
    ),
)
"""Asked after every other check has been weighed."""
