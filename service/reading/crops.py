"""Cutting lines of text out of a raster for the recogniser."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box
from service.reading.ink import TextBox

__all__ = ["area_of", "cut", "enclosing", "fraction_of"]

PAD_ROWS = 0.15
PAD_COLUMNS = 0.25
"""Paper left around a line, as a share of its height: the recogniser was trained with some."""


def area_of(box: Box, shape: tuple[int, ...], margin: int = 0) -> TextBox:
    """A box in fractions as pixels of a raster of that shape, widened by a margin and clipped."""
    height, width = shape[:2]
    x, y, w, h = box
    return TextBox(
        max(0, round(x * width) - margin),
        max(0, round(y * height) - margin),
        min(width, round((x + w) * width) + margin),
        min(height, round((y + h) * height) + margin),
    )


def fraction_of(area: TextBox, shape: tuple[int, ...]) -> Box:
    """A box in pixels as fractions of the raster."""
    height, width = shape[:2]
    return (area.x0 / width, area.y0 / height, area.width / width, area.height / height)


def enclosing(areas: tuple[TextBox, ...]) -> TextBox:
    """The smallest box around all (at least one)."""
    return TextBox(
        min(a.x0 for a in areas),
        min(a.y0 for a in areas),
        max(a.x1 for a in areas),
        max(a.y1 for a in areas),
    )


def cut(
    raster: NDArray[np.uint8], line: TextBox, squash: float = 1.0, pad_rows: float = PAD_ROWS
) -> NDArray[np.uint8]:
    """A line with some paper around it, squeezed to ``squash`` of its width."""
    rows, columns = max(1, round(pad_rows * line.height)), max(3, round(PAD_COLUMNS * line.height))
    crop = raster[max(0, line.y0 - rows) : line.y1 + rows, max(0, line.x0 - columns) : line.x1 + columns]
    if squash >= 1.0 or crop.size == 0:
        return crop
    width = max(8, round(crop.shape[1] * squash))
    squeezed = cv2.resize(crop, (width, crop.shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(squeezed, np.uint8)
