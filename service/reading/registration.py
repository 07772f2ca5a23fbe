"""Putting a card in place by its fixed labels: small corrections of a rectified raster.

Fonts and renderings differ, but the labels' places do not: the print found at each label gives a shift,
and a smooth projective correction is fitted to all shifts, robust against labels that were not found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.cards.layout import Label
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH
from service.reading.crops import area_of
from service.reading.ink import Ink, TextBox, find_lines, print_level

__all__ = ["Correction", "find_labels", "fit_correction"]

SEARCH_PX = 30
"""A label is looked for this far around its place: 2.5 mm at 300 dpi."""
MIN_MATCH = 0.3
"""Least correlation of the print with the label's box."""
NEARNESS = 0.3
"""Correlation that a place at the rim of the search must have more than the expected place."""
FRAME_PX = 8
ROUNDS = 6
HUBER_PX = 3.0
PRIOR_PX = np.array([20.0, 12.0, 12.0, 6.0, 6.0])
"""How large shift, affine and projective parts may be expected, in pixels at the card's edge."""
MEASURED_PX = 2.0
MIN_LABELS = 6

Matrix = NDArray[np.float64]
_CORNERS = np.array(
    [[0, 0], [RASTER_WIDTH, 0], [RASTER_WIDTH, RASTER_HEIGHT], [0, RASTER_HEIGHT]], np.float64
)


@dataclass(frozen=True, slots=True)
class Correction:
    """Outcome of a fit."""

    homography: Matrix
    """(3, 3), place in the layout -> place in the raster that was looked at, pixels."""
    labels: int
    """Labels that agree with it."""
    residual_px: float
    """Median distance of those labels from it."""

    @property
    def reach_px(self) -> float:
        """How far it moves the corner that it moves farthest."""
        moved = cv2.perspectiveTransform(_CORNERS[None], self.homography)[0]
        return float(np.abs(moved - _CORNERS).max())


