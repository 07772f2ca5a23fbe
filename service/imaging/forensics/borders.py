"""Straight edges round a card beyond which the picture is even: a window, the frame of a display, a sheet.

Each is looked for outside the card, nearly parallel to one of its sides and as long as that side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Picture
from service.imaging.pyramid import level, level_transform
from service.imaging.rectify import source_scale

__all__ = ["Borders", "measure_borders"]

Plane = NDArray[np.float32]
_SCALE = 0.25
"""Pixels looked at for one of the raster: letters and grain are gone."""
_AROUND = 150
"""Such pixels beside the card that are looked at: half its width."""
_APART = 5
"""Such pixels from the card's edge within which its own shadow lies."""
_ROWS = _AROUND - _APART
_CHUNK = 8
"""Such pixels along an edge that are taken together."""
_SLOPES = np.tan(np.deg2rad(np.arange(-16.0, 17.0)))
"""The card may lie askew in what is shown."""
_STEP = 4.0
"""Levels a pixel from which a step counts in full."""
_SEEN = 0.7
"""Share of an edge that must lie in the picture."""
_STRIP = (3, 14)
"""Pixels beyond an edge that must be even."""
_EVEN = 4.0
"""Spread of luma along such a strip."""


@dataclass(frozen=True, slots=True)
class Borders:
    """The clearest straight edge on each side of the card."""

    lengths: tuple[float | None, ...]
    """Share of its length along which the edge is a step, above, right, below, left; 0 where the picture
    beyond it is not even, None where too little of the side is in the picture."""

    @property
    def second(self) -> float | None:
        """The same on the side with most but one, as one edge may be a table's; None unless two are seen."""
        known = sorted(length for length in self.lengths if length is not None)
        return known[-2] if len(known) > 1 else None


def measure_borders(picture: Picture, homography: NDArray[np.float64]) -> Borders:
    """The straight edges round a card; ``homography`` maps raster to picture pixels."""
    pixels, halvings = level(picture, _SCALE / source_scale(homography))
    shift = np.array([[1, 0, -_AROUND], [0, 1, -_AROUND], [0, 0, _SCALE]], np.float64) / _SCALE
    matrix = level_transform(halvings) @ homography @ shift
    size = (round(RASTER_WIDTH * _SCALE) + 2 * _AROUND, round(RASTER_HEIGHT * _SCALE) + 2 * _AROUND)
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    luma = cv2.GaussianBlur(cv2.warpPerspective(grey, matrix, size, flags=flags), (0, 0), 0.8)
    high, wide = grey.shape
    corners = np.array([[[0, 0], [wide - 1, 0], [wide - 1, high - 1], [0, high - 1]]], np.float64)
    place = np.clip(cv2.perspectiveTransform(corners, np.linalg.inv(matrix))[0], -1e4, 1e4)
    seen = np.zeros(size[::-1], np.uint8)
    cv2.fillConvexPoly(seen, np.round(place).astype(np.int32), 1)
    # The rim of the picture is no edge of anything.
    seen = np.asarray(cv2.erode(seen, np.ones((7, 7), np.uint8), borderType=cv2.BORDER_REPLICATE), np.uint8)
    return Borders(tuple(_clearest(np.rot90(luma, turn), np.rot90(seen, turn)) for turn in range(4)))


@lru_cache(maxsize=4)
def _lines(chunks: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """How far each chunk of a line lies below its middle, (slopes, chunks), where it lies among the profiles,
    (slopes, rows, chunks), and whether it is there; rows begin at the first that leaves room for a strip."""
    run = (np.arange(chunks) - (chunks - 1) / 2) * _CHUNK
    lean = np.round(_SLOPES[:, None] * run).astype(np.int64)
    place = np.arange(_STRIP[1], _ROWS)[None, :, None] + lean[:, None, :]
    fits = (place >= 0) & (place < _ROWS)
    return lean, np.where(fits, place, 0) * chunks + np.arange(chunks), fits


def _clearest(around: NDArray[np.uint8], inside: NDArray[np.uint8]) -> float | None:
    """Share of its length along which the clearest edge above the card is a step, 0 if uneven beyond."""
    luma, step, seen = _profiles(around, inside)
    lean, index, fits = _lines(luma.shape[1])
    there = fits & seen.ravel()[index]
    count = np.count_nonzero(there, axis=2)
    shown = (count > 0) & (count >= _SEEN * luma.shape[1])
    if not shown.any():
        return None
    total = np.where(there, step.ravel()[index], np.float32(0)).sum(axis=2)
    length = np.where(shown, np.abs(total) / np.maximum(count, 1), -1.0)
    slope, row = np.unravel_index(int(np.argmax(length)), length.shape)
    kept = there[slope, row]
    strip = _STRIP[1] + row - np.arange(*_STRIP)[:, None] + lean[slope][kept]
    spread = luma[np.clip(strip, 0, _ROWS - 1), np.flatnonzero(kept)].std(axis=1)
    return float(length[slope, row]) if np.median(spread) < _EVEN else 0.0


def _profiles(around: NDArray[np.uint8], inside: NDArray[np.uint8]) -> tuple[Plane, Plane, NDArray[np.bool_]]:
    """Luma, step across and whether it is seen, of the strip above the card: (rows, chunks) each."""
    wide = (around.shape[1] - 2 * _AROUND) // _CHUNK * _CHUNK
    part = np.ascontiguousarray(around[:_AROUND, _AROUND : _AROUND + wide], np.float32)
    step = np.zeros_like(part)
    step[1:-1] = np.clip((part[2:] - part[:-2]) / (2 * _STEP), -1, 1)
    luma, across = (plane[:_ROWS].reshape(_ROWS, -1, _CHUNK).mean(axis=2) for plane in (part, step))
    seen = inside[:_ROWS, _AROUND : _AROUND + wide].reshape(_ROWS, -1, _CHUNK).min(axis=2) == 1
    return luma, across, seen
