"""Grain without direction: the scattered dots of an inkjet printer, or a sensor that had too little light.

A card's ground is drawn in lines, which vary across and not along: what varies in every direction is grain.
It is the root of the structure tensor's smaller eigenvalue (Foerstner and Guelch 1987), in levels a pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Box, Picture

__all__ = ["Grain", "measure_grain"]

Plane = NDArray[np.float32]
_CELL = 12
"""Raster pixels, 1 mm: several dots of any printer, and still some cells between two lines of print."""
_FINE = 0.8
"""Sigma, raster pixels, that takes off the noise of single pixels; shading has a direction and falls out."""
_QUIET = 10
"""Percentile of cells: most hold lines or letters, grain is in all of them."""
_FEWEST = 12
"""Cells that a figure rests on."""
_WORTH = 1.0
"""Grain of the whole card from which the picture beside it is looked at too."""
_AROUND = 120
"""Raster pixels beside the card that are looked at."""
_LIT = (30, 235)
"""Luma between which a sensor's noise shows: at black and at white it is cut off."""


@dataclass(frozen=True, slots=True)
class Grain:
    """Grain of one card, cell by cell."""

    cells: Plane
    """(53, 84), levels a raster pixel."""
    beside: float | None
    """Grain of the quietest places beside the card; None where none is seen, or it was not asked."""

    def within(self, box: Box) -> float | None:
        """Grain of the quietest tenth of a place (fractions of the card); None where it has too few cells."""
        height, width = self.cells.shape
        x, y, w, h = box
        top, left = int(np.ceil(y * height)), int(np.ceil(x * width))
        part = self.cells[top : max(top + 1, int((y + h) * height)), left : int((x + w) * width)]
        return float(np.percentile(part, _QUIET)) if part.size >= _FEWEST else None


def measure_grain(luma: NDArray[np.uint8], picture: Picture, homography: NDArray[np.float64]) -> Grain:
    """Grain of a rectified card, (638, 1012), and of the ``picture`` beside it; ``homography`` maps raster to
    picture pixels."""
    cells = _cells(luma)
    worth = float(np.percentile(cells, _QUIET)) >= _WORTH
    return Grain(cells, _beside(picture, homography) if worth else None)


def _cells(luma: NDArray[np.uint8]) -> Plane:
    soft = cv2.GaussianBlur(luma, (0, 0), _FINE).astype(np.float32)
    across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    size = (luma.shape[1] // _CELL, luma.shape[0] // _CELL)
    xx, yy, xy = (
        cv2.resize(product, size, interpolation=cv2.INTER_AREA)
        for product in (across * across, down * down, across * down)
    )
    least = (xx + yy) / 2 - np.hypot((xx - yy) / 2, xy)
    return np.asarray(np.sqrt(np.maximum(least, 0)), np.float32)


def _beside(picture: Picture, homography: NDArray[np.float64]) -> float | None:
    """The same of the table or the scanner's lid round the card, as large as in the raster."""
    size = (RASTER_WIDTH + 2 * _AROUND, RASTER_HEIGHT + 2 * _AROUND)
    shift = np.array([[1, 0, -_AROUND], [0, 1, -_AROUND], [0, 0, 1]], np.float64)
    matrix = homography @ shift
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    grey = cv2.cvtColor(picture.pixels, cv2.COLOR_BGR2GRAY)
    around = np.asarray(cv2.warpPerspective(grey, matrix, size, flags=flags), np.uint8)
    seen = cv2.warpPerspective(np.full(grey.shape, 255, np.uint8), matrix, size, flags=flags)
    seen[_AROUND - _CELL : _CELL - _AROUND, _AROUND - _CELL : _CELL - _AROUND] = 0
    cells = _cells(around)
    inside = cv2.erode(seen, np.ones((9, 9), np.uint8))
    whole, level = (
        cv2.resize(plane, cells.shape[::-1], interpolation=cv2.INTER_AREA) for plane in (inside, around)
    )
    told = cells[(whole >= 255) & (level > _LIT[0]) & (level < _LIT[1])]
    return float(np.percentile(told, _QUIET)) if told.size >= _FEWEST else None
