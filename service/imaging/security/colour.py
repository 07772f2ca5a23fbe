"""Colours of areas against the paper beside them: light, shadow and white balance fall out of the ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box

__all__ = [
    "Coloured",
    "Contrast",
    "band_contrast",
    "beside",
    "coloured_share",
    "contrast",
    "flanks",
    "paper_colour",
]

Raster = NDArray[np.uint8]
Colour = NDArray[np.float64]

_PAPER = (50, 92)
"""Percentiles of luma between which a box shows its paper: print is darker, glare is brighter."""
_LEAST_PIXELS = 24
_STROKE = 0.10
"""Least chromatic distance from the paper at which a pixel counts as coloured."""
_STRIP = 0.030
_GAP = 0.012
_RIM = 0.012


@dataclass(frozen=True, slots=True)
class Contrast:
    """Chromatic difference of an area from the paper beside it, natural logarithms of channel ratios."""

    red_green: float
    blue_green: float
    box: Box

    @property
    def strength(self) -> float:
        """How far apart the two colours are; 0 for two greys."""
        return float(np.hypot(self.red_green, self.blue_green))

    @property
    def angle(self) -> float:
        """Direction of the difference in degrees, -180 ... 180: towards blue and away from red is 150."""
        return float(np.degrees(np.arctan2(self.blue_green, self.red_green)))


@dataclass(frozen=True, slots=True)
class Coloured:
    """Strokes of a colour of their own in a box."""

    share: float
    """Share of the box that is unlike its paper in colour."""
    hue: float
    """HSV hue of those pixels in degrees once the paper is made white."""
    strength: float
    """Their mean chromatic distance from the paper."""
    box: Box


def crop(raster: Raster, box: Box) -> Raster:
    """The pixels of a box, clipped to the raster."""
    height, width = raster.shape[:2]
    x, y, w, h = box
    return raster[
        max(0, round(y * height)) : max(0, round((y + h) * height)),
        max(0, round(x * width)) : max(0, round((x + w) * width)),
    ]


def paper_colour(raster: Raster, boxes: Sequence[Box]) -> Colour | None:
    """Mean B, G, R of the paper in some boxes, 1 ... 255; None where too little of it is seen."""
    parts = [crop(raster, box).reshape(-1, 3) for box in boxes]
    pixels = np.concatenate([part for part in parts if part.size] or [np.empty((0, 3), np.uint8)])
    if len(pixels) < _LEAST_PIXELS:
        return None
    luma = pixels @ np.array([0.114, 0.587, 0.299])
    low, high = np.percentile(luma, _PAPER)
    paper = pixels[(luma >= low) & (luma <= high)].astype(np.float64)
    return np.asarray(np.maximum(paper.mean(axis=0), 1.0), np.float64)


def contrast(raster: Raster, box: Box, around: Sequence[Box]) -> Contrast | None:
    """Colour of a box against that of others; None where one of them is clipped or hidden."""
    inside, outside = paper_colour(raster, [box]), paper_colour(raster, around)
    if inside is None or outside is None or max(outside.min(), inside.min()) > 252 or outside.max() < 25:
        return None
    blue, green, red = np.log(inside) - np.log(outside)
    return Contrast(float(red - green), float(blue - green), box)


def beside(box: Box) -> tuple[Box, ...]:
    """Strips just above and below a box, inside the card's rim."""
    x, y, w, h = box
    x, w = max(x, 0.03), min(w, 0.94)
    above, below = y - _GAP - _STRIP, y + h + _GAP
    found = []
    for top in (above, below):
        start, end = max(top, _RIM), min(top + _STRIP, 1 - _RIM)
        if end - start > _STRIP / 3:
            found.append((x, start, w, end - start))
    return tuple(found)


def flanks(box: Box) -> tuple[Box, ...]:
    """Strips just left and right of a box."""
    x, y, w, h = box
    return (
        (max(0.0, x - _GAP / 2 - _STRIP), y, _STRIP, h),
        (x + w + _GAP / 2, y, min(_STRIP, 0.985 - x - w), h),
    )


def band_contrast(raster: Raster, box: Box) -> Contrast | None:
    """A printed band against the background above and below it."""
    return contrast(raster, box, beside(box))


def coloured_share(raster: Raster, box: Box, around: Sequence[Box]) -> Coloured | None:
    """How much of a box is printed in a colour of its own, and which; None where the paper is not seen."""
    paper = paper_colour(raster, around)
    pixels = crop(raster, box).reshape(-1, 3).astype(np.float64)
    if paper is None or len(pixels) < _LEAST_PIXELS or paper.max() < 25:
        return None
    white = np.clip(pixels / paper, 0.02, 1.6)
    ratios = np.log(white)
    distance = np.hypot(ratios[:, 2] - ratios[:, 1], ratios[:, 0] - ratios[:, 1])
    own = distance > _STROKE
    if not own.any():
        return Coloured(0.0, 0.0, 0.0, box)
    mean = np.clip(white[own].mean(axis=0), 0, 1).astype(np.float32)
    hue = float(cv2.cvtColor(mean[None, None], cv2.COLOR_BGR2HSV)[0, 0, 0])
    return Coloured(float(own.mean()), hue, float(distance[own].mean()), box)
