"""Regular patterns that no card prints: the cells of a display, the rows of dots of a printer.

Looked for in the picture as it was taken, since resampling would blur what is finest. A pattern counts by the
mean of its excess over its surroundings in the spectra of places all over the card: lines of the card's own
ground do not run through the photograph and the bands, letters do not repeat from place to place.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import CARD_HEIGHT_MM, CARD_WIDTH_MM, RASTER_HEIGHT, RASTER_WIDTH, Box, Picture

__all__ = ["Grid", "measure_grid"]

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
_NEAR = 5
"""Bins within which perspective may move a pattern from one place to the next."""
_PRINTED_PER_MM = 1.8
"""Below this many periods a millimetre a card has patterns of its own."""
_AXIS_BINS = 2
"""Rows and columns of sensors, and compression in blocks, lie on the axes."""
_BLOCK_BINS = 5
Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Grid:
    """The strongest pattern."""

    strength: float
    """Mean over all places of the logarithm of its power over that of its surroundings."""
    weakest: float
    """The same in the place that is second from below."""
    in_photo: float | None
    """The same on the photograph, None without one."""
    per_mm: float
    """Periods a millimetre of the card."""
    box: Box
    """The place where it is strongest, fractions of the card."""


def measure_grid(
    picture: Picture, homography: NDArray[np.float64], px_per_mm: float, photo: Box | None
) -> Grid | None:
    """The strongest regular pattern of a card; None where fewer than six places can be looked at.

    ``homography`` maps raster to picture pixels; ``px_per_mm`` is the picture's resolution on the card.
    """
    size = _LARGE if px_per_mm * CARD_HEIGHT_MM >= 1.6 * _LARGE else _LITTLE
    places = [*_PLACES, (photo[0] + photo[2] / 2, photo[1] + photo[3] / 2)] if photo else list(_PLACES)
    pieces = [_piece(picture, homography, place, size) for place in places]
    seen = [(place, _excess(piece)) for place, piece in zip(places, pieces, strict=True) if piece is not None]
    if len(seen) < 6:
        return None
    stack = np.stack([excess for _, excess in seen])
    mean = np.where(_allowed(size, _PRINTED_PER_MM / px_per_mm), stack.mean(axis=0), -np.inf)
    row, column = np.unravel_index(int(np.argmax(mean)), mean.shape)
    at = stack[:, row, column]
    wave = np.array([column, row - size // 2]) / size
    on_photo = float(at[-1]) if photo and pieces[-1] is not None else None
    return Grid(
        strength=float(mean[row, column]),
        weakest=float(np.sort(at)[1]),
        in_photo=on_photo,
        per_mm=_per_mm(wave, homography),
        box=_around(seen[int(np.argmax(at))][0], size / px_per_mm),
    )


def _piece(
    picture: Picture, homography: NDArray[np.float64], place: tuple[float, float], size: int
) -> NDArray[np.uint8] | None:
    point = np.array([[[place[0] * RASTER_WIDTH, place[1] * RASTER_HEIGHT]]], np.float64)
    x, y = (int(v) - size // 2 for v in cv2.perspectiveTransform(point, homography)[0, 0])
    if x < 0 or y < 0 or x + size > picture.width or y + size > picture.height:
        return None
    return np.asarray(cv2.cvtColor(picture.pixels[y : y + size, x : x + size], cv2.COLOR_BGR2GRAY), np.uint8)


def _excess(piece: NDArray[np.uint8]) -> Plane:
    """Log power over that of its surroundings, (size, size / 2 + 1); row size / 2 has frequency 0."""
    size = len(piece)
    plane = piece.astype(np.float32)
    plane -= cv2.GaussianBlur(plane, (0, 0), _FLATTEN)
    bell = cv2.createHanningWindow((size, size), cv2.CV_32F)
    waves = cv2.dft(plane * bell, flags=cv2.DFT_COMPLEX_OUTPUT)[:, : size // 2 + 1]
    power = np.roll(cv2.log(waves[..., 0] ** 2 + waves[..., 1] ** 2 + 1), size // 2, axis=0)
    around = cv2.blur(power, (_SURROUNDINGS, _SURROUNDINGS), borderType=cv2.BORDER_REFLECT)
    return np.asarray(cv2.dilate(power - around, np.ones((_NEAR, _NEAR), np.uint8)), np.float32)


def _allowed(size: int, lowest: float) -> NDArray[np.bool_]:
    """Frequencies that neither the card's print nor blocks of compression nor rows of the sensor explain."""
    across, down = np.meshgrid(np.arange(size // 2 + 1), np.arange(size) - size // 2)
    fine = np.hypot(across, down) > size * float(np.clip(lowest, 0.06, 0.20))
    blocks = np.ones_like(fine)
    for bins in (across, down):
        step = size / 8
        blocks &= np.abs(bins - np.round(bins / step) * step) < _BLOCK_BINS
    on_axis = (np.abs(across) <= _AXIS_BINS) | (np.abs(down) <= _AXIS_BINS)
    return np.asarray(fine & ~blocks & ~on_axis, np.bool_)


def _per_mm(wave: NDArray[np.float64], homography: NDArray[np.float64]) -> float:
    """Periods a millimetre of the card of a wave given in periods a picture pixel."""
    x, y = RASTER_WIDTH / 2, RASTER_HEIGHT / 2
    points = np.array([[[x, y], [x + 1, y], [x, y + 1]]], np.float64)
    centre, right, below = cv2.perspectiveTransform(points, homography)[0]
    on_raster = np.array([wave @ (right - centre), wave @ (below - centre)])
    return float(np.hypot(*(on_raster * (RASTER_WIDTH / CARD_WIDTH_MM, RASTER_HEIGHT / CARD_HEIGHT_MM))))


def _around(place: tuple[float, float], side_mm: float) -> Box:
    width, height = min(1.0, side_mm / CARD_WIDTH_MM), min(1.0, side_mm / CARD_HEIGHT_MM)
    x = float(np.clip(place[0] - width / 2, 0, 1 - width))
    y = float(np.clip(place[1] - height / 2, 0, 1 - height))
    return (x, y, width, height)
