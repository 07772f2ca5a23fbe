"""How far the card is tilted in every frame, from the homographies alone (Zhang 2000, section 3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.imaging.tilt.raster import HEIGHT, PX_PER_MM, WIDTH

__all__ = ["Pose", "poses"]

Homography = NDArray[np.float64]
_FOCAL = np.geomspace(0.5, 4.0, 40)
"""Focal lengths tried, in longer sides of the frame: 18 mm wide angle to a long zoom."""
_USUAL_FOCAL = 1.0
_BELIEF = 0.00005
"""Pull towards the usual focal length, in squared relative error per squared octave of the mean frame."""
_OUTLIER = 0.01
_CENTRED = np.array(
    [[PX_PER_MM, 0, WIDTH / 2 - 0.5], [0, PX_PER_MM, HEIGHT / 2 - 0.5], [0, 0, 1]], dtype=np.float64
)


@dataclass(frozen=True, slots=True)
class Pose:
    """The card's attitude in one frame, degrees; 0, 0 is the card seen straight."""

    vertical: float
    """Of the top edge against the bottom edge."""
    horizontal: float
    """Of the left edge against the right edge."""
    turned: float
    """In the card's own plane."""


def poses(homographies: Sequence[Homography], size: tuple[int, int]) -> tuple[Pose, ...]:
    """Poses of frames of one camera; ``size`` is width and height of a frame.

    The focal length is the one that makes the sides of the card most nearly orthogonal and of equal scale
    in all frames together; the sign of a tilt follows from perspective.
    """
    if not homographies:
        return ()
    width, height = size
    focal = _focal(homographies, width, height)
    found = [_attitude(_sides(h, focal, width, height)) for h in homographies]
    turned = np.unwrap([t for _, _, t in found])
    return tuple(
        Pose(float(np.rad2deg(v)), float(np.rad2deg(h)), float(np.rad2deg(t)))
        for (v, h, _), t in zip(found, turned, strict=True)
    )


def _sides(homography: Homography, focal: float, width: int, height: int) -> NDArray[np.float64]:
    """Directions of the card's x and y axes in the camera, (3, 2), up to one common scale."""
    inverse = np.array([[1 / focal, 0, -width / 2 / focal], [0, 1 / focal, -height / 2 / focal], [0, 0, 1]])
    plane = inverse @ homography @ _CENTRED
    return np.asarray((plane if plane[2, 2] > 0 else -plane)[:, :2], np.float64)


def _focal(homographies: Sequence[Homography], width: int, height: int) -> float:
    side = max(width, height)
    costs = []
    for share in _FOCAL:
        axes = np.stack([_sides(h, share * side, width, height) for h in homographies])
        norms = (axes**2).sum(axis=1)
        total = norms.sum(axis=1)
        skew = (
            (norms[:, 0] - norms[:, 1]) ** 2 + 4 * (axes[:, :, 0] * axes[:, :, 1]).sum(axis=1) ** 2
        ) / total**2
        costs.append(float(np.minimum(skew, _OUTLIER).mean()) + _BELIEF * np.log2(share / _USUAL_FOCAL) ** 2)
    return float(_FOCAL[int(np.argmin(costs))] * side)


def _attitude(axes: NDArray[np.float64]) -> tuple[float, float, float]:
    along, down = (axes[:, i] / np.linalg.norm(axes[:, i]) for i in (0, 1))
    normal = np.cross(along, down)
    # In the card's own frame, so that a card lying askew in the picture still tilts about its own edges.
    turn = float(np.arctan2(along[1], along[0]))
    cos, sin = np.cos(turn), np.sin(turn)
    own_x, own_y = cos * normal[0] + sin * normal[1], -sin * normal[0] + cos * normal[1]
    return float(np.arctan2(own_y, normal[2])), float(np.arctan2(own_x, normal[2])), turn
