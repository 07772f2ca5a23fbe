"""Spectra of small pieces of a picture, on the card and beside it: what stands out of its surroundings.

Taken from the picture as it came, since resampling would blur what is finest.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import CARD_HEIGHT_MM, RASTER_HEIGHT, RASTER_WIDTH, Box, Picture

__all__ = ["Pieces", "Plane", "pieces_beside", "pieces_on"]

Plane = NDArray[np.float32]
_PLACES = (
    (0.13, 0.35), (0.38, 0.36), (0.62, 0.36), (0.84, 0.20), (0.20, 0.75), (0.50, 0.80), (0.47, 0.57),
    (0.30, 0.17),
)  # fmt: skip
"""Centres of the pieces, fractions of the card; one more lies on the photograph."""
_LARGE, _LITTLE = 256, 128
"""Pixels along a piece; the little one where the card is small."""
_FLATTEN = 4.0
"""Shading wider than this is taken off first (sigma, pixels)."""
_SURROUNDINGS = 17
_BESIDE = 8
"""Pieces beside the card, the nearest ones."""
_CELL = 16
"""Pixels along a cell of the map of what lies beside the card."""
_LIT = (30, 240)
"""Luma between which anything can be seen: at black and at white it is cut off."""
_FREE = 0.45
"""Share of a piece that must be lit and beside the card."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of one picture, all of one size."""

    size: int
    """Pixels along each."""
    excess: NDArray[np.float32]
    """(n, size, size / 2 + 1): log power over that of its surroundings; row size / 2 has frequency 0."""
    centres: NDArray[np.float64]
    """(n, 2) x, y in the picture."""
    places: tuple[tuple[float, float], ...] = ()
    """The same as fractions of the card, for pieces on it."""
    photo: bool = False
    """Whether the last piece lies on the photograph."""


def pieces_on(
    picture: Picture, homography: NDArray[np.float64], px_per_mm: float, photo: Box | None
) -> Pieces | None:
    """Eight pieces on the card and one on its photograph; None where fewer than six lie in the picture.

    ``homography`` maps raster to picture pixels; ``px_per_mm`` is the picture's resolution on the card.
    """
    size = _LARGE if px_per_mm * CARD_HEIGHT_MM >= 1.6 * _LARGE else _LITTLE
    places = [*_PLACES, (photo[0] + photo[2] / 2, photo[1] + photo[3] / 2)] if photo else list(_PLACES)
    points = np.array([[(x * RASTER_WIDTH, y * RASTER_HEIGHT) for x, y in places]], np.float64)
    corners = cv2.perspectiveTransform(points, homography)[0].astype(int) - size // 2
    bell = _bell(size)
    seen = [
        (place, (x, y), _excess(_luma(picture, x, y, size), bell))
        for place, (x, y) in zip(places, corners.tolist(), strict=True)
        if x >= 0 and y >= 0 and x + size <= picture.width and y + size <= picture.height
    ]
    if len(seen) < 6:
        return None
    found, starts, excess = zip(*seen, strict=True)
    last = photo is not None and found[-1] == places[-1]
    return Pieces(size, np.stack(excess), np.array(starts) + size / 2, found, last)


def pieces_beside(picture: Picture, homography: NDArray[np.float64], size: int) -> Pieces | None:
    """Up to eight pieces beside the card, the nearest first; None where nothing that is lit lies there."""
    free = _beside(picture, homography)
    starts = _nearest(free, picture, homography, size)
    if not starts:
        return None
    bell = _bell(size)
    excess = []
    for x, y in starts:
        cells = free[y // _CELL : (y + size) // _CELL, x // _CELL : (x + size) // _CELL]
        # From cell to cell the mask fades: an edge would be a pattern of its own.
        mask = cv2.resize(cells.astype(np.float32), (size, size), interpolation=cv2.INTER_LINEAR)
        excess.append(_excess(_luma(picture, x, y, size), np.asarray(bell * mask, np.float32)))
    return Pieces(size, np.stack(excess), np.array(starts) + size / 2)


def _bell(size: int) -> Plane:
    return np.asarray(cv2.createHanningWindow((size, size), cv2.CV_32F), np.float32)


def _luma(picture: Picture, x: int, y: int, size: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(picture.pixels[y : y + size, x : x + size], cv2.COLOR_BGR2GRAY), np.uint8)


def _excess(piece: NDArray[np.uint8], window: Plane) -> Plane:
    size = len(piece)
    plane = piece.astype(np.float32)
    plane -= cv2.GaussianBlur(plane, (0, 0), _FLATTEN)
    waves = cv2.dft(plane * window, flags=cv2.DFT_COMPLEX_OUTPUT)[:, : size // 2 + 1]
    power = np.roll(cv2.log(waves[..., 0] ** 2 + waves[..., 1] ** 2 + 1), size // 2, axis=0)
    around = cv2.blur(power, (_SURROUNDINGS, _SURROUNDINGS), borderType=cv2.BORDER_REFLECT)
    return np.asarray(power - around, np.float32)


def _outline(homography: NDArray[np.float64]) -> NDArray[np.float64]:
    corners = np.array(
        [[[0, 0], [RASTER_WIDTH, 0], [RASTER_WIDTH, RASTER_HEIGHT], [0, RASTER_HEIGHT]]], np.float64
    )
    return np.asarray(cv2.perspectiveTransform(corners, homography)[0], np.float64)


def _beside(picture: Picture, homography: NDArray[np.float64]) -> NDArray[np.uint8]:
    """1 in every cell of the picture that is lit and does not touch the card."""
    cells = np.ascontiguousarray(picture.pixels[_CELL // 2 :: _CELL, _CELL // 2 :: _CELL])
    level = cv2.blur(cv2.cvtColor(cells, cv2.COLOR_BGR2GRAY), (3, 3))
    card = np.zeros(level.shape, np.uint8)
    cv2.fillConvexPoly(card, np.floor(_outline(homography) / _CELL).astype(np.int32), 1)
    card = np.asarray(cv2.dilate(card, np.ones((3, 3), np.uint8)), np.uint8)
    return np.asarray((card == 0) & (level > _LIT[0]) & (level < _LIT[1]), np.uint8)


def _nearest(
    free: NDArray[np.uint8], picture: Picture, homography: NDArray[np.float64], size: int
) -> list[tuple[int, int]]:
    """Left upper corners of the pieces next to the card that are free enough, on the map's cells."""
    wide = size // _CELL
    rows, columns = free.shape[0] - wide, free.shape[1] - wide
    if rows < 0 or columns < 0:
        return []
    total = cv2.integral(free)
    step = max(1, round(0.75 * wide))
    across, down = np.meshgrid(
        np.unique(np.linspace(0, columns, columns // step + 2).astype(int)),
        np.unique(np.linspace(0, rows, rows // step + 2).astype(int)),
    )
    x, y = across.ravel(), down.ravel()
    share = total[y + wide, x + wide] - total[y, x + wide] - total[y + wide, x] + total[y, x]
    middle = _outline(homography).mean(axis=0)
    away = np.hypot(x * _CELL + size / 2 - middle[0], y * _CELL + size / 2 - middle[1])
    within = (x * _CELL + size <= picture.width) & (y * _CELL + size <= picture.height)
    enough = within & (share >= _FREE * wide * wide)
    order = [int(i) for i in np.argsort(away, kind="stable") if enough[i]][:_BESIDE]
    return [(int(x[i]) * _CELL, int(y[i]) * _CELL) for i in order]
