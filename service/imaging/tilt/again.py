"""Does a place look the same whenever the card comes back to an angle, and otherwise in between?

A device does. Letters that float, light up and change colour with the angle are seen again with it, whatever
their shape and however faint; noise, print and a shaking hand are not. Sharpness goes with the angle too and
is left out.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from service.imaging.tilt.balance import CLIPPED

__all__ = ["seen_again"]

_FINE, _COARSE = 1.0, 4.0
"""Pixels (sigma) between which the strokes of letters lie."""
_NOISE_OVER = 2.0
"""Pixels (sigma) over which the usual difference from the median is levelled: edges of print are restless."""
_MOST = 4.0
"""Parts of that difference from which a pixel counts no more: a reflection's edge."""
_SAME_DEG, _OTHER_DEG = 3.5, 10.0
_APART = 6
"""Frames nearer in time than this part of the clip (and than three frames) are one moment."""
_LEAST_PAIRS = 4


def seen_again(crops: NDArray[np.float32], tilt: NDArray[np.float64]) -> float | None:
    """Correlation of what is beside the print in frames of one angle, less that in frames of other angles.

    ``crops`` (frames, height, width, 3) of one place, ``tilt`` in degrees; about 0 ... 1, None where the card
    did not come back to its angles.
    """
    first, second = np.triu_indices(len(crops), max(3, len(crops) // _APART))
    gap = np.abs(tilt[first] - tilt[second])
    same, other = gap <= _SAME_DEG, gap >= _OTHER_DEG
    if min(same.sum(), other.sum()) < _LEAST_PAIRS:
        return None
    remains = _beside_print(crops)
    remains /= np.maximum(np.linalg.norm(remains, axis=1, keepdims=True), 1e-6)
    alike = (remains @ remains.T)[first, second]
    return float(alike[same].mean() - alike[other].mean())


def _beside_print(crops: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames, values): strokes that differ from the clip's median, in parts of what is usual there."""
    fine = np.stack(
        [cv2.GaussianBlur(c, (0, 0), _FINE) - cv2.GaussianBlur(c, (0, 0), _COARSE) for c in crops]
    )
    print_ = np.median(fine, axis=0)
    differ = fine - print_
    usual = cv2.GaussianBlur(np.median(np.abs(differ).sum(axis=-1), axis=0), (0, 0), _NOISE_OVER) + 0.5
    clear = (crops.max(axis=-1) < CLIPPED)[..., None]
    parts = (np.clip(differ / usual[..., None], -_MOST, _MOST) * clear).reshape(len(crops), -1)
    # A softer or fainter frame differs by the print itself and by its edges.
    still = np.asarray(print_ / usual[..., None], np.float32)
    known = np.stack([still.ravel(), np.asarray(cv2.Laplacian(still, cv2.CV_32F)).ravel()], axis=1)
    shares = np.linalg.lstsq(known, parts.T, rcond=None)[0]
    return np.asarray(parts - (known @ shares).T, np.float32)
