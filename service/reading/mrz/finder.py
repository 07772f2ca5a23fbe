"""Where a machine-readable zone may lie: a small network on a small copy of the picture, at any angle."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Picture
from service.imaging.pyramid import level, level_transform
from service.models import session

__all__ = ["Band", "find_bands"]

MODEL = "mrz-finder"
SIDE = 320
"""Pixels of the longer side of the picture that the network sees."""
_STEP = 16
"""The network's picture is a whole number of these wide and high."""
_PADDING = 128
"""Value of the padding, as in training."""
_SURE = 0.35
_FEWEST_CELLS = 10
_SLIMNESS = 3.2
"""A zone is at least this many times as long as high."""
_BRIDGE = np.ones((3, 3), np.uint8)
_CLOSER = ((0.0, 0.0), (0.4, 0.0), (0.0, 0.4), (0.4, 0.4))
"""Where the parts of a second look begin, as shares of width and height; each is 0.6 wide and high."""
_CLOSER_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Band:
    """A slim rectangle that may hold a zone, in picture pixels."""

    centre: tuple[float, float]
    length: float
    height: float
    angle: float
    """Direction of its long side, radians, clockwise from the x axis; which way is up is not known."""
    confidence: float


def find_bands(picture: Picture, closer: bool = False) -> tuple[Band, ...]:
    """Places that may hold a zone, surest first; empty where nothing looks like one.

    ``closer`` looks again at four parts of the picture, for a document that is small in it.
    """
    copy, halvings = level(picture, SIDE / max(picture.width, picture.height))
    back = np.linalg.inv(level_transform(halvings))
    grey = cv2.cvtColor(copy, cv2.COLOR_BGR2GRAY)
    height, width = grey.shape
    parts = [(0, 0, width, height)]
    if closer:
        wide, high = round(_CLOSER_SHARE * width), round(_CLOSER_SHARE * height)
        parts = [(round(x * width), round(y * height), wide, high) for x, y in _CLOSER]
    found = []
    for x, y, wide, high in parts:
        into = back @ np.array([[1.0, 0, x], [0, 1.0, y], [0, 0, 1.0]])
        found += _bands(np.asarray(grey[y : y + high, x : x + wide], np.uint8), into)
    return tuple(sorted(found, key=lambda band: -band.confidence * band.length))


def _bands(grey: NDArray[np.uint8], into: NDArray[np.float64]) -> list[Band]:
    height, width = grey.shape
    scale = SIDE / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    canvas = np.full((-(-size[1] // _STEP) * _STEP, -(-size[0] // _STEP) * _STEP), _PADDING, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    feed = canvas[None, None].astype(np.float32)
    zone = np.asarray(session(MODEL, 1).run(None, {"picture": feed})[0][0, 0], np.float32)
    cell = canvas.shape[0] / zone.shape[0]
    joined = cv2.dilate((zone > _SURE).astype(np.uint8), _BRIDGE)
    count, labels = cv2.connectedComponents(joined)
    bands = []
    for index in range(1, count):
        inside = (labels == index) & (zone > _SURE)
        if int(inside.sum()) < _FEWEST_CELLS:
            continue
        band = _band(zone, inside, np.array([width / size[0], height / size[1]]) * cell, into)
        if band is not None:
            bands.append(band)
    return bands


def _band(
    zone: NDArray[np.float32],
    inside: NDArray[np.bool_],
    per_cell: NDArray[np.float64],
    into: NDArray[np.float64],
) -> Band | None:
    """The rectangle around cells by their moments: the angle is that of the whole band, not of its ends."""
    rows, columns = np.nonzero(inside)
    weight = zone[rows, columns].astype(np.float64)
    points = (np.stack([columns, rows], axis=1) + 0.5) * per_cell - 0.5
    points = points @ into[:2, :2].T + into[:2, 2]
    middle = np.average(points, axis=0, weights=weight)
    spread = np.cov((points - middle).T, aweights=weight)
    values, vectors = np.linalg.eigh(spread)
    along = vectors[:, 1]
    reach = (points - middle) @ np.stack([along, [-along[1], along[0]]], axis=1)
    low, high = np.percentile(reach[:, 0], (1, 99))
    cell = float(per_cell.mean() * np.sqrt(abs(np.linalg.det(into[:2, :2]))))
    length = float(high - low) + cell
    thick = float(np.sqrt(12 * max(values[0], 0.0) + cell**2))
    if length < _SLIMNESS * thick:
        return None
    centre = middle + along * (low + high) / 2
    angle = float(np.arctan2(along[1], along[0]))
    return Band((float(centre[0]), float(centre[1])), length, thick, angle, float(weight.mean()))
