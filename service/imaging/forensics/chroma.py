"""How much colour a card shows, apart from the cast of the light on it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Chroma", "measure_chroma"]

_SMALL = (253, 160)
"""A quarter of the raster: sensor noise and dots of print average out, bands and photograph stay."""
_INNER = 6
"""Rows and columns at the rim that may show the table."""
_DARK = 40
"""Luma below which ratios of channels say little."""


@dataclass(frozen=True, slots=True)
class Chroma:
    """Colour of one rectified card. Ratios are differences of channels over luma."""

    spread: float
    """Range of the card's colours around their middle, the wider of red-green and blue-green; the blue bands
    of a residence card alone give 0.3."""
    cast: float
    """How far the middle itself is from grey."""
    tinted: float
    """Share of pixels with a difference of channels that no grey file has."""


def measure_chroma(raster: NDArray[np.uint8]) -> Chroma:
    """Measure a rectified card, (638, 1012, 3) BGR."""
    thin = raster[::4, ::4].astype(np.int16)
    tinted = float(((thin.max(axis=2) - thin.min(axis=2)) >= 3).mean())
    small = cv2.resize(raster, _SMALL, interpolation=cv2.INTER_AREA)[_INNER:-_INNER, _INNER:-_INNER]
    blue, green, red = cv2.split(small.astype(np.float32))
    luma = (blue + green + red) / 3
    lit = luma > _DARK
    if np.count_nonzero(lit) < 0.3 * lit.size:
        return Chroma(0.0, 1.0, tinted)
    ratios = [(plane[lit] - green[lit]) / luma[lit] for plane in (red, blue)]
    spans = [float(np.ptp(np.percentile(ratio, (2.5, 97.5)))) for ratio in ratios]
    cast = max(abs(float(np.median(ratio))) for ratio in ratios)
    return Chroma(max(spans), cast, tinted)
