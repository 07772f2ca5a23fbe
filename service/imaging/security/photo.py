"""The printed photo as a rectangle: where its edges are, how large it is, whether a film lies across them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import CARD_HEIGHT_MM, CARD_WIDTH_MM, Box

__all__ = ["PhotoPlace", "find_photo"]

_REACH_MM = 3.5
_PROMINENT = 3.0
"""Height of an edge against the median of its profile from which it counts as found."""
_LEAST_STEP = 3.0
_STEEP = 0.4
"""Share of the steepest step nearby that an edge must have."""
_OVERLAY_MM = 1.6

Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PhotoPlace:
    """The four edges that were found near the layout's photo."""

    offsets_mm: tuple[float | None, float | None, float | None, float | None]
    """Left, top, right, bottom: found place minus the layout's, None where no edge stands out."""
    size_mm: tuple[float, float] | None
    """Width and height, None unless all four edges were found."""
    overlay: float
    """Share of the left edge that bright strokes cross, 0 ... 1."""
    box: Box

    @property
    def found(self) -> int:
        """How many of the edges stand out."""
        return sum(offset is not None for offset in self.offsets_mm)


def find_photo(half: NDArray[np.uint8], box: Box) -> PhotoPlace:
    """Look for the photo of a (319, 506, 3) BGR raster near its place in the layout."""
    height, width = half.shape[:2]
    x, y, w, h = box
    across, down = width / CARD_WIDTH_MM, height / CARD_HEIGHT_MM
    left, right, top, bottom = x * width, (x + w) * width, y * height, (y + h) * height
    rows = slice(round(top + 0.15 * h * height), round(bottom - 0.2 * h * height))
    columns = slice(round(left + 0.15 * w * width), round(right - 0.15 * w * width))
    level = half[rows].mean(axis=0), half[:, columns].mean(axis=1)
    offsets = (
        _edge(level[0], left, across),
        _edge(level[1], top, down),
        _edge(level[0], right, across),
        _edge(level[1], bottom, down),
    )
    size = None
    if None not in offsets:
        dx0, dy0, dx1, dy1 = (float(v) for v in offsets if v is not None)
        size = (w * CARD_WIDTH_MM + dx1 - dx0, h * CARD_HEIGHT_MM + dy1 - dy0)
    return PhotoPlace(offsets, size, _overlay(half, left, rows, across), box)


def _edge(profile: NDArray[np.float64], nominal: float, per_mm: float) -> float | None:
    """Distance in mm from a nominal place to the nearest steep step of a (n, 3) profile."""
    reach = round(_REACH_MM * per_mm)
    low, high = max(2, round(nominal) - reach), min(len(profile) - 2, round(nominal) + reach)
    if high - low < reach:
        return None
    steps = np.abs(profile[low + 1 : high + 1] - profile[low - 1 : high - 1]).max(axis=1)
    least = max(_LEAST_STEP, _PROMINENT * float(np.median(steps)), _STEEP * float(steps.max()))
    peaks = np.flatnonzero((steps >= least) & (steps >= np.roll(steps, 1)) & (steps >= np.roll(steps, -1)))
    if not peaks.size:
        return None
    nearest = peaks[np.argmin(np.abs(low + peaks + 0.5 - nominal))]
    return float((low + nearest + 0.5 - nominal) / per_mm)


def _overlay(half: NDArray[np.uint8], left: float, rows: slice, per_mm: float) -> float:
    """Share of the rows of the left edge with bright detail on both of its sides."""
    reach = round(_OVERLAY_MM * per_mm)
    start = max(0, round(left) - reach)
    luma = cv2.cvtColor(half[rows, start : round(left) + reach], cv2.COLOR_BGR2GRAY)
    bright = cv2.morphologyEx(luma, cv2.MORPH_TOPHAT, np.ones((7, 7), np.uint8))
    middle = round(left) - start
    sides = bright[:, : middle - 1].max(axis=1), bright[:, middle + 2 :].max(axis=1)
    level = max(6.0, 2.0 * float(np.median(bright)))
    return float(np.mean((sides[0] > level) & (sides[1] > level)))
