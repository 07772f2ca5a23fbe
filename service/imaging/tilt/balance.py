"""White balance and exposure of a clip made alike on the card's own pale ground (von Kries 1902).

A lamp of another colour, or a camera that changes its mind, colours the ground as it colours the film: what
is left after the balance is the film's own change.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from service.imaging.tilt.raster import Raster

__all__ = ["CLIPPED", "balanced"]

CLIPPED = 245
"""Level from which a pixel is taken for a highlight."""
_STEP = 3
_PALE_LEVEL = 110
_PALE_CHROMA = 75
_LEAST_PIXELS = 150


def balanced(rasters: NDArray[np.uint8], still: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The same clip, (frames, 319, 506, 3), with the pale ground of every frame as in the median frame.

    ``still`` (319, 506) leaves out the places that change colour. Clipped pixels stay clipped.
    """
    sample = rasters[:, ::_STEP, ::_STEP].astype(np.float32)
    middle = np.median(sample, axis=0)
    high, low = middle.max(axis=-1), middle.min(axis=-1)
    pale = still[::_STEP, ::_STEP] & (high > _PALE_LEVEL) & (high - low < _PALE_CHROMA)
    if pale.sum() < _LEAST_PIXELS:
        return rasters
    ground = middle[pale]
    out = np.empty_like(rasters)
    for index, frame in enumerate(sample):
        out[index] = _scaled(rasters[index], _gains(ground, frame[pale]))
    return out


def _gains(ground: NDArray[np.float32], seen: NDArray[np.float32]) -> NDArray[np.float32]:
    clear = (seen.max(axis=-1) < CLIPPED) & (seen.min(axis=-1) > 8)
    if clear.sum() < _LEAST_PIXELS // 3:
        return np.ones(3, np.float32)
    return np.asarray(np.median(ground[clear] / seen[clear], axis=0), np.float32)


def _scaled(raster: Raster, gains: NDArray[np.float32]) -> Raster:
    levels = np.arange(256, dtype=np.float32)[:, None] * gains[None]
    levels[CLIPPED:] = np.maximum(levels[CLIPPED:], CLIPPED)
    table = np.clip(np.round(levels), 0, 255).astype(np.uint8)
    return np.stack([table[raster[..., c], c] for c in range(3)], axis=-1)
