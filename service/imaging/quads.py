"""The quadrilateral that a soft mask shows: four straight lines fitted to all of its boundary at once."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from service.imaging.geometry import Corners

__all__ = ["fit_quad"]

_OPENING = 5
"""Cells: narrower appendages of a region, a finger for one, are no part of the first guess."""
_RAMPS = (6.0, 6.0, 4.0, 3.0, 2.0, 1.5, 1.5, 1.5)
"""Cells over which the model's edge falls from 1 to 0, round by round: wide first, then exact."""
_OUTLIER = 0.35
"""Residual that counts half: what no straight edge explains must not bend one."""
_REACH = 7
"""Cells: what the mask shows further from the region belongs to something else."""
_DAMPING = 0.05
_MAX_MOVE = 3.0
_MIN_PARALLEL = 1e-3
_OTHERS = ([1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2])


def fit_quad(mask: NDArray[np.float32], inside: NDArray[np.uint8]) -> Corners | None:
    """Corners, clockwise, in cells of the mask; None where the region is not four-sided.

    ``mask`` is (height, width), the share of each cell that is card; ``inside`` marks the cells of one
    region. Least squares between the mask and the share that the quad covers, by Gauss and Newton.
    """
    core = cv2.morphologyEx(inside, cv2.MORPH_OPEN, np.ones((_OPENING, _OPENING), dtype=np.uint8))
    points = cv2.findNonZero(core if core.any() else inside)
    corners = cv2.boxPoints(cv2.minAreaRect(points)).astype(np.float64)
    if cv2.contourArea(corners.astype(np.float32)) < 4:
        return None
    if cv2.contourArea(corners.astype(np.float32), oriented=True) < 0:
        corners = corners[::-1]
    near = cv2.dilate(inside, np.ones((_REACH, _REACH), dtype=np.uint8)) > 0
    height, width = mask.shape
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    cells = np.stack([columns.ravel(), rows.ravel()])
    wanted = np.where(near, mask, 0).ravel().astype(np.float64)
    for ramp in _RAMPS:
        moved = _step(corners, cells, wanted, ramp)
        if moved is None:
            return None
        corners = moved
    return np.asarray(corners, dtype=np.float32)


def _step(
    corners: NDArray[np.float64], cells: NDArray[np.float64], wanted: NDArray[np.float64], ramp: float
) -> NDArray[np.float64] | None:
    """One round: each side moves across itself at both of its ends."""
    ends = np.roll(corners, -1, axis=0)
    along = ends - corners
    lengths = np.linalg.norm(along, axis=1)
    if lengths.min() < 2:
        return None
    unit = along / lengths[:, None]
    inward = np.stack([-unit[:, 1], unit[:, 0]], axis=1)
    # Cells away from every side cannot move one.
    distance = inward @ cells - (inward * corners).sum(axis=1)[:, None]
    edge = distance.min(axis=0)
    band = np.abs(edge) < ramp / 2
    distance = distance[:, band]
    place = (unit @ cells[:, band] - (unit * corners).sum(axis=1)[:, None]) / lengths[:, None]
    place = np.clip(place, 0, 1)
    share = np.clip(distance / ramp + 0.5, 0, 1)
    residual = wanted[band] - share.prod(axis=0)
    others = np.stack([share[_OTHERS[i]].prod(axis=0) for i in range(4)])
    slope = np.where(np.abs(distance) < ramp / 2, others / ramp, 0)
    jacobian = np.concatenate([slope * (1 - place), slope * place])
    weight = 1 / (1 + (residual / _OUTLIER) ** 2)
    normal = (jacobian * weight) @ jacobian.T
    normal += _DAMPING * np.eye(8) * max(float(np.trace(normal)) / 8, 1e-6)
    shift = np.clip(np.linalg.solve(normal, (jacobian * weight) @ residual), -_MAX_MOVE, _MAX_MOVE)
    starts, stops = corners - inward * shift[:4, None], ends - inward * shift[4:, None]
    return _crossings(starts, stops)


def _crossings(starts: NDArray[np.float64], stops: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Corners where each side meets the one before it; None where two run side by side."""
    ones = np.ones((4, 1))
    lines = np.cross(np.hstack([starts, ones]), np.hstack([stops, ones]))
    lines /= np.linalg.norm(lines[:, :2], axis=1, keepdims=True) + 1e-9
    points = np.cross(np.roll(lines, 1, axis=0), lines)
    if np.abs(points[:, 2]).min() < _MIN_PARALLEL:
        return None
    return np.asarray(points[:, :2] / points[:, 2:], dtype=np.float64)
