"""Whether a card's dates are of one typeface: the same sign looks the same wherever it stands.

Compared are only signs that a date shares with the others, so that no font has to be known, and each date
against the agreement of the others, so that blur and wear that all of them have do not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from statistics import median

import numpy as np

from service.imaging.forensics.typefaces.likeness import likeness
from service.imaging.forensics.typefaces.print_line import PrintLine

__all__ = ["Typeface", "agreement", "compare_dates"]

_FEWEST_DATES = 3
_FEWEST_SIGNS = 4
_LEFT_OUT = 1
"""Signs of a date that may be misread, worn or crossed by a line."""
Likeness = Mapping[frozenset[str], Mapping[str, float]]
"""Two dates -> sign -> how alike it is in both, correlation -1 ... 1."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """The text that is least like the others."""

    odd: str
    """Its field."""
    apart: float
    """How much less alike its signs are to the others' than those are to each other, mean of correlations."""
    others: float
    """How alike the same signs of the others are."""


def compare_dates(dates: Mapping[str, PrintLine]) -> Typeface | None:
    """Compare the half-width dates of a card, by field; None where too few can be."""
    if len(dates) < _FEWEST_DATES:
        return None
    alike = {frozenset({a, b}): likeness(dates[a], dates[b]) for a, b in combinations(dates, 2)}
    found = [_against_others(name, dates, alike) for name in dates]
    return max((one for one in found if one), key=lambda one: one.apart, default=None)


def agreement(dates: Mapping[str, PrintLine]) -> float | None:
    """How alike signs of one face are in this picture: the middle of all that the dates share."""
    shared = [likeness(one, other).values() for one, other in combinations(dates.values(), 2)]
    values = [value for pair in shared for value in pair]
    return median(values) if len(values) >= _FEWEST_SIGNS else None


def _against_others(name: str, dates: Mapping[str, PrintLine], alike: Likeness) -> Typeface | None:
    others = [other for other in dates if other != name]
    apart, agreed = [], []
    for sign in set(dates[name].text):
        own = _best(alike, [frozenset({name, other}) for other in others], sign)
        rest = _best(alike, [frozenset(pair) for pair in combinations(others, 2)], sign)
        if own is not None and rest is not None:
            apart.append(rest - own)
            agreed.append(rest)
    if len(apart) < _FEWEST_SIGNS:
        return None
    return Typeface(name, float(np.mean(sorted(apart)[:-_LEFT_OUT])), float(np.mean(agreed)))


def _best(alike: Likeness, pairs: list[frozenset[str]], sign: str) -> float | None:
    """The likeness of a sign in the pair of dates in which it is most alike."""
    return max((alike[pair][sign] for pair in pairs if sign in alike[pair]), default=None)
