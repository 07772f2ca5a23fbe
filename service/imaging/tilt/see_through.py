"""Letters that appear on the back when light shines through the card from the front.

Where they stand and how large they are is not known: the word is looked for at every place, in the sizes that
a card could hold, lighter or darker than its ground. A word that is found says something; none says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Location, Picture
from service.imaging.rectify import rectify
from service.imaging.tilt.raster import HEIGHT, PX_PER_MM, WIDTH, Plane, structure

__all__ = ["SeeThrough", "see_through"]

WORD = "MOJMOJ"
_HEIGHTS_MM = (2.5, 3.2, 4.0, 5.0, 6.3, 8.0)
_FONTS = (cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX)


@dataclass(frozen=True, slots=True)
class SeeThrough:
    """What a picture with light behind the card shows."""

    found: bool
    """Whether a card was found in the picture."""
    glow: float
    """Median luma of the card minus that of its surroundings: well above 0 where light comes through."""
    likeness: float
    """Best correlation with the word, 0 ... 1."""


def see_through(picture: Picture, location: Location) -> SeeThrough:
    """Look for the word in a picture of the back with light behind the card."""
    if not location.quads or location.cards > 1:
        return SeeThrough(False, 0.0, 0.0)
    best, glow = 0.0, 0.0
    for turns in range(4):
        raster, homography = rectify(picture, location.quads[0], turns)
        if turns == 0:
            glow = _glow(picture, homography)
        small = np.asarray(cv2.resize(raster, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
        best = max(best, _likeness(structure(small)))
    return SeeThrough(True, glow, best)


def _glow(picture: Picture, homography: NDArray[np.float64]) -> float:
    corners = np.array([[[0, 0], [1011, 0], [1011, 637], [0, 637]]], np.float64)
    outline = cv2.perspectiveTransform(corners, homography)[0]
    mask = np.zeros(picture.pixels.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.round(outline).astype(np.int32), 1)
    green = picture.pixels[::4, ::4, 1]
    card = mask[::4, ::4] > 0
    if card.all() or not card.any():
        return 0.0
    return float(np.median(green[card])) - float(np.median(green[~card]))


def _likeness(lines: Plane) -> float:
    best = 0.0
    for word in _words():
        if word.shape[0] < lines.shape[0] and word.shape[1] < lines.shape[1]:
            found = cv2.matchTemplate(lines, word, cv2.TM_CCOEFF_NORMED)
            best = max(best, float(found.max()), -float(found.min()))
    return best


@lru_cache(maxsize=1)
def _words() -> tuple[Plane, ...]:
    return tuple(_drawn())


def _drawn() -> Iterator[Plane]:
    for height_mm in _HEIGHTS_MM:
        for font in _FONTS:
            scale = cv2.getFontScaleFromHeight(font, round(height_mm * PX_PER_MM))
            thick = max(1, round(height_mm * PX_PER_MM / 7))
            (width, height), base = cv2.getTextSize(WORD, font, scale, thick)
            canvas = np.zeros((height + base + 4, width + 4), np.uint8)
            cv2.putText(canvas, WORD, (2, height + 2), font, scale, 255, thick, cv2.LINE_AA)
            yield np.asarray(cv2.GaussianBlur(canvas, (0, 0), 0.8), np.float32)
