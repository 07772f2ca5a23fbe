"""Does the light provably move over the card? Shown by what a reflection does and a shadow does not.

A reflection of the laminate adds white (``veil.py``) and, as a mirror does, stands at one place at one angle:
when the card comes back to an angle, the same cell is white again. This shows that light has a direction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.imaging.tilt.veil import COLUMNS, ROWS, Cells, veil

__all__ = ["LightMotion", "light_motion"]

_RISE = 15.0
"""Levels that must be added both times: 7 at most in even light."""
_SAME_ANGLE_DEG = 4.0
_APART = 6
"""Frames nearer in time than this part of the clip (and than three frames) are one moment."""
_RESTING = 25
"""Percentile over the frames that stands for a cell without the reflection."""


@dataclass(frozen=True, slots=True)
class LightMotion:
    """Reflections that came and went with the angle."""

    cells: int
    """Cells of the card, of 77, in which white was added at an angle, and again when the card came back."""
    rise: float
    """Levels that were added both times in the brightest cell, whether it counts or not."""
    washed: NDArray[np.bool_]
    """(7, 11): the cells."""

    def touches(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Whether a moving reflection ran through a part of the card, fractions."""
        rows = slice(int(y0 * ROWS), int(np.ceil(y1 * ROWS)))
        columns = slice(int(x0 * COLUMNS), int(np.ceil(x1 * COLUMNS)))
        return bool(self.washed[rows, columns].any())


def light_motion(
    rasters: NDArray[np.uint8], tilt: NDArray[np.float64], changing: NDArray[np.bool_]
) -> LightMotion:
    """Reflections in a clip (frames, 319, 506, 3), not balanced, tilted by ``tilt`` degrees.

    Cells that hold any of ``changing`` (319, 506) are left out: what changes there may be a film.
    """
    added = veil(rasters, changing)
    twice = _twice(added - np.percentile(added, _RESTING, axis=0).astype(np.float32), tilt)
    washed = np.asarray(twice >= _RISE)
    return LightMotion(int(washed.sum()), float(twice.max(initial=0.0)), washed)


def _twice(added: Cells, tilt: NDArray[np.float64]) -> NDArray[np.float32]:
    """Most that every cell had in a frame and in the one nearest in angle of another time, (7, 11)."""
    apart = max(3, len(added) // _APART)
    order = np.arange(len(added))
    out = np.zeros(added.shape[1:], np.float32)
    for frame, angle in enumerate(tilt):
        gap = np.where(np.abs(order - frame) >= apart, np.abs(tilt - angle), np.inf)
        again = int(np.argmin(gap))
        if gap[again] <= _SAME_ANGLE_DEG:
            out = np.maximum(out, np.minimum(added[frame], added[again]))
    return out
