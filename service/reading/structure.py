"""How much a small raster looks like a layout: its bands' colours and where its print stands.

Cheap enough to try every orientation of every hypothesis; nothing is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from service.cards.layout import SideLayout, layout
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Box, Side
from service.reading.ink import ink_map, print_level

__all__ = ["SMALL", "Likeness", "likeness"]

SMALL = (RASTER_WIDTH // 2, RASTER_HEIGHT // 2)
"""Width and height of the raster that is looked at."""
_GRID = (RASTER_WIDTH // 4, RASTER_HEIGHT // 4)
_SHIFT = 9
"""Pixels of the grid that the print may be off: 3 mm."""
_GREY_SATURATION = 14
_MIN_SATURATION = 28
_UNKNOWN = ("photo",)
"""Areas that may hold anything and count for nothing."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How well a raster fits one side of a layout."""

    print_: float
    """Correlation of the print with the places of labels and fields, -1 ... 1."""
    colour: float | None
    """Share of the coloured areas that has their hue, 0 ... 1; None for a grey picture."""

    @property
    def score(self) -> float:
        """One figure to rank hypotheses by."""
        return self.print_ + (0.5 * self.colour if self.colour is not None else 0.1)


@lru_cache(maxsize=32)
def _template(layout_id: str, side: Side) -> NDArray[np.float32]:
    """Where print is expected on the grid: 1 in labels, less in fields, 0 elsewhere."""
    known = layout(layout_id).sides[side]
    width, height = _GRID
    grid = np.zeros((height, width), np.float32)
    for place in known.fields:
        x, y, w, h = _cells(place.box)
        grid[y : y + h, x : x + min(w, max(8, 6 * h))] = 0.6
    for label in known.labels:
        x, y, w, h = _cells(label.box)
        grid[y : y + h, x : x + w] = 1.0
    return np.asarray(cv2.GaussianBlur(grid, (0, 0), 1.0), np.float32)


@lru_cache(maxsize=32)
def _weight(layout_id: str, side: Side) -> NDArray[np.float32]:
    width, height = _GRID
    weight = np.ones((height, width), np.float32)
    for area in layout(layout_id).sides[side].areas:
        if area.id in _UNKNOWN:
            x, y, w, h = _cells(area.box)
            weight[y : y + h, x : x + w] = 0.0
    return weight


def _cells(box: Box) -> tuple[int, int, int, int]:
    width, height = _GRID
    x, y, w, h = box
    return round(x * width), round(y * height), max(1, round(w * width)), max(1, round(h * height))


def likeness(small: NDArray[np.uint8], layout_id: str, side: Side) -> Likeness:
    """Compare a (319, 506, 3) BGR raster with one side of a layout."""
    return Likeness(_print_likeness(small, layout_id, side), _colour(small, layout(layout_id).sides[side]))


def _print_likeness(small: NDArray[np.uint8], layout_id: str, side: Side) -> float:
    ink = ink_map(small)
    mask = (ink > print_level(ink)).astype(np.float32)
    cells = cv2.resize(mask, _GRID, interpolation=cv2.INTER_AREA)
    cells = np.minimum(1.0, 2.0 * cv2.GaussianBlur(cells, (0, 0), 1.0)) * _weight(layout_id, side)
    inner = _template(layout_id, side)[_SHIFT:-_SHIFT, _SHIFT:-_SHIFT]
    scores = cv2.matchTemplate(cells.astype(np.float32), inner, cv2.TM_CCOEFF_NORMED)
    return float(scores.max())


def _colour(small: NDArray[np.uint8], known: SideLayout) -> float | None:
    tiny = cv2.resize(small, _GRID, interpolation=cv2.INTER_AREA)
    hsv = cv2.cvtColor(tiny, cv2.COLOR_BGR2HSV)
    if float(np.percentile(hsv[..., 1], 80)) < _GREY_SATURATION:
        return None
    shares = [_share(hsv, area.box, area.hue) for area in known.areas if area.hue and area.confirmed]
    return float(np.mean(shares)) if shares else None


def _share(hsv: NDArray[np.uint8], box: Box, hue: tuple[float, float]) -> float:
    x, y, w, h = _cells(box)
    patch = hsv[y : y + h, x : x + w].reshape(-1, 3)
    low, high = hue[0] - 20, hue[1] + 20
    degrees = patch[:, 0].astype(np.float32) * 2
    inside = (degrees >= low) & (degrees <= high) | (degrees >= low + 360) | (degrees <= high - 360)
    return float(np.mean(inside & (patch[:, 1] >= _MIN_SATURATION)))
