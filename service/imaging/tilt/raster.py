"""The small raster on which a tilted card is measured: ID-1 at 150 dpi, and its line structure."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import CARD_WIDTH_MM, Box

__all__ = ["HEIGHT", "PX_PER_MM", "WIDTH", "Plane", "Raster", "inside", "place_mask", "structure"]

WIDTH = 506
HEIGHT = 319
PX_PER_MM = WIDTH / CARD_WIDTH_MM

Raster = NDArray[np.uint8]
"""(319, 506, 3) BGR, or any picture of that kind."""
Plane = NDArray[np.float32]
"""One value per pixel."""

_LOCAL = 23
"""Pixels (a square) over which the mean and contrast of light are levelled: wider than a stroke."""


def inside(box: Box, grow_x: float = 0.0, grow_y: float = 0.0) -> tuple[slice, slice]:
    """Rows and columns of a box, grown by fractions of the card (negative: shrunk)."""
    x, y, w, h = box
    x0, x1 = round((x - grow_x) * WIDTH), round((x + w + grow_x) * WIDTH)
    y0, y1 = round((y - grow_y) * HEIGHT), round((y + h + grow_y) * HEIGHT)
    columns = slice(max(0, x0), min(WIDTH, max(x1, x0 + 1)))
    return slice(max(0, y0), min(HEIGHT, max(y1, y0 + 1))), columns


def place_mask(boxes: tuple[Box, ...], grow: float = 0.01) -> NDArray[np.bool_]:
    """(319, 506): True in any of the boxes, each grown a little."""
    mask = np.zeros((HEIGHT, WIDTH), np.bool_)
    for box in boxes:
        mask[inside(box, grow, grow * 1.5)] = True
    return mask


def structure(pixels: NDArray[np.uint8]) -> Plane:
    """Lines without light: luma minus its local mean, over its local contrast; about -3 ... 3."""
    grey = np.asarray(
        cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY) if pixels.ndim == 3 else pixels, dtype=np.float32
    )
    rest = cv2.subtract(grey, cv2.blur(grey, (_LOCAL, _LOCAL)))
    contrast = cv2.sqrt(cv2.blur(cv2.multiply(rest, rest), (_LOCAL + 10, _LOCAL + 10)))
    return np.asarray(rest / (contrast + 6.0), np.float32)
