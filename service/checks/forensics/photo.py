"""Is the photograph smoother than the quietest places of the card? A note only, see docs/measures."""

from __future__ import annotations

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.forensics.side import enrolled_limit, front_traces, margin
from service.verdict import Basis, Effect, Region, Result

__all__ = ["CHECKS", "LIMITS"]

_SMOOTHER = -0.25
"""Logarithm of the ratio; genuine specimens: -0.10 and more."""


def _photo_noise(case: Case) -> Finding:
    traces = front_traces(case)
    ratio = traces.photo_noise if traces else None
    if traces is None or ratio is None:
        return Finding("forensics.photo_noise.not_assessable")
    limit = enrolled_limit(case, "photo_noise", _SMOOTHER)
    smoother = ratio < limit
    return Finding(
        "forensics.photo_noise.smoother" if smoother else "forensics.photo_noise.alike",
        measured=round(ratio, 4),
        threshold=limit,
        margin=margin(ratio - limit, 1.0),
        region=Region("front", traces.photo) if smoother and traces.photo else None,
    )


LIMITS = {"forensics.photo_noise": (_SMOOTHER,)}
CHECKS = (
    Check(
        id="forensics.photo_noise",
        title="The photograph is as grainy as the rest of the picture",
        citation="Card data sheet §2.4 T3: replaced photograph; one sensor, one noise",
        basis=Basis.STATISTICAL,
        effect=Effect.INFORMATIVE,
        needs=("front",),
        reasons={
            "forensics.photo_noise.alike": Result.PASS,
            "forensics.photo_noise.smoother": Result.SUSPECT,
            "forensics.photo_noise.not_assessable": Result.INCONCLUSIVE,
        },
        run=_photo_noise,
    ),
)
