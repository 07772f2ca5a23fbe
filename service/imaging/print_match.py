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

Grey = NDArray[np.float32]


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
    return min((_piece(scene, line, x, y, start, end) for start, end in _pieces(line)), default=0.0)


def _ink(grey: NDArray[np.generic]) -> Grey:
    """Darkness against the surroundings, smoothed to what both pictures resolve."""
    values = np.asarray(grey, dtype=np.float32)
    paper = cv2.dilate(cv2.GaussianBlur(values, (0, 0), 1.0), np.ones((15, 15), dtype=np.uint8))
    paper = cv2.GaussianBlur(paper, (0, 0), 6.0)
    return np.asarray(cv2.GaussianBlur(np.clip(paper - values, 0, None), (0, 0), _SMOOTH), dtype=np.float32)


def _pieces(line: Grey) -> list[tuple[int, int]]:
    width = max(12, round(line.shape[0] * _PIECE))
    step = max(4, width // 2)
    starts = range(0, max(1, line.shape[1] - width + 1), step)
    return [(s, s + width) for s in starts if float(line[:, s : s + width].std()) > 0.2 * float(line.std())]


def _piece(scene: Grey, line: Grey, x: int, y: int, start: int, end: int) -> float:
    """Best correlation of one piece within the slack around its place."""
    piece = line[:, start:end]
    top, left = max(0, y - _SLACK), max(0, x + start - _SLACK)
    place = scene[top : y + line.shape[0] + _SLACK, left : x + end + _SLACK]
    if place.shape[0] < piece.shape[0] or place.shape[1] < piece.shape[1]:
        return 0.0
    return float(cv2.matchTemplate(place, piece, cv2.TM_CCOEFF_NORMED).max())
