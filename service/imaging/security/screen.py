"""Print structure: a printer's dots lie on one square grid all over the card, fine lines do not.

Small windows of the submitted picture, not of the raster, are transformed, ink by ink, which is channel by
channel. In each the strongest pair of peaks is sought that stand at a right angle on the card and have the
same spacing. A screen, or the cells of a display, shows the same pair everywhere: in bands, in the background
and in the photo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import CARD_WIDTH_MM, RASTER_HEIGHT, RASTER_WIDTH, Picture

__all__ = ["PLACES", "Screen", "find_screen"]

PLACES = (
    (0.33, 0.085),
    (0.58, 0.20),
    (0.86, 0.19),
    (0.55, 0.34),
    (0.84, 0.42),
    (0.84, 0.60),
    (0.33, 0.545),
    (0.55, 0.58),
    (0.15, 0.60),
    (0.55, 0.71),
)
"""Middles of the windows as fractions of the card: bands, background and photo."""

_ON_PHOTO = frozenset({4, 5})
"""Which of them lie on the photo: no pattern of the background goes on there."""
_WINDOW = 96
_BAND = (0.11, 0.485)
"""Cycles per picture pixel that are looked at: coarser structure is print or lines of the design."""
_AXIS = 0.021
"""Cycles per pixel around the axes that are left out: the blocks of JPEG stand there."""
_PEAKS = 6
_STANDS_OUT = 20.0
_AS_STRONG = 0.3
"""Share of the strength elsewhere that the pair must have on the photo: a squared ground ends there."""
_SAME_PITCH = 0.06
_SAME_ANGLE = 5.0
_MM = CARD_WIDTH_MM / RASTER_WIDTH

Grey = NDArray[np.float32]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Screen:
    """The regular structure that most windows share."""

    share: float
    """Share of the windows with the same pair of peaks, 0 ... 1."""
    strength: float
    """Median power of the weaker peak of those pairs against its surroundings."""
    lines_per_mm: float
    windows: int
    """Windows that could be looked at."""

    @property
    def regular(self) -> float:
        """Share of the windows times how far the peaks stand out, which counts up to 20."""
        return self.share * min(self.strength, _STANDS_OUT)


@dataclass(frozen=True, slots=True)
class _Pair:
    strength: float
    frequency: float
    """Cycles per millimetre on the card."""
    angle: float
    """Degrees, 0 ... 90."""


def find_screen(picture: Picture, homography: Matrix) -> Screen | None:
    """The screen of a card's print; None where too few of the windows lie in the picture."""
    seen: list[dict[int, _Pair]] = [{} for _ in range(3)]
    for index, (x, y) in enumerate(PLACES):
        point = np.array([x * RASTER_WIDTH, y * RASTER_HEIGHT])
        window = _window(picture, homography, point)
        if window is None:
            continue
        jacobian = _jacobian(homography, point)
        for channel, pairs in enumerate(seen):
            pairs[index] = _pair_in(_whitened(window[..., channel]), jacobian)
    if 2 * len(seen[0]) < len(PLACES) or not _ON_PHOTO & seen[0].keys():
        return None
    return max((_agreement(pairs) for pairs in seen), key=lambda screen: screen.regular)


def _window(picture: Picture, homography: Matrix, point: NDArray[np.float64]) -> NDArray[np.uint8] | None:
    x, y = cv2.perspectiveTransform(point[None, None], homography)[0, 0]
    left, top = round(x) - _WINDOW // 2, round(y) - _WINDOW // 2
    if left < 0 or top < 0 or left + _WINDOW > picture.width or top + _WINDOW > picture.height:
        return None
    return picture.pixels[top : top + _WINDOW, left : left + _WINDOW]


def _jacobian(homography: Matrix, point: NDArray[np.float64]) -> Matrix:
    """(2, 2): picture pixels per millimetre on the card."""
    steps = np.array([[0, 0], [1, 0], [0, 1]])
    points = np.asarray((point + steps)[None], np.float64)
    here, right, below = cv2.perspectiveTransform(points, homography)[0]
    return np.stack([right - here, below - here], axis=1) / _MM