def find_labels(
    ink: Ink, labels: Sequence[Label], search_px: int = SEARCH_PX
) -> Mapping[str, tuple[TextBox, TextBox]]:
    """By id of each label that was found: its nominal box and the box of the print, raster pixels.

    Print that does not fill the label's box like text is passed over, unless the search is so narrow that
    the card is known to be in place.
    """
    mask = (ink > print_level(ink)).astype(np.float32)
    half = cv2.resize(mask, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    found = {}
    for label in labels:
        nominal = area_of(label.box, ink.shape)
        shift = _best_shift(half, nominal, search_px)
        if shift is None and search_px >= SEARCH_PX:
            continue
        shift = shift or (0, 0)
        moved = _moved(nominal, shift, ink.shape)
        lines = find_lines(ink, _widened(moved, ink.shape), 1, guard=6)
        if lines and 0.6 < lines[0].height / nominal.height < 1.5:
            found[label.id] = (nominal, lines[0])
    return found


def _best_shift(half: NDArray[np.float32], box: TextBox, search: int) -> tuple[int, int] | None:
    """Shift at which the print, at half size, is most like a filled box in a bare frame."""
    reach = search // 2
    x0, y0, width, height = box.x0 // 2, box.y0 // 2, max(2, box.width // 2), max(2, box.height // 2)
    pad = reach + FRAME_PX // 2
    padded = cv2.copyMakeBorder(
        half[max(0, y0 - pad) : y0 + height + pad, max(0, x0 - pad) : x0 + width + pad],
        max(0, pad - y0),
        max(0, y0 + height + pad - half.shape[0]),
        max(0, pad - x0),
        max(0, x0 + width + pad - half.shape[1]),
        cv2.BORDER_CONSTANT,
        value=0,
    )
    soft = cv2.blur(padded, (height // 2 | 1, height // 4 | 1))
    scores = _box_correlation(soft, width, height)
    axis = np.arange(-reach, reach + 1, dtype=np.float32)
    away = np.hypot(axis[:, None], axis[None, :]) / (2 * reach + 1)
    _, best, _, (x, y) = cv2.minMaxLoc(scores - NEARNESS * away)
    return (2 * (x - reach), 2 * (y - reach)) if best >= MIN_MATCH else None


def _box_correlation(soft: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    """Normalised correlation with a filled box in a bare frame, wherever the frame fits."""
    frame = FRAME_PX // 2
    wide, high = width + 2 * frame, height + 2 * frame
    sums, squares = cv2.integral2(soft)
    everything, energy = _box_sums(sums, wide, high), _box_sums(squares, wide, high)
    inside = _box_sums(sums, width, height)[frame:-frame, frame:-frame]
    share = width * height / (wide * high)
    spread = np.sqrt(np.maximum(energy - everything**2 / (wide * high), 1e-6))
    found = (inside - share * everything) / (spread * np.sqrt(width * height * (1 - share)))
    return np.asarray(found, np.float32)


def _box_sums(integral: Matrix, width: int, height: int) -> Matrix:
    return np.asarray(
        integral[height:, width:]
        - integral[:-height, width:]
        - integral[height:, :-width]
        + integral[:-height, :-width],
        np.float64,
    )


def _moved(box: TextBox, shift: tuple[int, int], shape: tuple[int, ...]) -> TextBox:
    return _clipped(
        TextBox(box.x0 + shift[0], box.y0 + shift[1], box.x1 + shift[0], box.y1 + shift[1]), shape
    )


def _widened(box: TextBox, shape: tuple[int, ...]) -> TextBox:
    return _clipped(TextBox(box.x0 - 6, box.y0 - 2, box.x1 + 6, box.y1 + 2), shape)


def _clipped(box: TextBox, shape: tuple[int, ...]) -> TextBox:
    height, width = shape[:2]
    x0, y0 = min(max(0, box.x0), width - 1), min(max(0, box.y0), height - 1)
    return TextBox(x0, y0, min(width, max(x0 + 1, box.x1)), min(height, max(y0 + 1, box.y1)))


def fit_correction(found: Mapping[str, tuple[TextBox, TextBox]]) -> Correction | None:
    """A smooth correction that explains where the labels were found; None for too few labels."""
    if len(found) < MIN_LABELS:
        return None
    points, shifts = _correspondences(found)
    weights = np.ones(len(points))
    for _ in range(ROUNDS):
        parameters = _solve(points, shifts, weights)
        residuals = np.abs(_shift_at(points, parameters) - shifts).max(axis=1)
        weights = np.minimum(1.0, HUBER_PX / np.maximum(residuals, 1e-6)) ** 2
    near = residuals < 2 * HUBER_PX
    if np.count_nonzero(near) < MIN_LABELS:
        return None
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64)
    there = _pixels(corners)
    homography = cv2.getPerspectiveTransform(
        there.astype(np.float32), (there + _shift_at(corners, parameters)).astype(np.float32)
    )
    return Correction(
        np.asarray(homography, np.float64), int(np.count_nonzero(near)), float(np.median(residuals[near]))
    )


def _correspondences(found: Mapping[str, tuple[TextBox, TextBox]]) -> tuple[Matrix, Matrix]:
    """The left end of each label, and its right end where the widths agree within a tenth."""
    points, shifts = [], []
    for nominal, seen in found.values():
        rise = (seen.y0 + seen.y1 - nominal.y0 - nominal.y1) / 2
        row = (nominal.y0 + nominal.y1) / 2
        points.append((nominal.x0, row))
        shifts.append((seen.x0 - nominal.x0, rise))
        if abs(seen.width - nominal.width) < 0.1 * nominal.width:
            points.append((nominal.x1, row))
            shifts.append((seen.x1 - nominal.x1, rise))
    return _normal(np.array(points, np.float64)), np.array(shifts, np.float64)


def _normal(points: Matrix) -> Matrix:
    half = np.array([RASTER_WIDTH / 2, RASTER_HEIGHT / 2])
    return np.asarray((points - half) / half, np.float64)


def _pixels(points: Matrix) -> Matrix:
    half = np.array([RASTER_WIDTH / 2, RASTER_HEIGHT / 2])
    return np.asarray(points * half + half, np.float64)


def _design(points: Matrix) -> tuple[Matrix, Matrix]:
    """First-order projective shifts: rows of the two axes for (a0 a1 a2 b0 b1 b2 p q)."""
    x, y = points.T
    one, nil = np.ones_like(x), np.zeros_like(x)
    along = np.stack([one, x, y, nil, nil, nil, x * x, x * y], axis=1)
    down = np.stack([nil, nil, nil, one, x, y, x * y, y * y], axis=1)
    return along, down


def _shift_at(points: Matrix, parameters: Matrix) -> Matrix:
    along, down = _design(points)
    return np.stack([along @ parameters, down @ parameters], axis=1)


def _solve(points: Matrix, shifts: Matrix, weights: Matrix) -> Matrix:
    along, down = _design(points)
    rows = np.concatenate([along, down]) / MEASURED_PX
    target = np.concatenate([shifts[:, 0], shifts[:, 1]]) / MEASURED_PX
    root = np.sqrt(np.concatenate([weights, weights]))[:, None]
    prior = np.diag(1 / np.concatenate([PRIOR_PX[:3], PRIOR_PX[:3], PRIOR_PX[3:]]))
    system = np.concatenate([rows * root, prior])
    wanted = np.concatenate([target * root[:, 0], np.zeros(8)])
    solution, *_ = np.linalg.lstsq(system, wanted, rcond=None)
    return np.asarray(solution, np.float64)
