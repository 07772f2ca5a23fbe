"""A picture with areas made black, in every copy of it that is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Picture
from service.imaging.pyramid import halved

__all__ = ["black_out"]

_MARGIN = 0.15
"""Share of an area's size by which it is widened on each side."""


def black_out(picture: Picture, areas: Sequence[NDArray[np.float32]]) -> Picture:
    """A copy in which each area, (4, 2) x, y in pixels, is black with some margin; the original stays."""
    if not areas:
        return picture
    pixels = picture.pixels.copy()
    for corners in areas:
        centre = corners.mean(axis=0)
        widened = centre + (corners - centre) * (1 + 2 * _MARGIN)
        cv2.fillConvexPoly(pixels, np.round(widened).astype(np.int32), (0, 0, 0))
    return replace(picture, pixels=pixels, reduced=halved(pixels))
