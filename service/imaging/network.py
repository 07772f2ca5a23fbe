"""The card finder network: where in the picture cards lie, coarsely."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.imaging.geometry import Corners, order
from service.imaging.quads import fit_quad
from service.models import session

__all__ = ["Region", "find_regions"]

_SIDE = 256
_PAPER = 128
"""Value of the padding, as in training."""
_SURE = 0.5
_MIN_CELLS = 16
_CORNER_SURE = 0.25
_CORNER_REACH = 1.5
"""Cells within which a peak of the corner map replaces a corner of the mask."""


@dataclass(frozen=True, slots=True)
class Region:
    """One connected region that looks like a card."""

    corners: Corners
    """Ordered corners in pixels of the picture handed in."""
    confidence: float
    """Mean probability of card inside the region."""
    area: float
    """Square pixels of the picture handed in."""


def find_regions(pixels: NDArray[np.uint8]) -> tuple[Region, ...]:
    """Regions of a (height, width, 3) BGR picture, largest first."""
    height, width = pixels.shape[:2]
    scale = _SIDE / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    canvas = np.full((_SIDE, _SIDE, 3), _PAPER, dtype=np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    feed = canvas.transpose(2, 0, 1)[None].astype(np.float32)
    maps = session("card-corners").run(None, {"picture": feed})[0][0]
    per_cell = np.array([width / size[0], height / size[1]]) * (_SIDE / maps.shape[-1])
    return _regions(maps[0], maps[1], per_cell)


def _regions(
    mask: NDArray[np.float32], heat: NDArray[np.float32], per_cell: NDArray[np.float64]
) -> tuple[Region, ...]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        (mask > _SURE).astype(np.uint8), connectivity=4
    )
    peaks = _peaks(heat)
    found: list[Region] = []
    for index in range(1, count):
        cells = int(stats[index, cv2.CC_STAT_AREA])
        if cells < _MIN_CELLS:
            continue
        inside = labels == index
        corners = fit_quad(mask, inside.astype(np.uint8))
        if corners is None:
            continue
        corners = _snap(corners, peaks)
        placed = order(((corners + 0.5) * per_cell - 0.5).astype(np.float32))
        found.append(Region(placed, float(mask[inside].mean()), float(cells * per_cell.prod())))
    return tuple(sorted(found, key=lambda region: -region.area))


def _peaks(heat: NDArray[np.float32]) -> Corners:
    top = (heat >= cv2.dilate(heat, np.ones((5, 5), dtype=np.uint8))) & (heat > _CORNER_SURE)
    places = []
    for y, x in zip(*np.nonzero(top), strict=True):
        y0, x0 = max(y - 2, 0), max(x - 2, 0)
        patch = heat[y0 : y + 3, x0 : x + 3]
        rows, columns = np.mgrid[y0 : y0 + patch.shape[0], x0 : x0 + patch.shape[1]]
        total = float(patch.sum())
        places.append((float((columns * patch).sum()) / total, float((rows * patch).sum()) / total))
    return np.array(places, dtype=np.float32).reshape(-1, 2)


def _snap(corners: Corners, peaks: Corners) -> Corners:
    if not len(peaks):
        return corners
    out = corners.copy()
    for i, corner in enumerate(corners):
        away = np.linalg.norm(peaks - corner, axis=1)
        nearest = int(np.argmin(away))
        if away[nearest] <= _CORNER_REACH:
            out[i] = peaks[nearest]
    return out
