"""Do the cells of a display run over the card and on beside it?"""

from __future__ import annotations

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.forensics.side import enrolled_limit, front_traces, margin
from service.verdict import Basis, Effect, Region, Result

__all__ = ["CHECKS", "LIMITS"]

_CELLS = 3.4
"""Strength on the card, on its photograph and beside it (docs/measures/forensics.md): genuine cards of the
renderer that it was set on have 2.7 at most, pictures turned or resized after a coarse saving 2.9."""
_MIN_PX_PER_MM = 7.0
"""Cells are finer than what coarser pictures show."""


def _display_cells(case: Case) -> Finding:
    traces = front_traces(case)
    found = traces.cells if traces else None
    if traces is None or found is None or traces.view.quality.px_per_mm < _MIN_PX_PER_MM:
        return Finding("forensics.display_cells.not_assessable")
    limit = enrolled_limit(case, "display_cells", _CELLS)
    seen = found.strength >= limit
    if seen and not traces.portrait:  # a child's card: its ground lies where the photograph would
        return Finding("forensics.display_cells.not_assessable")
    return Finding(
        f"forensics.display_cells.{'cells' if seen else 'none'}",
        measured=round(found.strength, 3),
        threshold=limit,
        margin=margin(limit - found.strength, limit),
        region=Region("front", (0.0, 0.0, 1.0, 1.0)) if seen else None,
    )


LIMITS = {"forensics.display_cells": (_CELLS,)}
CHECKS = (
    Check(
        id="forensics.display_cells",
        title="No fine pattern runs over the card and on beside it",
        citation="Card data sheet §2.1 F7 (print ends at the card's edge), §2.4 T7: displays; DLC-2021",
        basis=Basis.PHYSICAL,
        effect=Effect.SUPPORTING,
        needs=("front",),
        reasons={
            "forensics.display_cells.none": Result.PASS,
            "forensics.display_cells.cells": Result.SUSPECT,
            "forensics.display_cells.not_assessable": Result.INCONCLUSIVE,
        },
        run=_display_cells,
    ),
)
