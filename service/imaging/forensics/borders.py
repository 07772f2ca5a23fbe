"""Straight edges round a card beyond which the picture is even: a window, the frame of a display, a sheet.

Each is looked for outside the card, nearly parallel to one of its sides and as long as that side.
"""

from __future__ import annotations

from dataclasses import dataclass

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
        """The same on the side that has most but one, since one edge may be a table's; None unless two are seen."""
        known = sorted(length for length in self.lengths if length is not None)
        return known[-2] if len(known) > 1 else None


def measure_borders(picture: Picture, homography: NDArray[np.float64]) -> Borders:
    """The straight edges round a card; ``homography`` maps raster to picture pixels."""
    pixels, halvings = level(picture, _SCALE / source_scale(homography))
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    shift = np.array([[1, 0, -_AROUND], [0, 1, -_AROUND], [0, 0, _SCALE]], np.float64) / _SCALE
    matrix = level_transform(halvings) @ homography @ shift
    size = tuple(round(side * _SCALE) + 2 * _AROUND for side in (RASTER_WIDTH, RASTER_HEIGHT))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    around = cv2.GaussianBlur(cv2.warpPerspective(grey, matrix, size, flags=flags), (0, 0), 0.8)
    seen = cv2.warpPerspective(np.full(grey.shape, 255, np.uint8), matrix, size, flags=flags)
    inside = cv2.erode(seen, np.ones((5, 5), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    above, right, below, left = (
        _clearest(np.rot90(around, turn).astype(np.float32), np.rot90(inside == 255, turn))
        for turn in range(4)
    )
    return Borders((above, right, below, left))


def _clearest(around: Plane, inside: NDArray[np.bool_]) -> float | None:
    """Share of its length along which the clearest edge above the card is a step, 0 if uneven beyond."""
    luma, step, seen = _profiles(around, inside)
    chunks = luma.shape[1]
    run = (np.arange(chunks) - (chunks - 1) / 2) * _CHUNK
    lean = np.round(_SLOPES[:, None] * run).astype(int)
    rows = np.arange(_STRIP[1], _AROUND - _APART)
    place = rows[None, :, None] + lean[:, None, :]
    fits = (place >= 0) & (place < _AROUND - _APART)
    place = np.where(fits, place, 0)
    column = np.arange(chunks)
    there = fits & seen[place, column]
    shown = there.mean(axis=2) >= _SEEN
    if not shown.any():
        return None
    length = np.abs(np.where(there, step[place, column], 0).sum(axis=2)) / np.maximum(there.sum(axis=2), 1)
    length = np.where(shown, length, 0)
    slope, row = np.unravel_index(int(np.argmax(length)), length.shape)
    strip = rows[row] - np.arange(*_STRIP)[:, None] + lean[slope]
    kept = there[slope, row]
    values = luma[np.clip(strip, 0, _AROUND - 1), column][:, kept]
    return float(length[slope, row]) if np.median(values.std(axis=1)) < _EVEN else 0.0


def _profiles(around: Plane, inside: NDArray[np.bool_]) -> tuple[Plane, Plane, NDArray[np.bool_]]:
    """Luma, step across and whether it is seen, of the strip above the card: (rows, chunks) each."""
    wide = (around.shape[1] - 2 * _AROUND) // _CHUNK * _CHUNK
    part = slice(_AROUND, _AROUND + wide)
    luma, seen = around[: _AROUND + 1, part], inside[: _AROUND + 1, part]
    step = np.zeros_like(luma)
    step[1:-1] = np.clip((luma[2:] - luma[:-2]) / (2 * _STEP), -1, 1)

    def taken(plane: NDArray[np.generic]) -> Plane:
        chunked = np.asarray(plane, np.float32)[:_AROUND].reshape(_AROUND, -1, _CHUNK)
        return np.asarray(chunked.mean(axis=2), np.float32)

    return taken(luma), taken(step), taken(seen) == 1
