"""Sub-pixel refinement: each edge of a quad is moved to the straight line where the picture changes most.

Across every edge the colour gradient is sampled on many profiles. Lines of all offsets and slants within
reach are scored by the sum of saturated gradients along them (a small Hough transform), which lets a finger,
a shadow or print on part of an edge lose against the edge itself; the winner is fitted by least squares.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import CARD_WIDTH_MM, Picture
from service.imaging.geometry import Corners, edge_lengths
from service.imaging.pyramid import level, level_transform

__all__ = ["Refined", "refine_quad"]

_ROWS = 100
_OFFSETS = 41
"""Samples across an edge."""
_SLANTS = 25
_LATER = 0.75
"""Belief in the place that the round before found, as a share of the reach."""
_NEAR_CORNER = 0.09
"""Share of an edge at either end that the rounded corner takes."""
_HALF_LEVEL = 9.0
"""Gradient, in levels per sample, that counts half."""


@dataclass(frozen=True, slots=True)
class Refined:
    """A quad on its edges."""

    corners: Corners
    support: tuple[float, float, float, float]
    """0 ... 1 for each edge: how much of its length shows a line there."""


def refine_quad(picture: Picture, corners: Corners, reach_mm: float, prior_mm: float) -> Refined:
    """Refine ordered corners; edges are searched ``reach_mm`` to both sides, then closer.

    ``prior_mm`` is the standard deviation with which the corners handed in are believed.
    """
    local, support = corners.astype(np.float64), np.zeros(4)
    closer = max(0.35 * reach_mm, 0.7)
    for reach, prior in ((reach_mm, prior_mm / reach_mm), (closer, _LATER), (0.6, _LATER)):
        size = float(edge_lengths(local.astype(np.float32)).max())
        step = 2 * reach * size / CARD_WIDTH_MM / (_OFFSETS - 1)
        pixels, halvings = level(picture, 1 / max(step, 1.0))
        factor, shift = level_transform(halvings)[0, [0, 2]]
        across = max(reach * size * factor / CARD_WIDTH_MM, 3.0)
        moved, support = _pass(pixels, local * factor + shift, across, prior)
        local = (moved - shift) / factor
    return Refined(local.astype(np.float32), tuple(float(v) for v in support))  # type: ignore[arg-type]


def _pass(
    picture: NDArray[np.uint8], corners: NDArray[np.float64], reach: float, prior: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lines, support = [], np.zeros(4)
    for i in range(4):
        start, end = corners[i], corners[(i + 1) % 4]
        first, last, support[i] = _fit(picture, start, end, reach, prior)
        lines.append(np.cross([*first, 1.0], [*last, 1.0]))
    moved = np.empty_like(corners)
    for i in range(4):
        point = np.cross(lines[i - 1], lines[i])
        moved[i] = point[:2] / point[2] if abs(point[2]) > 1e-9 else corners[i]
    if not np.isfinite(moved).all() or np.abs(moved - corners).max() > 4 * reach:
        return corners, support * 0.5
    return moved, support


def _fit(
    picture: NDArray[np.uint8],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    reach: float,
    prior: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Two points of the fitted line and its support."""
    along = end - start
    normal = np.array([along[1], -along[0]]) / max(float(np.linalg.norm(along)), 1e-6)
    places = np.linspace(_NEAR_CORNER, 1 - _NEAR_CORNER, _ROWS)
    step = 2 * reach / (_OFFSETS - 1)
    gradient = _gradient(picture, start, along, normal, places, step)
    weight = gradient / (gradient + _HALF_LEVEL)
    offset, slant, support = _best_line(weight, prior)
    centred = 2 * (places - 0.5) / (1 - 2 * _NEAR_CORNER)
    rows, peaks, strength = _local_peaks(weight, offset + slant * centred)
    if len(rows) >= 8:
        slope, shift = np.polyfit(centred[rows], peaks, 1, w=strength)
    else:
        slope, shift = slant, offset
    middle = (_OFFSETS - 1) / 2
    ends = []
    for t in (0.0, 1.0):
        across = (shift + slope * 2 * (t - 0.5) / (1 - 2 * _NEAR_CORNER) - middle) * step
        ends.append(start + along * t + normal * across)
    return ends[0], ends[1], support


