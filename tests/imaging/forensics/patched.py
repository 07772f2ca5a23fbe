"""A card whose ground has crossing lines, with texts; one of them typed anew on a patch."""

from __future__ import annotations

import cv2
import numpy as np

from service.evidence import RASTER_HEIGHT, RASTER_WIDTH
from tests.imaging.forensics.cards import LINES, Pixels, finished, lettered, waves

__all__ = ["guilloche", "retyped"]

_RIM = 5
"""Pixels of paper about a text that an eraser takes as well."""


def guilloche() -> Pixels:
    """Texts over lines that cross and a shade that changes slowly."""
    lines = waves(23.0, 25.0, 9.0) + waves(31.0, -40.0, 7.0) + waves(260.0, 5.0, 8.0)
    return finished(lettered({}).astype(np.float32) + lines)


def retyped(card: Pixels, name: str, how: str) -> Pixels:
    """The text of a place typed again on a patch; ``how``: ``flat``, ``noisy``, or the upper ``half``."""
    x, y, w, h = LINES[name]
    left, right = round(x * RASTER_WIDTH) - _RIM, round((x + w) * RASTER_WIDTH) + _RIM
    top, bottom = round(y * RASTER_HEIGHT) - _RIM, round((y + h) * RASTER_HEIGHT) + _RIM
    if how == "half":
        bottom = (top + bottom) // 2
    place = np.full((bottom - top, right - left, 3), np.median(card[top - 3 : top, left:right], (0, 1)))
    if how == "noisy":
        place += np.random.default_rng(4).normal(0, 1.0, place.shape)
    out = card.copy()
    out[top:bottom, left:right] = np.clip(place, 0, 255)
    foot = (round(x * RASTER_WIDTH), round((y + h * 0.8) * RASTER_HEIGHT))
    cv2.putText(out, "NONAGON 987654", foot, cv2.FONT_HERSHEY_SIMPLEX, 1.0, (25, 25, 25), 3, cv2.LINE_AA)
    return out
