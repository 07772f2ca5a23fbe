"""Silver letters that change from dark to light when the card is turned by a quarter in its plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.evidence import Box
from service.imaging.tilt.raster import inside, structure

__all__ = ["Inversion", "inversion"]

_QUARTER_DEG = 90.0
_NEAR_DEG = 22.0
"""Frames this near to none and to a quarter of a turn are compared."""
_ROWS = 6
_LEAST_CONTRAST = 0.35


@dataclass(frozen=True, slots=True)
class Inversion:
    """The place with the clearest change of sign."""

    correlation: float
    """Of the lines before and after the quarter turn, -1 (inverted) ... 1 (as before)."""
    frames: int
    """Frames near either position, the fewer of the two."""


def inversion(rasters: NDArray[np.uint8], turned: NDArray[np.float64], place: Box) -> Inversion:
    """Look for an inverted line in a place of a clip (frames, 319, 506, 3) turned by ``turned`` degrees."""
    moved = np.abs(turned - turned[0])
    before, after = rasters[moved <= _NEAR_DEG], rasters[np.abs(moved - _QUARTER_DEG) <= _NEAR_DEG]
    if not len(before) or not len(after):
        return Inversion(0.0, 0)
    first, second = (
        structure(np.asarray(np.median(part, axis=0), np.uint8))[inside(place)] for part in (before, after)
    )
    rows = max(4, first.shape[0] // _ROWS)
    found = [
        _correlation(first[y : y + rows], second[y : y + rows])
        for y in range(0, first.shape[0] - rows + 1, max(1, rows // 2))
    ]
    return Inversion(min(found, default=0.0), min(len(before), len(after)))


def _correlation(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    if min(float(first.std()), float(second.std())) < _LEAST_CONTRAST:
        return 0.0
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])
