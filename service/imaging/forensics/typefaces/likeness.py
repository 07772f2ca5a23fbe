"""How alike the same signs look in two lines of print, by correlation, whatever small shift lies between."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from service.imaging.forensics.typefaces.print_line import Plane, PrintLine

__all__ = ["likeness", "response", "sign_likeness", "upper_rows"]

_SIZES = (0.95, 1.0, 1.05)
_SHIFT = 5
"""Pixels within which a sign is looked for about its place."""
_FEWEST_COLUMNS = 6
_UPPER = 0.85
"""Share of a sign's height that is compared: blur draws captions below a line into its foot."""
_OFTEN = 2
"""A sign that stands in a line more often is not compared more often."""


def likeness(one: PrintLine, other: PrintLine, signs: str | None = None) -> dict[str, float]:
    """The signs that two lines share (of ``signs``, where given), and how alike each is, -1 ... 1.

    The mean of two directions, each the best of the places at which the sign stands.
    """
    shared = set(one.text) & set(other.text)
    there, back = _one_way(one, other, shared), _one_way(other, one, shared)
    wanted = set(there) & set(back) if signs is None else set(there) & set(back) & set(signs)
    return {sign: (there[sign] + back[sign]) / 2 for sign in wanted}


def sign_likeness(line: PrintLine, index: int, others: Iterable[PrintLine]) -> float | None:
    """How alike one sign is to the same sign in other lines, the best of them; None where none has it."""
    pattern, sign = _upper(line.sign(index)), line.text[index]
    place = line.sign(index, _SHIFT)
    found = [
        (_correlation(pattern, other.sign(i, _SHIFT)) + _correlation(_upper(other.sign(i)), place)) / 2
        for other in others
        for i in _where(other.text, sign)
    ]
    return max(found, default=None) if pattern.shape[1] >= _FEWEST_COLUMNS else None


def response(ink: Plane, sign: str, lines: Iterable[PrintLine]) -> Plane | None:
    """How alike each place of ``ink`` is to a sign as it stands in ``lines``; None where no line has it.

    Correlation by the middle of the place, of the shape of ``ink``, -1 near its rim.
    """
    patterns = [_upper(line.sign(i)) for line in lines for i in _where(line.text, sign)]
    best: Plane | None = None
    for pattern in patterns:
        high, wide = pattern.shape
        if wide < _FEWEST_COLUMNS or high > ink.shape[0] or wide > ink.shape[1]:
            continue
        found = cv2.matchTemplate(ink, np.ascontiguousarray(pattern), cv2.TM_CCOEFF_NORMED)
        placed = np.full(ink.shape, -1.0, np.float32)
        placed[high // 2 : high // 2 + found.shape[0], wide // 2 : wide // 2 + found.shape[1]] = found
        best = placed if best is None else np.maximum(best, placed)
    return best


def _one_way(one: PrintLine, other: PrintLine, signs: set[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for sign in signs:
        patterns = [_upper(one.sign(i)) for i in _where(one.text, sign)]
        places = [other.sign(i, _SHIFT) for i in _where(other.text, sign)]
        wide = [pattern for pattern in patterns if pattern.shape[1] >= _FEWEST_COLUMNS]
        if wide:
            found[sign] = max(_correlation(pattern, place) for pattern in wide for place in places)
    return found


def upper_rows(rows: int) -> int:
    """How many of a sign's rows are compared, from the top."""
    return round(rows * _UPPER)


def _upper(pattern: NDArray[np.float32]) -> NDArray[np.float32]:
    return pattern[: upper_rows(len(pattern))]


def _where(text: str, sign: str) -> list[int]:
    return [i for i, other in enumerate(text) if other == sign][:_OFTEN]


def _correlation(pattern: NDArray[np.float32], place: NDArray[np.float32]) -> float:
    best = -1.0
    for size in _SIZES:
        scaled = pattern if size == 1 else cv2.resize(pattern, None, fx=size, fy=size)
        if scaled.shape[0] <= place.shape[0] and scaled.shape[1] <= place.shape[1]:
            best = max(best, float(cv2.matchTemplate(place, scaled, cv2.TM_CCOEFF_NORMED).max()))
    return best
