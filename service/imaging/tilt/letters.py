"""Do letters float over the photo? Whatever their shape: structure that shifts in step with the tilt.

Each frame less the clip's own median leaves what is not printed there. Shifted back by a trial slope times
the tangent of the angle, the remains of all frames add up where the slope is the letters' own.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box
from service.imaging.tilt.again import seen_again
from service.imaging.tilt.balance import CLIPPED
from service.imaging.tilt.raster import WIDTH, Plane, inside

__all__ = ["LetterMotion", "letter_motion"]

_SLOPES_MM = np.arange(-4.5, 4.51, 0.25)
"""Trial shifts per unit of the tangent, millimetres on the card."""
_CARD_PLANE_MM = 0.7
"""Slopes below this are the card's own plane: misplaced frames, not depth."""
_APART_MM = 1.25
"""Distance from the best slope at which the others serve as the level of chance."""
_FINE = 0.6
_COARSE = 4.0
"""Pixels (sigma) between which the strokes of letters lie."""
_PX_PER_MM = WIDTH / 85.60


@dataclass(frozen=True, slots=True)
class LetterMotion:
    """Shift of what floats over a place."""

    slope_mm: float
    """Best shift per unit of the tangent of the angle, millimetres on the card."""
    evidence: float
    """How far the best slope stands out, in spreads of the others."""
    strength: float
    """Levels of what remains beside the median: noise alone is 1 to 3."""
    frames: int
    again: float | None = None
    """How much more alike frames of one angle are than frames of other angles, None where none were."""


def letter_motion(rasters: NDArray[np.uint8], tilt: NDArray[np.float64], place: Box) -> LetterMotion:
    """Motion over a place in a clip (frames, 319, 506, 3) tilted sideways by ``tilt`` degrees."""
    crops = rasters[(slice(None), *inside(place))].astype(np.float32)
    clear = crops.max(axis=-1) < CLIPPED
    used = clear.mean(axis=(1, 2)) > 0.5
    if used.sum() < 6:
        return LetterMotion(0.0, 0.0, 0.0, int(used.sum()))
    crops, clear = crops[used], clear[used]
    remains = _remains(crops) * clear
    tangent = np.tan(np.deg2rad(tilt[used]))
    sums = np.array([_coherence(remains, tangent * slope * _PX_PER_MM) for slope in _SLOPES_MM])
    deep = np.abs(_SLOPES_MM) >= _CARD_PLANE_MM
    best = int(np.argmax(np.where(deep, sums, -np.inf)))
    others = sums[deep & (np.abs(_SLOPES_MM - _SLOPES_MM[best]) >= _APART_MM)]
    spread = 1.4826 * float(np.median(np.abs(others - np.median(others)))) + 0.02 * float(np.median(others))
    evidence = (float(sums[best]) - float(np.median(others))) / max(spread, 1e-6)
    return LetterMotion(
        slope_mm=float(_SLOPES_MM[best]),
        evidence=evidence,
        strength=float(np.percentile(remains, 97)),
        frames=len(crops),
        again=seen_again(crops, tilt[used]),
    )


def _remains(crops: NDArray[np.float32]) -> NDArray[np.float32]:
    """Size of the colour difference from the median, strokes only, less what it is in every frame."""
    fine = np.stack(
        [cv2.GaussianBlur(c, (0, 0), _FINE) - cv2.GaussianBlur(c, (0, 0), _COARSE) for c in crops]
    )
    size = np.abs(fine - np.median(fine, axis=0)).sum(axis=-1) / 3
    size = np.minimum(size, 12 * np.median(size) + 6)
    return np.asarray(size - size.mean(axis=0), np.float32)


def _coherence(remains: NDArray[np.float32], shifts: NDArray[np.float64]) -> float:
    """Mean square of the mean of all frames, each shifted back."""
    total: Plane = np.zeros(remains.shape[1:], np.float32)
    height, width = total.shape
    for frame, shift in zip(remains, shifts, strict=True):
        move = np.array([[1, 0, -shift], [0, 1, 0]], np.float64)
        total += cv2.warpAffine(frame, move, (width, height), flags=cv2.INTER_LINEAR)
    edge = min(int(np.ceil(np.abs(shifts).max())) + 1, width // 3)
    return float(((total[:, edge:-edge] / len(remains)) ** 2).mean())
