"""The finer structure of a printed photograph: enough to tell one photograph among a million.

``photo_features`` describes a photo coarsely, to look one up; two faces drawn or lit alike come near each
other there. Nothing of this is kept as it is: ``service.workshops.photo_sketch`` projects it under a secret
seed. No face is found, measured or described.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["photo_detail"]

_SIZE: Final = (96, 108)
"""Width and height at which the photo is looked at."""
_EDGE = 0.06
_FOOT = 0.84
"""As in ``photo_features``: what is left out at the edges and below."""
_FINE, _COARSE = 1.2, 5.0
"""Standard deviations of the band that is looked at, pixels of ``_SIZE``."""
_MIN_CONTRAST = 8.0


def photo_detail(photo: NDArray[np.uint8]) -> NDArray[np.float32] | None:
    """(10368,) finer structure of a BGR crop of the photo, even in contrast; None where it shows nothing."""
    if photo.ndim != 3 or min(photo.shape[:2]) < _SIZE[0] // 2:
        return None
    height, width = photo.shape[:2]
    inner = photo[
        round(height * _EDGE) : round(height * _FOOT), round(width * _EDGE) : round(width * (1 - _EDGE))
    ]
    grey = cv2.cvtColor(inner, cv2.COLOR_BGR2GRAY)
    if float(grey.std()) < _MIN_CONTRAST:
        return None
    small = cv2.resize(grey, _SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)
    band = cv2.GaussianBlur(small, (0, 0), _FINE) - cv2.GaussianBlur(small, (0, 0), _COARSE)
    even = band / (np.sqrt(cv2.GaussianBlur(band * band, (0, 0), _COARSE)) + 2.0)
    return np.asarray(even.reshape(-1), np.float32)
