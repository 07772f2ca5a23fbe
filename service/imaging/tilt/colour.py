"""The colour of one place of the card in every frame, against the ground right beside it.

Taking the neighbour's colour away removes what falls on both: coloured lamps, reflections, shadows.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box
from service.imaging.tilt.balance import CLIPPED
from service.imaging.tilt.raster import inside

__all__ = ["Patch", "Trace", "colour_trace"]

_PARTS = 8
"""Pieces along the longer side of a place, so that a reflection spoils one and not all."""
_LEAST_VALID = 0.3
"""Share of a piece's pixels that must not be clipped."""
_LEAST_PARTS = 0.35


@dataclass(frozen=True, slots=True)
class Patch:
    """A place and the grounds beside it, boxes as fractions of the card."""

    place: Box
    beside: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """CIE Lab colour of a place, frame by frame, relative to its neighbours."""

    lab: NDArray[np.float32]
    """(frames, 3) L, a, b; NaN where too little of the place was free of glare."""

    @property
    def valid(self) -> NDArray[np.bool_]:
        """Frames that count."""
        return np.asarray(np.isfinite(self.lab[:, 0]))


def colour_trace(rasters: NDArray[np.uint8], patch: Patch) -> Trace:
    """The trace of a patch through a balanced clip."""
    return Trace(np.stack([_frame(raster, patch) for raster in rasters]).astype(np.float32))


def _frame(raster: NDArray[np.uint8], patch: Patch) -> NDArray[np.float32]:
    upright = patch.place[3] > patch.place[2]
    own = _pieces(raster[inside(patch.place)], upright)
    grounds = [_pieces(raster[inside(box)], upright) for box in patch.beside]
    difference = own - _middle(np.stack(grounds))
    clear = np.isfinite(difference[:, 0])
    if clear.mean() < _LEAST_PARTS:
        return np.full(3, np.nan, np.float32)
    return np.asarray(np.median(difference[clear], axis=0), np.float32)


def _middle(grounds: NDArray[np.float32]) -> NDArray[np.float32]:
    """Median of several grounds piece by piece, NaN where all are clipped."""
    out = np.full(grounds.shape[1:], np.nan, np.float32)
    seen = np.isfinite(grounds[..., 0]).any(axis=0)
    out[seen] = np.nanmedian(grounds[:, seen], axis=0)
    return out


def _pieces(crop: NDArray[np.uint8], upright: bool) -> NDArray[np.float32]:
    """(_PARTS, 3) median Lab of each piece, NaN where it is clipped."""
    lab = cv2.cvtColor(crop.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    clear = crop.max(axis=-1) < CLIPPED
    pieces = []
    axis = 0 if upright else 1
    for part, mask in zip(
        np.array_split(lab, _PARTS, axis), np.array_split(clear, _PARTS, axis), strict=True
    ):
        enough = mask.size > 0 and mask.mean() >= _LEAST_VALID
        pieces.append(np.median(part[mask], axis=0) if enough else np.full(3, np.nan))
    return np.asarray(pieces, np.float32)
