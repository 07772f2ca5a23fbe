"""Is this a picture of the card itself, or of a picture of it: a display, a colour copy, a grey copy?"""

from __future__ import annotations

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.forensics.side import enrolled_limit, front_traces, margin
from service.imaging.forensics.spectrum import Grid
from service.verdict import Basis, Effect, Region, Result

__all__ = ["CHECKS", "LIMITS"]

_STRENGTH = 4.1
"""Strength from which a pattern counts: genuine cards of two renderers have up to 3.6, of a third, whose
scanner has a grain of its own, up to 4.02 (docs/measures/forensics.md)."""
_EVERYWHERE = 2.5
"""Strength that it must have nearly everywhere, and on the photograph: 1.6 is the mean of plain noise."""
_ON_PHOTO = 0.6
"""Share of its strength that it must have on the photograph. Fine lines of a ground reach a strength of 7 and
end at the photograph (0.51 at most); displays and dots run on through it (0.79 at least)."""
_MIN_PX_PER_MM = 7.0
"""A tenth of a millimetre is finer than what coarser pictures show."""
_COLOURLESS = 0.10
"""Spread of colours below which a card is grey; genuine ones have 0.3 and more."""
_COLOUR_PICTURE = 0.05
"""Share of tinted pixels from which the picture was taken in colour."""
_MAX_CAST = 0.45
"""Coloured light beyond this hides the colours of print."""


def _everywhere(grid: Grid, limit: float) -> bool:
    return grid.strength >= limit and grid.weakest >= _EVERYWHERE


def _on_photo(grid: Grid) -> bool:
    return grid.in_photo is not None and grid.in_photo >= max(_EVERYWHERE, _ON_PHOTO * grid.strength)


def _recapture(case: Case) -> Finding:
    traces = front_traces(case)
    if traces is None or traces.view.quality.px_per_mm < _MIN_PX_PER_MM or traces.grid is None:
        return Finding("forensics.recapture.not_assessable")
    grid, limit = traces.grid, enrolled_limit(case, "recapture", _STRENGTH)
    everywhere = _everywhere(grid, limit)
    if everywhere and not traces.portrait:  # a child's card: its ground alone shows, and may be of fine lines
        return Finding("forensics.recapture.not_assessable")
    if not everywhere or not _on_photo(grid):
        shown = min(grid.strength, limit)
        return Finding(
            "forensics.recapture.none",
            measured=round(shown, 3),
            threshold=limit,
            margin=margin(limit - shown, 4),
        )
    return Finding(
        "forensics.recapture.pattern",
        measured=round(grid.strength, 3),
        threshold=limit,
        margin=margin(limit - grid.strength, 4),
        region=Region("front", grid.box),
    )


def _grey_copy(case: Case) -> Finding:
    traces = front_traces(case)
    coloured = case.layout is not None and any(area.hue for area in case.layout.front.areas)
    if traces is None or not coloured:
        return Finding("forensics.grey_copy.not_assessable")
    chroma = traces.chroma
    if chroma.spread >= _COLOURLESS:
        spare = margin(chroma.spread - _COLOURLESS, 0.3)
        return Finding(
            "forensics.grey_copy.coloured", measured=chroma.spread, threshold=_COLOURLESS, margin=spare
        )
    if chroma.tinted < _COLOUR_PICTURE or chroma.cast > _MAX_CAST:
        return Finding("forensics.grey_copy.not_assessable")
    return Finding(
        "forensics.grey_copy.colourless",
        measured=chroma.spread,
        threshold=_COLOURLESS,
        margin=margin(chroma.spread - _COLOURLESS, _COLOURLESS),
        region=Region("front", (0.0, 0.0, 1.0, 1.0)),
    )


LIMITS = {"forensics.recapture": (_STRENGTH,), "forensics.grey_copy": (_COLOURLESS,)}
CHECKS = (
    Check(
        id="forensics.recapture",
        title="No grid of a display and no rows of a printer's dots run through the card",
        citation="Card data sheet §2.1 F7 (continuous lines, no dots), §2.4 T1 and T7; DLC-2021",
        basis=Basis.PHYSICAL,
        effect=Effect.SUPPORTING,
        needs=("front",),
        reasons={
            "forensics.recapture.none": Result.PASS,
            "forensics.recapture.pattern": Result.SUSPECT,
            "forensics.recapture.not_assessable": Result.INCONCLUSIVE,
        },
        run=_recapture,
    ),
    Check(
        id="forensics.grey_copy",
        title="The card has colours where the picture could show them",
        citation="Card data sheet §2.3 (colours of the bands), §2.4 T7; DLC-2021: grey copies",
        basis=Basis.PHYSICAL,
        effect=Effect.SUPPORTING,
        needs=("front",),
        reasons={
            "forensics.grey_copy.coloured": Result.PASS,
            "forensics.grey_copy.colourless": Result.SUSPECT,
            "forensics.grey_copy.not_assessable": Result.INCONCLUSIVE,
        },
        run=_grey_copy,
    ),
)
