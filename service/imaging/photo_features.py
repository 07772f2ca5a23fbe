"""A photo in a hundred numbers: to find the same photograph again, not to recognise a face.

Coarse structure of the picture as it is printed: two photographs of one person differ, two pictures of one
photograph do not. No face is found, measured or described.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["FEATURES", "photo_features"]

_SIZE = (32, 40)
"""Width and height at which the photo is looked at."""
_EDGE = 0.06
"""Share of the photo left out at each edge: the card is never cut out more exactly."""
_FOOT = 0.84
"""Share of the height that is looked at: a mark or a band often covers the foot of the photo."""
_ORDER = 11
"""Cosines in each direction; the first of each is left out, it holds the light."""
FEATURES = (_ORDER - 1) ** 2
_MIN_CONTRAST = 8.0
"""Standard deviation of luma below which there is nothing to compare, 0 ... 255."""


def photo_features(photo: NDArray[np.uint8]) -> NDArray[np.float32] | None:
    """Features (100,) of unit length of a BGR crop of the photo; None where it shows nothing."""
    if photo.ndim != 3 or min(photo.shape[:2]) < _SIZE[0]:
        return None
    height, width = photo.shape[:2]
    inner = photo[
        round(height * _EDGE) : round(height * _FOOT), round(width * _EDGE) : round(width * (1 - _EDGE))
    ]
    grey = cv2.cvtColor(inner, cv2.COLOR_BGR2GRAY)
    if float(grey.std()) < _MIN_CONTRAST:
        return None
    small = cv2.resize(grey, _SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)
    even = small - cv2.GaussianBlur(small, (0, 0), 6.0)
    even /= np.sqrt(cv2.GaussianBlur(even * even, (0, 0), 6.0)) + 4.0
    cosines = cv2.dct(even)[1:_ORDER, 1:_ORDER]
    order = np.arange(1, _ORDER, dtype=np.float32)
    whitened = cosines * np.sqrt(order[:, None] ** 2 + order[None, :] ** 2)
    flat = whitened.reshape(-1)
    length = float(np.linalg.norm(flat))
    return np.asarray(flat / length, dtype=np.float32) if length > 0 else None
