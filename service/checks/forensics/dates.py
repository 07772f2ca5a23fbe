"""Is one date printed in another typeface than the card's other dates?"""

from __future__ import annotations

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.forensics.side import enrolled_limit, front_traces, margin
from service.verdict import Basis, Effect, Region, Result

__all__ = ["CHECKS", "LIMITS"]

_APART = 0.055
"""How much less alike the signs of one date may be (docs/measures/forensics.md)."""
_ASTRAY = 0.25
"""So unlike are no two typefaces: the signs were not found."""
_OTHERS_ALIKE = 0.92
"""The other dates must agree among themselves, or blur or wear is at fault."""


def _date_print(case: Case) -> Finding:
    traces = front_traces(case)
    found = traces.typeface if traces else None
    if traces is None or found is None or found.others < _OTHERS_ALIKE or found.apart > _ASTRAY:
        return Finding("forensics.date_print.not_assessable")
    limit = enrolled_limit(case, "date_print", _APART)
    reason = "differ" if found.apart >= limit else "alike"
    return Finding(
        f"forensics.date_print.{reason}",
        fields=frozenset({found.odd}) if reason == "differ" else frozenset(),
        measured=round(found.apart, 4),
        threshold=limit,
        margin=margin(limit - found.apart, limit),
        region=Region("front", traces.lines[found.odd]) if reason == "differ" else None,
    )


LIMITS = {"forensics.date_print": (_APART,)}
CHECKS = (
    Check(
        id="forensics.date_print",
        title="The dates are printed in one typeface",
        citation="Card data sheet §4 (half-width dates: one serif face), §2.4 T2 and T3: replaced fields",
        basis=Basis.STATISTICAL,
        effect=Effect.SUPPORTING,
        needs=("front",),
        reasons={
            "forensics.date_print.alike": Result.PASS,
            "forensics.date_print.differ": Result.SUSPECT,
            "forensics.date_print.not_assessable": Result.INCONCLUSIVE,
        },
        run=_date_print,
    ),
)
