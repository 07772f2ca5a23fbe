"""A fine fingerprint of a printed photograph: enough to tell one photograph among a million.

``photo_features`` describes a photo coarsely, to look one up; two faces drawn or lit alike come near each
other there. Here the finer detail is kept, as random projections that a secret seed chooses: likenesses can
be measured, no picture can be had back without the seed. No face is found, measured or described.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["PHOTO_NUMBERS", "photo_print"]

PHOTO_NUMBERS: Final = 256
_SIZE: Final = (96, 108)
"""Width and height at which the photo is looked at."""
_EDGE = 0.06
_FOOT = 0.84
"""As in ``photo_features``: what is left out at the edges and below."""
_FINE, _COARSE = 1.2, 5.0
"""Standard deviations of the band that is looked at, pixels of ``_SIZE``."""
_MIN_CONTRAST = 8.0
_RMS = 24.0


def photo_print(photo: NDArray[np.uint8], seed: bytes) -> NDArray[np.int8] | None:
    """(256,) int8 of a BGR crop of the photo; None where it shows nothing."""
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
    numbers = even.reshape(-1) @ _signs(seed)
    rms = float(np.sqrt(np.mean(numbers**2)))
    return np.clip(np.round(numbers * (_RMS / rms)), -127, 127).astype(np.int8) if rms > 0 else None


@lru_cache(maxsize=4)
def _signs(seed: bytes) -> NDArray[np.float32]:
    count = _SIZE[0] * _SIZE[1] * PHOTO_NUMBERS
    stream = np.frombuffer(hashlib.shake_256(seed).digest(count // 8), dtype=np.uint8)
    signs = 2.0 * np.unpackbits(stream).astype(np.float32) - 1.0
    return np.asarray(signs.reshape(-1, PHOTO_NUMBERS), np.float32)
