"""The picture halved again and again, once: large photos are looked at many times at a small size."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Picture

__all__ = ["halved", "level", "level_transform"]

Pixels = NDArray[np.uint8]
_SMALLEST = 1000
"""Longest side below which no further copy is made, pixels."""


def halved(pixels: Pixels) -> tuple[Pixels, ...]:
    """Copies of a (height, width, 3) picture at 1/2, 1/4, ... of its size, each the mean of 2 x 2 pixels."""
    copies: list[Pixels] = []
    current = pixels
    while max(current.shape[:2]) >= 2 * _SMALLEST:
        height, width = current.shape[0] // 2, current.shape[1] // 2
        even = current[: 2 * height, : 2 * width]
        current = np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        copies.append(current)
    return tuple(copies)


def level(picture: Picture, scale: float) -> tuple[Pixels, int]:
    """The smallest copy that still has a pixel for each of ``1 / scale`` picture pixels, and its halvings."""
    levels: Sequence[Pixels] = (picture.pixels, *picture.reduced)
    wanted = int(np.floor(np.log2(max(1.0, 1.0 / scale))))
    chosen = min(wanted, len(levels) - 1)
    return levels[chosen], chosen


def level_transform(halvings: int) -> NDArray[np.float64]:
    """The (3, 3) map from picture pixels to those of a copy; pixel centres are whole numbers in both."""
    factor = 0.5**halvings
    return np.array([[factor, 0, factor / 2 - 0.5], [0, factor, factor / 2 - 0.5], [0, 0, 1]])
