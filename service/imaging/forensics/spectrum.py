"""Regular patterns that no card prints: the cells of a display, the rows of dots of a printer.

A pattern counts by the mean of its excess over its surroundings in the spectra of places all over the card:
lines of the card's own ground do not run through the photograph and the bands, letters do not repeat from
place to place.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import CARD_HEIGHT_MM, CARD_WIDTH_MM, RASTER_HEIGHT, RASTER_WIDTH, Box
from service.imaging.forensics.pieces import Pieces

__all__ = ["Grid", "allowed", "measure_grid"]

_NEAR = 5
"""Bins within which perspective may move a pattern from one place to the next."""
_PRINTED_PER_MM = 1.8
"""Below this many periods a millimetre a card has patterns of its own."""
_AXIS_BINS = 2
"""Rows and columns of sensors, and compression in blocks, lie on the axes."""
_BLOCK_BINS = 5


@dataclass(frozen=True, slots=True)
class Grid:
    """The strongest pattern."""

    strength: float
    """Mean over all places of the logarithm of its power over that of its surroundings."""
    weakest: float
    """The same in the place that is second from below."""
    in_photo: float | None
    """The same on the photograph, None without one."""
    per_mm: float
    """Periods a millimetre of the card."""
    box: Box
    """The place where it is strongest, fractions of the card."""


def measure_grid(pieces: Pieces, homography: NDArray[np.float64], px_per_mm: float) -> Grid:
    """The strongest regular pattern in the ``pieces`` of a card.

    ``homography`` maps raster to picture pixels; ``px_per_mm`` is the picture's resolution on the card.
    """
    size = pieces.size
    near = np.ones((_NEAR, _NEAR), np.uint8)
    stack = np.stack([cv2.dilate(plane, near) for plane in pieces.excess])
    mean = np.where(allowed(size, px_per_mm), stack.mean(axis=0), -np.inf)
    row, column = np.unravel_index(int(np.argmax(mean)), mean.shape)
    at = stack[:, row, column]
    wave = np.array([column, row - size // 2]) / size
    return Grid(
        strength=float(mean[row, column]),
        weakest=float(np.sort(at)[1]),
        in_photo=float(at[-1]) if pieces.photo else None,
        per_mm=_per_mm(wave, homography),
        box=_around(pieces.places[int(np.argmax(at))], size / px_per_mm),
    )


def allowed(size: int, px_per_mm: float) -> NDArray[np.bool_]:
    """Frequencies that neither the card's print nor blocks of compression nor rows of the sensor explain,
    (size, size / 2 + 1)."""
    across, down = np.meshgrid(np.arange(size // 2 + 1), np.arange(size) - size // 2)
    fine = np.hypot(across, down) > size * float(np.clip(_PRINTED_PER_MM / px_per_mm, 0.06, 0.20))
    blocks = np.ones_like(fine)
    for bins in (across, down):
        step = size / 8
        blocks &= np.abs(bins - np.round(bins / step) * step) < _BLOCK_BINS
    on_axis = (np.abs(across) <= _AXIS_BINS) | (np.abs(down) <= _AXIS_BINS)
    return np.asarray(fine & ~blocks & ~on_axis, np.bool_)


def _per_mm(wave: NDArray[np.float64], homography: NDArray[np.float64]) -> float:
    """Periods a millimetre of the card of a wave given in periods a picture pixel."""
    x, y = RASTER_WIDTH / 2, RASTER_HEIGHT / 2
    points = np.array([[[x, y], [x + 1, y], [x, y + 1]]], np.float64)
    centre, right, below = cv2.perspectiveTransform(points, homography)[0]
    on_raster = np.array([wave @ (right - centre), wave @ (below - centre)])
    return float(np.hypot(*(on_raster * (RASTER_WIDTH / CARD_WIDTH_MM, RASTER_HEIGHT / CARD_HEIGHT_MM))))


def _around(place: tuple[float, float], side_mm: float) -> Box:
    width, height = min(1.0, side_mm / CARD_WIDTH_MM), min(1.0, side_mm / CARD_HEIGHT_MM)
    x = float(np.clip(place[0] - width / 2, 0, 1 - width))
    y = float(np.clip(place[1] - height / 2, 0, 1 - height))
    return (x, y, width, height)
