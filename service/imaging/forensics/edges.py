"""How sharp the edges of each text are: print seen through one lens has one sharpness.

What is typed into a finished picture did not pass the lens, what comes from another picture passed another
one. Steepness over height does not depend on how dark the print is.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box

__all__ = ["measure_edges"]

_WINDOW = 11
"""Pixels over which an edge reaches its full height."""
_MARGIN = 3
_MIN_SPAN = 40.0
"""Levels of luma between print and paper, below which a text is left out."""
_MIN_EDGES = 60
"""Pixels of edges that a figure rests on."""


def measure_edges(luma: NDArray[np.uint8], lines: Mapping[str, Box]) -> dict[str, float]:
    """90th percentile of slope over local range, per pixel, for each text that has enough contrast."""
    soft = cv2.GaussianBlur(luma, (0, 0), 0.6)
    found = {name: _steepness(soft, box) for name, box in lines.items()}
    return {name: value for name, value in found.items() if value is not None}


def _steepness(soft: NDArray[np.generic], box: Box) -> float | None:
    height, width = soft.shape
    x, y, w, h = box
    top, bottom = max(0, round(y * height) - _MARGIN), round((y + h) * height) + _MARGIN
    left, right = max(0, round(x * width) - _MARGIN), round((x + w) * width) + _MARGIN
    part = soft[top:bottom, left:right].astype(np.float32)
    if min(part.shape) < _WINDOW:
        return None
    slope = np.hypot(cv2.Sobel(part, cv2.CV_32F, 1, 0, ksize=1), cv2.Sobel(part, cv2.CV_32F, 0, 1, ksize=1))
    kernel = np.ones((_WINDOW, _WINDOW), np.uint8)
    span = cv2.dilate(part, kernel) - cv2.erode(part, kernel)
    edges = span > max(_MIN_SPAN, 0.6 * float(np.percentile(span, 98)))
    if np.count_nonzero(edges) < _MIN_EDGES:
        return None
    return float(np.percentile(slope[edges] / span[edges], 90))
