"""Do straight edges stand round the card? A note only: a sheet or a notebook under a card has them too."""

from __future__ import annotations

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.forensics.side import front_traces, margin
from service.verdict import Basis, Effect, Result

__all__ = ["CHECKS", "LIMITS"]

_LENGTH = 0.8
"""Share of its length along which an edge is a step, on two sides at least (docs/measures/forensics.md)."""


def _borders(case: Case) -> Finding:
    traces = front_traces(case)
    second = traces.borders.second if traces else None
    if second is None:
        return Finding("forensics.borders.not_assessable")
    return Finding(
        f"forensics.borders.{'framed' if second >= _LENGTH else 'none'}",
        measured=round(second, 3),
        threshold=_LENGTH,
        margin=margin(_LENGTH - second, _LENGTH),
    )


LIMITS = {"forensics.borders": (_LENGTH,)}
CHECKS = (
    Check(
        id="forensics.borders",
        title="No straight edges of a window or a display's frame stand round the card",
        citation="Card data sheet §2.4 T7: displays; issue 4 point 5 (borders)",
        basis=Basis.PHYSICAL,
        effect=Effect.INFORMATIVE,
        needs=("front",),
        reasons={
            "forensics.borders.none": Result.PASS,
            "forensics.borders.framed": Result.SUSPECT,
            "forensics.borders.not_assessable": Result.INCONCLUSIVE,
        },
        run=_borders,
    ),
)