_TAPER = np.outer(np.hanning(_WINDOW), np.hanning(_WINDOW)).astype(np.float32)
_AXIS_FREQUENCIES = np.fft.fftshift(np.fft.fftfreq(_WINDOW)).astype(np.float32)
_FX, _FY = np.meshgrid(_AXIS_FREQUENCIES, _AXIS_FREQUENCIES)
_RADIUS = np.hypot(_FX, _FY)
_OFF_AXES = np.minimum(np.abs(_FX), np.abs(_FY)) > _AXIS
_LOOKED_AT = _OFF_AXES & np.asarray(cv2.inRange(_RADIUS, _BAND[0], _BAND[1]) > 0)


def _whitened(channel: NDArray[np.uint8]) -> Grey:
    """Power of each frequency against the mean of its surroundings, 0 where nothing is looked at."""
    level = channel.astype(np.float32)
    level -= cv2.blur(level, (15, 15))
    spectrum = cv2.dft(level * _TAPER, flags=cv2.DFT_COMPLEX_OUTPUT)
    power = np.fft.fftshift(spectrum[..., 0] ** 2 + spectrum[..., 1] ** 2)
    around = (cv2.blur(power, (17, 17)) * 289 - cv2.blur(power, (5, 5)) * 25) / 264
    return np.asarray(np.where(_LOOKED_AT, power / (around + 1.0), 0), np.float32)


def _pair_in(power: Grey, jacobian: Matrix) -> _Pair:
    top = cv2.dilate(power, np.ones((5, 5), np.uint8))
    rows, columns = np.nonzero((power == top) & (power > 1) & (_FY >= 0))
    strongest = np.argsort(-power[rows, columns])[:_PEAKS]
    best = _Pair(0.0, 0.0, 0.0)
    for row, column in zip(rows[strongest], columns[strongest], strict=True):
        on_card = jacobian.T @ np.array([_FX[row, column], _FY[row, column]])
        across = np.linalg.solve(jacobian.T, np.array([-on_card[1], on_card[0]]))
        strength = min(float(power[row, column]), _power_at(power, across))
        if strength > best.strength:
            angle = float(np.degrees(np.arctan2(on_card[1], on_card[0])) % 90)
            best = _Pair(strength, float(np.linalg.norm(on_card)), angle)
    return best


def _power_at(power: Grey, frequency: NDArray[np.float64]) -> float:
    column, row = (round(float(f) * _WINDOW) + _WINDOW // 2 for f in frequency)
    near = power[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
    return float(near.max()) if near.size else 0.0


def _agreement(pairs: Mapping[int, _Pair]) -> Screen:
    """The pair that most windows of one channel have in common, the photo among them."""
    best: list[_Pair] = []
    for candidate in pairs.values():
        same = {index: pair for index, pair in pairs.items() if _alike(pair, candidate)}
        if candidate.strength > 0 and len(same) > len(best) and _runs_on(same):
            best = list(same.values())
    if not best:
        return Screen(0.0, 0.0, 0.0, len(pairs))
    return Screen(
        share=len(best) / len(pairs),
        strength=float(np.median([pair.strength for pair in best])),
        lines_per_mm=float(np.median([pair.frequency for pair in best])),
        windows=len(pairs),
    )


def _runs_on(same: Mapping[int, _Pair]) -> bool:
    """Whether the pair stands on the photo too, nearly as far out as elsewhere."""
    on_photo = max((same[index].strength for index in _ON_PHOTO & same.keys()), default=0.0)
    usual = min(float(np.median([pair.strength for pair in same.values()])), _STANDS_OUT)
    return on_photo > 0 and on_photo >= _AS_STRONG * usual


def _alike(one: _Pair, other: _Pair) -> bool:
    turned = abs(one.angle - other.angle) % 90
    return (
        abs(one.frequency - other.frequency) <= _SAME_PITCH * other.frequency
        and min(turned, 90 - turned) <= _SAME_ANGLE
    )
