"""Does the light provably move over the card? Shown by what a reflection does and a shadow does not.

A reflection of the laminate adds white: dark print is raised as much as the pale ground. A shadow or a dimmer
lamp multiplies: dark print stays dark. Only the first shows that light comes from one direction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.imaging.tilt.balance import CLIPPED
from service.imaging.tilt.change import single_valued
from service.imaging.tilt.raster import HEIGHT, WIDTH

__all__ = ["LightMotion", "light_motion"]

_ROWS, _COLUMNS = 7, 11
_CONTRAST = 45.0
"""Levels between dark print and ground that a cell must have to tell adding from multiplying."""
_LOW, _HIGH = 8, 85
"""Percentiles of luma that stand for print and ground."""
_VEIL = 1.6
"""Most that print may be lifted, in parts of what the ground is lifted: gamma lifts dark tones more."""
_CLIPPED_BELIEF = 0.5
"""Where the ground is clipped, how much brighter it would be is not known."""
_KEPT = 0.75
_KEPT_CLIPPED = 0.35
"""Share of the distance between print and ground that must be left, and where the ground is clipped."""
_RISE = 12.0
"""Levels by which print must be raised."""
_FUNCTION = 0.45
"""How well the rise must be a function of the angle."""


@dataclass(frozen=True, slots=True)
class LightMotion:
    """Reflections that came and went with the angle."""

    cells: int
    """Cells of the card, of 77, in which dark print was raised and let go again as the card tilted."""
    rise: float
    """Levels by which print was raised in the brightest of them."""
    clipped: float
    """Largest share of a frame of the card that was clipped."""
    washed: NDArray[np.bool_]
    """(7, 11): the cells."""

    def touches(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Whether a moving reflection ran through a part of the card, fractions."""
        rows = slice(int(y0 * _ROWS), int(np.ceil(y1 * _ROWS)))
        columns = slice(int(x0 * _COLUMNS), int(np.ceil(x1 * _COLUMNS)))
        return bool(self.washed[rows, columns].any())


def light_motion(
    rasters: NDArray[np.uint8], tilt: NDArray[np.float64], changing: NDArray[np.bool_]
) -> LightMotion:
    """Reflections in a clip (frames, 319, 506, 3) tilted by ``tilt`` degrees.

    Cells that hold any of ``changing`` (319, 506) are left out: what changes there may be a film.
    """
    luma = rasters[:, ::2, ::2, 1]
    cells = _cells(luma)
    low, high = np.percentile(cells, (_LOW, _HIGH), axis=-1)
    dark, ground = np.median(low, axis=0), np.median(high, axis=0)
    film = np.asarray(_cells(changing[None, ::2, ::2]).max(axis=-1)[0] > 0)
    tells = np.asarray((ground - dark >= _CONTRAST) & ~film)
    kept = (high - low) / np.maximum(ground - dark, 1.0)
    full = high >= CLIPPED
    # A veil lifts print and ground by the same and keeps their distance; blur lifts print alone, at its cost.
    # More light multiplies print and ground alike: only what print gains beyond that was added.
    beyond = low - dark * high / np.maximum(ground, 1.0)
    rise = np.where(full, beyond * _CLIPPED_BELIEF, np.minimum(beyond, (high - ground) * _VEIL))
    rise = np.where(kept >= np.where(full, _KEPT_CLIPPED, _KEPT), np.maximum(rise, 0.0), 0.0)
    rise = rise - np.median(rise[:, tells], axis=1)[:, None, None] if tells.any() else rise * 0
    washed = np.zeros((_ROWS, _COLUMNS), np.bool_)
    best = 0.0
    for row, column in zip(*np.where(tells), strict=True):
        series = rise[:, row, column].astype(np.float64)
        swing = float(np.percentile(series, 92) - np.percentile(series, 25))
        if swing >= _RISE and single_valued(tilt, series) >= _FUNCTION:
            washed[row, column] = True
            best = max(best, swing)
    clipped = (rasters[:, ::3, ::3].min(axis=-1) >= CLIPPED).mean(axis=(1, 2))
    return LightMotion(int(washed.sum()), best, float(clipped.max(initial=0.0)), washed)


def _cells(luma: NDArray[np.uint8] | NDArray[np.bool_]) -> NDArray[np.float32]:
    """(frames, rows, columns, pixels)."""
    frames = len(luma)
    height, width = (HEIGHT // 2) // _ROWS, (WIDTH // 2) // _COLUMNS
    cut = luma[:, : height * _ROWS, : width * _COLUMNS]
    blocks = cut.reshape(frames, _ROWS, height, _COLUMNS, width).transpose(0, 1, 3, 2, 4)
    return np.asarray(blocks.reshape(frames, _ROWS, _COLUMNS, height * width), np.float32)
