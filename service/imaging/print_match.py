"""Is it the same print? The chip's picture of a line of text laid over the printed line, piece by piece.

A recogniser may misread a rare sign in one of two pictures of the same text. Where the pictures themselves
agree along the whole line, its doubts count for nothing. This can only vouch for a card, never accuse it:
a low value may come from a bad capture as well as from another text.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["print_agreement"]

_PIECE = 0.9
"""Width of a piece as a share of the line's height: about one sign."""
_SLACK = 4
"""Pixels by which a piece may lie off where the whole line was found."""
_SMOOTH = 1.3

_LINE_PX = 30
"""Height of one line of the smallest print with its leading, raster pixels; two lines have about 55."""

Grey = NDArray[np.float32]
Place = tuple[int, int, int, int]
"""Top, bottom, left and right within the line, the ends exclusive."""


def print_agreement(printed: NDArray[np.uint8], chip: NDArray[np.uint8]) -> float:
    """Correlation of the worst piece of the line, -1 ... 1; 0 where one of the pictures is empty.

    ``printed`` is a BGR crop that holds the line with at least 6 pixels around it; ``chip`` the grey crop
    of the chip's picture (ink dark) at the same scale, cut tightly to the line.
    """
    if chip.shape[0] < 6 or chip.shape[1] < 6:
        return 0.0
    scene = _ink(cv2.cvtColor(printed, cv2.COLOR_BGR2GRAY))
    line = _ink(chip)
    if scene.shape[0] < line.shape[0] or scene.shape[1] < line.shape[1] or float(line.std()) < 1e-3:
        return 0.0
    response = cv2.matchTemplate(scene, line, cv2.TM_CCOEFF_NORMED)
    _, _, _, (x, y) = cv2.minMaxLoc(response)
    return min((_piece(scene, line, x, y, place) for place in _pieces(line)), default=0.0)


def _ink(grey: NDArray[np.generic]) -> Grey:
    """Darkness against the surroundings, smoothed to what both pictures resolve."""
    values = np.asarray(grey, dtype=np.float32)
    paper = cv2.dilate(cv2.GaussianBlur(values, (0, 0), 1.0), np.ones((15, 15), dtype=np.uint8))
    paper = cv2.GaussianBlur(paper, (0, 0), 6.0)
    return np.asarray(cv2.GaussianBlur(np.clip(paper - values, 0, None), (0, 0), _SMOOTH), dtype=np.float32)


def _pieces(line: Grey) -> list[Place]:
    """Pieces with print in them, left to right in each line; they overlap by half."""
    height = line.shape[0] / max(1, round(line.shape[0] / _LINE_PX))
    width = max(12, round(height * _PIECE))
    starts = range(0, max(1, line.shape[1] - width + 1), max(4, width // 2))
    tops = [round(row * height) for row in range(round(line.shape[0] / height))]
    places = [(top, top + round(height), start, start + width) for top in tops for start in starts]
    least = 0.2 * float(line.std())
    return [place for place in places if float(_cut(line, place).std()) > least]


def _cut(line: Grey, place: Place) -> Grey:
    top, bottom, start, end = place
    return line[top:bottom, start:end]


def _piece(scene: Grey, line: Grey, x: int, y: int, place: Place) -> float:
    """Best correlation of one piece within the slack around its place."""
    piece, (top, bottom, start, end) = _cut(line, place), place
    above, left = max(0, y + top - _SLACK), max(0, x + start - _SLACK)
    around = scene[above : y + bottom + _SLACK, left : x + end + _SLACK]
    if around.shape[0] < piece.shape[0] or around.shape[1] < piece.shape[1]:
        return 0.0
    return float(cv2.matchTemplate(around, piece, cv2.TM_CCOEFF_NORMED).max())
