"""The card as a thing: its proportions, its rounded corners, holes punched through it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import (
    CARD_HEIGHT_MM,
    CARD_WIDTH_MM,
    RASTER_HEIGHT,
    RASTER_WIDTH,
    Box,
    Picture,
)

__all__ = ["Body", "measure_body"]

_PER_MM = RASTER_WIDTH / 2 / CARD_WIDTH_MM
"""Pixels of the half-size raster."""
_OUTSIDE_MM = 2.5
_EVEN = 9.0
"""Standard deviation of the ground's levels beyond which it has no one colour."""
_LIKE_GROUND = 16
_UNLIKE_CARD = 30.0
_RADII_MM = (1.4, 4.6)
_ROUND = 0.10
"""How far a hole may deviate from a circle in area and in its two diameters."""
_RIM_MM = 1.2
_SHARP = 0.85
_CORNER_MM = (0.3, 3.2)
"""Distance from a corner, along both edges, that a radius of 3 mm leaves bare, and one that it does not."""


@dataclass(frozen=True, slots=True)
class Body:
    """Shape of the card. What could not be seen is None."""

    aspect: float
    """Width over height in the picture, over that of ID-1; 1 = undistorted. Only for flat captures."""
    rounded: int | None
    """Corners where the ground shows as a radius of 3 mm leaves it bare; None without an even ground."""
    holes: tuple[Box, ...]
    """Round places where the ground is seen through the card."""


def measure_body(picture: Picture, half: NDArray[np.uint8], homography: NDArray[np.float64]) -> Body:
    """Measure a card by its (319, 506, 3) BGR raster and the ground around it in the picture."""
    ground = _ground(picture, homography)
    return Body(
        aspect=_aspect(homography),
        rounded=None if ground is None else _rounded(picture, homography, ground),
        holes=() if ground is None else _holes(half, ground),
    )


def _aspect(homography: NDArray[np.float64]) -> float:
    w, h = RASTER_WIDTH, RASTER_HEIGHT
    points = np.array([[[0, h / 2], [w, h / 2], [w / 2, 0], [w / 2, h]]], np.float64)
    a, b, c, d = cv2.perspectiveTransform(points, homography)[0]
    seen = float(np.linalg.norm(b - a) / max(float(np.linalg.norm(d - c)), 1e-6))
    return seen / (CARD_WIDTH_MM / CARD_HEIGHT_MM)


def _at(picture: Picture, homography: NDArray[np.float64], mm: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Pixels of the picture at places given in mm on the card; those outside are left out."""
    scale = RASTER_WIDTH / CARD_WIDTH_MM
    places = cv2.perspectiveTransform((mm * scale)[None], homography)[0]
    x, y = np.round(places).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < picture.width) & (y < picture.height)
    return np.asarray(picture.pixels[y[inside], x[inside]], np.uint8)


def _ground(picture: Picture, homography: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Colour of the surface that the card lies on, None where it is not seen or not even."""
    along = np.linspace(4, CARD_WIDTH_MM - 4, 60)
    down = np.linspace(4, CARD_HEIGHT_MM - 4, 40)
    edges = [
        np.stack([along, np.full_like(along, -_OUTSIDE_MM)], 1),
        np.stack([along, np.full_like(along, CARD_HEIGHT_MM + _OUTSIDE_MM)], 1),
        np.stack([np.full_like(down, -_OUTSIDE_MM), down], 1),
        np.stack([np.full_like(down, CARD_WIDTH_MM + _OUTSIDE_MM), down], 1),
    ]
    pixels = np.concatenate([_at(picture, homography, points) for points in edges]).astype(np.float64)
    if len(pixels) < 80:
        return None
    middle = np.median(pixels, axis=0)
    spread = np.median(np.abs(pixels - middle).max(axis=1))
    return None if spread > _EVEN else np.asarray(middle, np.float64)


def _rounded(picture: Picture, homography: NDArray[np.float64], ground: NDArray[np.float64]) -> int:
    count = 0
    for right in (False, True):
        for lower in (False, True):
            seen = []
            for d in _CORNER_MM:
                point = np.array([[CARD_WIDTH_MM - d if right else d, CARD_HEIGHT_MM - d if lower else d]])
                pixels = _at(picture, homography, point).astype(np.float64)
                seen.append(float(np.abs(pixels[0] - ground).max()) if len(pixels) else 0.0)
            count += seen[0] <= 2 * _LIKE_GROUND < seen[1] or seen[0] < 0.4 * seen[1]
    return count


def _holes(half: NDArray[np.uint8], ground: NDArray[np.float64]) -> tuple[Box, ...]:
    """Circles of the ground's colour, well inside the card, with a sharp rim all around."""
    low = np.clip(ground - _LIKE_GROUND, 0, 255)
    high = np.clip(ground + _LIKE_GROUND, 0, 255)
    mask = cv2.inRange(half, low, high)
    count, _, stats, centres = cv2.connectedComponentsWithStats(mask)
    found = []
    for (x, y, w, h, area), centre in zip(stats[1:count], centres[1:count], strict=True):
        radius = (w + h) / 4
        if not _RADII_MM[0] <= radius / _PER_MM <= _RADII_MM[1] or abs(w - h) > 2 * _ROUND * (w + h) / 2 + 1:
            continue
        if abs(area / (np.pi * radius**2) - 1) > 2 * _ROUND:
            continue
        margin = _RIM_MM * _PER_MM
        if min(x, y, half.shape[1] - x - w, half.shape[0] - y - h) < margin:
            continue
        if _rim(half, ground, centre, radius) >= _SHARP:
            found.append((x / half.shape[1], y / half.shape[0], w / half.shape[1], h / half.shape[0]))
    return tuple(found)


def _rim(
    half: NDArray[np.uint8], ground: NDArray[np.float64], centre: NDArray[np.float64], radius: float
) -> float:
    """Share of the directions in which the card begins, unlike the ground, just beyond the hole's rim."""
    angles = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    reach = radius + 0.35 * _PER_MM + 0.5
    x = np.clip(np.round(centre[0] + reach * np.cos(angles)).astype(int), 0, half.shape[1] - 1)
    y = np.clip(np.round(centre[1] + reach * np.sin(angles)).astype(int), 0, half.shape[0] - 1)
    unlike = np.abs(half[y, x].astype(np.float64) - ground).max(axis=1) > _UNLIKE_CARD
    return float(unlike.mean())
