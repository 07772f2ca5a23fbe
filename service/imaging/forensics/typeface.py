"""Whether a card's dates are of one typeface: the same sign looks the same wherever it stands.

Compared are only signs that a date shares with the others, so that no font has to be known, and each date
against the agreement of the others, so that blur and wear that all of them have do not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box
from service.imaging.forensics.date_line import DateLine, cut_date

__all__ = ["Typeface", "measure_typeface"]

_FEWEST_DATES = 3
_FEWEST_SIGNS = 4
_LEFT_OUT = 1
"""Signs of a date that may be misread, worn or crossed by a line."""
_SIZES = (0.95, 1.0, 1.05)
_SHIFT = 5
"""Pixels within which a sign is looked for about its place."""
_FEWEST_COLUMNS = 6
_UPPER = 0.85
"""Share of a sign's height that is compared: blur draws captions below a date into its foot."""
_OFTEN = 2
"""A sign that stands in a date more often is not compared more often."""
Likeness = Mapping[tuple[str, str], Mapping[str, float]]
"""Two dates -> sign -> how alike it is in both, correlation -1 ... 1."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """The date that is least like the others."""

    odd: str
    """Its field."""
    apart: float
    """How much less alike its signs are to the others' than those are to each other, mean of correlations."""
    others: float
    """How alike the same signs of the others are."""


def measure_typeface(
    luma: NDArray[np.uint8], lines: Mapping[str, Box], texts: Mapping[str, str]
) -> Typeface | None:
    """Compare the dates of a rectified card, given as boxes and as ``texts``; None where too few can be."""
    cut = {name: cut_date(luma, text, lines[name]) for name, text in texts.items() if name in lines}
    dates = {name: line for name, line in cut.items() if line is not None}
    if len(dates) < _FEWEST_DATES:
        return None
    alike = {(one, other): _alike(dates[one], dates[other]) for one, other in permutations(dates, 2)}
    found = [_against_others(name, dates, alike) for name in dates]
    return max((one for one in found if one), key=lambda one: one.apart, default=None)


def _against_others(name: str, dates: Mapping[str, DateLine], alike: Likeness) -> Typeface | None:
    others = [other for other in dates if other != name]
    apart, agreed = [], []
    for sign in set(dates[name].text):
        own = _best(alike, [(name, other) for other in others], sign)
        rest = _best(alike, [(a, b) for a in others for b in others if a < b], sign)
        if own is not None and rest is not None:
            apart.append(rest - own)
            agreed.append(rest)
    if len(apart) < _FEWEST_SIGNS:
        return None
    return Typeface(name, float(np.mean(sorted(apart)[:-_LEFT_OUT])), float(np.mean(agreed)))


def _best(alike: Likeness, pairs: list[tuple[str, str]], sign: str) -> float | None:
    """The likeness of a sign in the pair of dates in which it is most alike, seen from both."""
    both = [
        (alike[one, other][sign] + alike[other, one][sign]) / 2
        for one, other in pairs
        if sign in alike[one, other] and sign in alike[other, one]
    ]
    return max(both, default=None)


def _alike(one: DateLine, other: DateLine) -> dict[str, float]:
    """The signs that two dates share, and the best correlation of each."""
    found: dict[str, float] = {}
    for sign in set(one.text) & set(other.text):
        patterns = [_upper(one.sign(i)) for i in _where(one.text, sign)]
        places = [other.sign(i, _SHIFT) for i in _where(other.text, sign)]
        wide = [pattern for pattern in patterns if pattern.shape[1] >= _FEWEST_COLUMNS]
        if wide:
            found[sign] = max(_correlation(pattern, place) for pattern in wide for place in places)
    return found


def _upper(pattern: NDArray[np.float32]) -> NDArray[np.float32]:
    return pattern[: round(len(pattern) * _UPPER)]


def _where(text: str, sign: str) -> list[int]:
    return [i for i, other in enumerate(text) if other == sign][:_OFTEN]


def _correlation(pattern: NDArray[np.float32], place: NDArray[np.float32]) -> float:
    best = -1.0
    for size in _SIZES:
        scaled = pattern if size == 1 else cv2.resize(pattern, None, fx=size, fy=size)
        if scaled.shape[0] <= place.shape[0] and scaled.shape[1] <= place.shape[1]:
            best = max(best, float(cv2.matchTemplate(place, scaled, cv2.TM_CCOEFF_NORMED).max()))
    return best
