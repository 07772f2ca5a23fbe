"""The card finder network: where in the picture cards lie, coarsely."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.imaging.geometry import Corners, order
from service.models import session

__all__ = ["Region", "find_regions"]

_SIDE = 256
_GRID = 128
_PAPER = 128
"""Value of the padding, as in training."""
_SURE = 0.5
_MIN_CELLS = 60
_CORNER_SURE = 0.25
_CORNER_REACH = 3.0
"""Cells within which a peak of the corner map replaces a corner of the mask."""

_OPENING = 9
"""Cells: narrower appendages of a region, a finger for one, are no part of the first guess."""
_STEPS = (4.0, 2.0, 1.0, 0.5)
_MAX_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Region:
    """One connected region that looks like a card."""

    corners: Corners
    """Ordered corners in pixels of the picture handed in."""
    confidence: float
    """Mean probability of card inside the region."""
    area: float
    """Square pixels of the picture handed in."""


def find_regions(pixels: NDArray[np.uint8]) -> tuple[Region, ...]:
    """Regions of a (height, width, 3) BGR picture, largest first."""
    height, width = pixels.shape[:2]
    scale = _SIDE / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    canvas = np.full((_SIDE, _SIDE, 3), _PAPER, dtype=np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    feed = canvas.transpose(2, 0, 1)[None].astype(np.float32)
    maps = session("card-corners").run(None, {"picture": feed})[0][0]
    per_cell = np.array([width / size[0], height / size[1]]) * (_SIDE / _GRID)
    return _regions(maps[0], maps[1], per_cell)


def _regions(
    mask: NDArray[np.float32], heat: NDArray[np.float32], per_cell: NDArray[np.float64]
) -> tuple[Region, ...]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        (mask > _SURE).astype(np.uint8), connectivity=4
    )
    peaks = _peaks(heat)
    found: list[Region] = []
    for index in range(1, count):
        cells = int(stats[index, cv2.CC_STAT_AREA])
        if cells < _MIN_CELLS:
            continue
        inside = labels == index
        corners = _quad(mask, inside.astype(np.uint8))
        if corners is None:
            continue
        corners = _snap(corners, peaks)
        placed = order(((corners + 0.5) * per_cell - 0.5).astype(np.float32))
        found.append(Region(placed, float(mask[inside].mean()), float(cells * per_cell.prod())))
    return tuple(sorted(found, key=lambda region: -region.area))


def _quad(mask: NDArray[np.float32], inside: NDArray[np.uint8]) -> Corners | None:
    """The quad that gains most: sure cells inside count for it, doubtful and bare ones against it.

    A finger or an object that the mask took for card costs little, since no straight edge can follow it.
    """
    cells = np.ones((_OPENING, _OPENING), dtype=np.uint8)
    core = cv2.morphologyEx(inside, cv2.MORPH_OPEN, cells)
    points = cv2.findNonZero(core if core.any() else inside)
    corners = cv2.boxPoints(cv2.minAreaRect(points)).astype(np.float64)
    if cv2.contourArea(corners.astype(np.float32)) < 1:
        return None
    near = cv2.dilate(inside, cells)
    value = np.where(near > 0, mask - 0.5, -0.5)
    best = _gain(value, corners)
    for step in _STEPS:
        corners, best = _climb(value, corners, best, step)
    return np.asarray(corners, dtype=np.float32)


def _gain(value: NDArray[np.float64], corners: NDArray[np.float64]) -> float:
    drawn = np.zeros(value.shape, dtype=np.uint8)
    cv2.fillPoly(drawn, [np.round(corners * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    return float(value[drawn > 0].sum())


def _climb(
    value: NDArray[np.float64], corners: NDArray[np.float64], best: float, step: float
) -> tuple[NDArray[np.float64], float]:
    """Move whole edges and single corners by one step for as long as that gains."""
    for _ in range(_MAX_ROUNDS):
        before = best
        for move in _MOVES:
            trial = corners + step * move
            gain = _gain(value, trial)
            if gain > best + 1e-6:
                corners, best = trial, gain
        if best == before:
            break
    return corners, best


def _moves() -> NDArray[np.float64]:
    moves = []
    for axis in ((1.0, 0.0), (0.0, 1.0)):
        for sign in (1.0, -1.0):
            for chosen in ((0,), (1,), (2,), (3,), (0, 1), (1, 2), (2, 3), (3, 0)):
                move = np.zeros((4, 2))
                move[list(chosen)] = np.array(axis) * sign
                moves.append(move)
    return np.array(moves)


_MOVES = _moves()


def _peaks(heat: NDArray[np.float32]) -> Corners:
    top = (heat >= cv2.dilate(heat, np.ones((5, 5), dtype=np.uint8))) & (heat > _CORNER_SURE)
    places = []
    for y, x in zip(*np.nonzero(top), strict=True):
        y0, x0 = max(y - 2, 0), max(x - 2, 0)
        patch = heat[y0 : y + 3, x0 : x + 3]
        rows, columns = np.mgrid[y0 : y0 + patch.shape[0], x0 : x0 + patch.shape[1]]
        total = float(patch.sum())
        places.append((float((columns * patch).sum()) / total, float((rows * patch).sum()) / total))
    return np.array(places, dtype=np.float32).reshape(-1, 2)


def _snap(corners: Corners, peaks: Corners) -> Corners:
    if not len(peaks):
        return corners
    out = corners.copy()
    for i, corner in enumerate(corners):
        away = np.linalg.norm(peaks - corner, axis=1)
        nearest = int(np.argmin(away))
        if away[nearest] <= _CORNER_REACH:
            out[i] = peaks[nearest]
    return out
