"""Large letters across a card, translucent or slanting, turned upright and freed from what lies under them.

Strokes of a mark across the card are several times thicker than any print of the card: closing the picture
with a kernel wider than print leaves the mark alone. Nothing is read where nothing is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box
from service.reading.crops import area_of
from service.reading.ink import TextBox, brightest

__all__ = ["LargeMark", "large_marks"]

SCALE = 0.4
"""Of the raster, at which marks are looked for."""
PRINT_PX = 5
"""Strokes up to this are print (12 px at 300 dpi)."""
STROKE_PX = 19
"""Strokes beyond this are no letters but hair, clothes, shadows."""
MIN_CONTRAST = 9
MIN_LETTER_PX = 22
MIN_AREA_PX = 70
MIN_LENGTH_PX = 70
HEIGHT_PX = 96
"""Letters' height in the upright crop."""

Grey = NDArray[np.uint8]
Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LargeMark:
    """Letters that may be a mark."""

    picture: NDArray[np.uint8]
    """Upright, dark on light, BGR."""
    box: TextBox
    """Around the letters, raster pixels."""


def large_marks(raster: NDArray[np.uint8], covered: Sequence[Box] = ()) -> Iterator[LargeMark]:
    """Possible marks on a (638, 1012, 3) BGR raster: darker than the card, and redder than the card.

    ``covered`` are areas with large shapes of their own, as the photo: they are not looked at.
    """
    small = cv2.resize(raster, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_AREA)
    for contrast in (_darkness(small), _redness(small)):
        for box in covered:
            area = area_of(box, contrast.shape, margin=2)
            contrast[area.y0 : area.y1, area.x0 : area.x1] = 0
        letters = _letters(contrast)
        points = cv2.findNonZero(letters)
        if points is None:
            continue
        yield from _upright(contrast, points.reshape(-1, 2).astype(np.float32))


def _darkness(small: NDArray[np.uint8]) -> Grey:
    value = brightest(small)
    filled = cv2.morphologyEx(value, cv2.MORPH_CLOSE, np.ones((PRINT_PX, PRINT_PX), np.uint8))
    paper = cv2.morphologyEx(filled, cv2.MORPH_CLOSE, np.ones((31, 31), np.uint8))
    return np.asarray(cv2.subtract(cv2.blur(paper, (15, 15)), filled), np.uint8)


def _redness(small: NDArray[np.uint8]) -> Grey:
    red = cv2.subtract(small[..., 2], cv2.max(small[..., 0], small[..., 1]))
    plain = cv2.morphologyEx(red, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    around = cv2.morphologyEx(plain, cv2.MORPH_OPEN, np.ones((31, 31), np.uint8))
    return np.asarray(cv2.subtract(plain, around), np.uint8)


def _letters(contrast: Grey) -> Grey:
    """Parts with the strokes and the size of letters."""
    mask = (contrast > MIN_CONTRAST).astype(np.uint8)
    thick = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((STROKE_PX, STROKE_PX), np.uint8))
    mask[cv2.dilate(thick, np.ones((5, 5), np.uint8)) > 0] = 0
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    sizes = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    good = (sizes >= MIN_LETTER_PX) & (stats[:, cv2.CC_STAT_AREA] >= MIN_AREA_PX)
    good &= sizes < 200
    good[0] = False
    if count < 2:
        return np.zeros_like(mask)
    return np.asarray(good[labels], np.uint8)


def _upright(contrast: Grey, points: Points) -> Iterator[LargeMark]:
    """The letters along their own direction and, in case that one is misled, level and along the diagonal."""
    x0, y0 = points.min(axis=0)
    x1, y1 = points.max(axis=0)
    if max(x1 - x0, y1 - y0) < MIN_LENGTH_PX:
        return
    box = TextBox(int(x0 / SCALE), int(y0 / SCALE), int(x1 / SCALE) + 1, int(y1 / SCALE) + 1)
    tried: list[float] = []
    for angle in (_direction(points), 0.0, -32.0, 32.0):
        if all(abs(angle - other) > 8 for other in tried):
            tried.append(angle)
            crop = _turned(contrast, points, angle)
            if crop is not None:
                yield LargeMark(crop, box)


def _direction(points: Points) -> float:
    """Angle of the smallest rectangle around the letters, degrees, between -60 and 60."""
    _, (width, height), angle = cv2.minAreaRect(points)
    turned = angle if width >= height else angle - 90
    return float((turned + 90) % 180 - 90)


def _turned(contrast: Grey, points: Points, angle: float) -> NDArray[np.uint8] | None:
    turn = cv2.getRotationMatrix2D((contrast.shape[1] / 2, contrast.shape[0] / 2), angle, 1.0)
    placed = points @ turn[:, :2].T + turn[:, 2]
    low, high = np.percentile(placed, 1, axis=0), np.percentile(placed, 99, axis=0)
    width, height = (high - low) + 12
    if not 1.2 <= width / height <= 10:
        return None
    turn[:, 2] -= low - 6
    level = cv2.warpAffine(contrast, turn, (round(width), round(height)), borderValue=0)
    top = max(1.0, float(np.percentile(level, 97)))
    dark = np.clip(255 - level.astype(np.float32) * (220 / top), 0, 255).astype(np.uint8)
    zoom = HEIGHT_PX / height
    level = cv2.resize(dark, None, fx=zoom, fy=zoom)
    return np.asarray(cv2.cvtColor(level, cv2.COLOR_GRAY2BGR), np.uint8)
