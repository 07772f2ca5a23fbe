"""Do the frames show the card of the still picture? Its variable print compared, its fixed print as control.

Where the labels of both agree and the holder's own lines do not, the frames are of another card. Where the
labels do not agree either, the frames are too poor to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box
from service.imaging.tilt.raster import HEIGHT, WIDTH, Plane, inside, structure

__all__ = ["SameCard", "same_card"]

_MEAN_OF = 5
_SLACK = 3
"""Pixels by which a line may lie beside its place."""
_INK = 0.5
_LEAST_INK = 25
"""Pixels of print without which a place is empty."""


@dataclass(frozen=True, slots=True)
class SameCard:
    """How alike the print is, each the median correlation over its places."""

    own: float
    """Lines of the holder, -1 ... 1."""
    fixed: float
    """Labels that every card has, -1 ... 1."""
    places: int
    """Lines of the holder that were compared."""


def same_card(
    reference: NDArray[np.uint8],
    rasters: NDArray[np.uint8],
    own: Sequence[Box],
    fixed: Sequence[Box],
) -> SameCard:
    """Compare the upright still with a clip (frames, 319, 506, 3), sharpest frames first."""
    still = structure(
        np.asarray(cv2.resize(reference, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
    )
    clip = structure(_mean_of_sharpest(rasters))
    mine = [v for v in (_alike(still, clip, box) for box in own) if v is not None]
    labels = [v for v in (_alike(still, clip, box) for box in fixed) if v is not None]
    return SameCard(
        float(np.median(mine)) if mine else 0.0, float(np.median(labels)) if labels else 0.0, len(mine)
    )


def _mean_of_sharpest(rasters: NDArray[np.uint8]) -> NDArray[np.uint8]:
    sharpness = [float(cv2.Laplacian(r[::2, ::2, 1], cv2.CV_32F).var()) for r in rasters]
    best = np.argsort(sharpness)[::-1][:_MEAN_OF]
    return np.asarray(rasters[best].astype(np.float32).mean(axis=0), np.uint8)


def _alike(still: Plane, clip: Plane, box: Box) -> float | None:
    """Highest correlation near the place, None where nothing is printed in the still."""
    rows, columns = inside(box)
    pattern = still[rows, columns]
    if (np.abs(pattern) > _INK).sum() < _LEAST_INK:
        return None
    near = clip[
        max(0, rows.start - _SLACK) : min(HEIGHT, rows.stop + _SLACK),
        max(0, columns.start - _SLACK) : min(WIDTH, columns.stop + _SLACK),
    ]
    if near.shape[0] < pattern.shape[0] or near.shape[1] < pattern.shape[1]:
        return None
    return float(cv2.matchTemplate(near, pattern, cv2.TM_CCOEFF_NORMED).max())
