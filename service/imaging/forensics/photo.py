"""Whether the photograph is smoother than all else on the card: one sensor leaves one noise everywhere."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box

__all__ = ["measure_photo_noise"]

_DIAGONAL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
"""Takes off shading and straight edges (Immerkaer 1996); of unit noise it leaves 1."""
_CELL = 8
_RIM = 0.12
"""Share of the photograph's sides left out: frame and marks lie there."""
_QUIET = 10
"""Percentile of the card's cells that stands for its noise alone."""
_LEAST = 0.15
"""Levels: less than this and compression has taken the noise away."""
_UPPER = 0.80
"""Share of the photograph's height that specimens and issuers leave free of marks."""


def measure_photo_noise(luma: NDArray[np.uint8], photo: Box, others: Sequence[Box]) -> float | None:
    """Logarithm of the photograph's median roughness over the quietest tenth of ``others``.

    None where the card shows no noise that could be compared. Below 0 the photograph is smoother than the
    smoothest places beside it.
    """
    rough = np.abs(cv2.filter2D(luma.astype(np.float32), -1, _DIAGONAL))
    size = (luma.shape[1] // _CELL, luma.shape[0] // _CELL)
    cells = np.asarray(cv2.resize(rough, size, interpolation=cv2.INTER_AREA), np.float32)
    x, y, w, h = photo
    inner = (x + _RIM * w, y + _RIM * h, w * (1 - 2 * _RIM), h * (_UPPER - _RIM))
    own = _values(cells, inner)
    ground = np.concatenate([_values(cells, box) for box in others])
    if own.size < 50 or ground.size < 200:
        return None
    floor = float(np.percentile(ground, _QUIET))
    if floor < _LEAST:
        return None
    return float(np.log((float(np.median(own)) + 0.01) / (floor + 0.01)))


def _values(cells: NDArray[np.float32], box: Box) -> NDArray[np.float32]:
    height, width = cells.shape
    x, y, w, h = box
    part = cells[round(y * height) : round((y + h) * height), round(x * width) : round((x + w) * width)]
    return part.ravel()