def _gradient(
    picture: NDArray[np.uint8],
    start: NDArray[np.float64],
    along: NDArray[np.float64],
    normal: NDArray[np.float64],
    places: NDArray[np.float64],
    step: float,
) -> NDArray[np.float64]:
    """(rows, offsets) colour gradient across the edge; 0 outside the picture."""
    across = (np.arange(_OFFSETS + 2) - (_OFFSETS + 1) / 2) * step
    points = start + places[:, None, None] * along + across[None, :, None] * normal
    x, y = points[..., 0].astype(np.float32), points[..., 1].astype(np.float32)
    profile = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    # Neighbouring profiles of one straight edge agree; noise and print do not.
    profile = cv2.GaussianBlur(profile, (3, 5), 0.7, sigmaY=1.2)
    change = np.sqrt(np.square(profile[:, 2:] - profile[:, :-2]).sum(axis=2))
    height, width = picture.shape[:2]
    inside = (x[:, 1:-1] >= 1) & (y[:, 1:-1] >= 1) & (x[:, 1:-1] <= width - 2) & (y[:, 1:-1] <= height - 2)
    return np.asarray(change * inside, dtype=np.float64)


@lru_cache(maxsize=1)
def _sheared() -> tuple[NDArray[np.float64], NDArray[np.intp], int]:
    """The slants that are tried, where in a padded, flat picture each of their lines runs, the padding."""
    centred = np.linspace(-1, 1, _ROWS)
    slants = np.linspace(-0.5, 0.5, _SLANTS) * (_OFFSETS - 1) / 2
    shifts = np.round(slants[:, None] * centred[None, :]).astype(np.intp)
    pad = int(np.abs(shifts).max())
    columns = np.arange(_OFFSETS)[None, None, :] + shifts[:, :, None] + pad
    return slants, np.arange(_ROWS)[None, :, None] * (_OFFSETS + 2 * pad) + columns, pad


def _best_line(weight: NDArray[np.float64], prior: float) -> tuple[float, float, float]:
    """Offset in the middle, change of offset from there to the end, mean weight of the best line."""
    slants, places, pad = _sheared()
    near = np.zeros((_ROWS, _OFFSETS + 2 * pad), np.float32)
    inner = near[:, pad : pad + _OFFSETS]
    inner[:] = weight
    sides = np.maximum(weight[:, :-2], weight[:, 2:])
    np.maximum(inner[:, 1:-1], 0.7 * sides, out=inner[:, 1:-1])
    scores = near.ravel()[places].mean(axis=1)
    distance = (np.arange(_OFFSETS) - (_OFFSETS - 1) / 2) / ((_OFFSETS - 1) / 2)
    nearness = np.exp(-0.5 * (distance / prior) ** 2)
    weighted = scores * nearness[None, :] * np.exp(-0.5 * (slants / (_OFFSETS / 3)) ** 2)[:, None]
    best = np.unravel_index(int(np.argmax(weighted)), weighted.shape)
    return float(best[1]), float(slants[best[0]]), float(scores[best])


def _local_peaks(
    weight: NDArray[np.float64], expected: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Rows with a clear peak within two samples of the line, its sub-sample place and strength."""
    columns = np.round(expected).astype(int)[:, None] + np.arange(-2, 3)[None, :]
    valid = (columns >= 1) & (columns <= _OFFSETS - 2)
    values = np.where(valid, np.take_along_axis(weight, np.clip(columns, 0, _OFFSETS - 1), axis=1), 0)
    total = values.sum(axis=1)
    rows = np.nonzero(values.max(axis=1) > 0.25)[0]
    places = (values * columns).sum(axis=1) / np.maximum(total, 1e-6)
    return rows, places[rows], values.max(axis=1)[rows]
