"""Whether a portrait stands in the photo's place: a child's card has none, and its ground runs on there."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box

__all__ = ["shows_portrait"]

_CELLS = (10, 14)
"""Cells across and down: lines of the ground and noise average out, head, hair and clothes stay."""
_INSET = 0.10
_UPPER = 0.78
"""Share of the height that is looked at: issuers' and specimens' marks lie below."""
_CONTRAST = 12.0
"""Standard deviation of the cells' levels: grounds that were drawn have at most 5, portraits 20 and more."""


def shows_portrait(luma: NDArray[np.uint8], box: Box) -> bool:
    """Whether the box of a (height, width) card holds as much light and dark as a face does."""
    height, width = luma.shape
    x, y, w, h = box
    top, bottom = round((y + _INSET * h) * height), round((y + _UPPER * h) * height)
    left, right = round((x + _INSET * w) * width), round((x + (1 - _INSET) * w) * width)
    part = luma[top:bottom, left:right]
    if part.shape[0] < _CELLS[1] or part.shape[1] < _CELLS[0]:
        return False
    return float(cv2.resize(part, _CELLS, interpolation=cv2.INTER_AREA).std()) >= _CONTRAST
