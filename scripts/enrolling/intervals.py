"""What a few genuine cards can say of all: tolerance intervals, order statistics, and when neither holds.

An interval is the widest of three: the cards' own range, the normal tolerance interval (Howe 1969 for two
edges, Natrella 1963 for one) and a least width that physics asks for. The normal one rests on a bell-shaped
spread, which no twenty cards can prove; where one card stands out of the bell, the interval may not accuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import NormalDist, fmean, median, stdev

__all__ = ["Interval", "Wanted", "tolerance", "turned", "unturned"]

CONFIDENCE = 0.95
"""Probability, over draws of the cards, that the interval holds at least the share asked."""
OUTLIER = 0.005
"""Probability that the farthest of n normal values lies beyond the bound."""
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an interval shall be."""

    share: float
    """Share of all genuine cards that shall lie within."""
    width: float
    """Least distance of an edge from the middle."""
    below: bool = True
    above: bool = True
    """Which edges it has."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Least and greatest value, infinite where there is no edge."""

    least: float
    greatest: float
    sound: bool
    """Whether the cards look like a bell, so that the share beyond the edges can be relied on."""

    def holds(self, value: float) -> bool:
        """Whether a value lies within."""
        return self.least <= value <= self.greatest


def _chi_square(share: float, freedom: int) -> float:
    """Quantile of the chi-square distribution (Wilson and Hilferty 1931)."""
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + _NORMAL.inv_cdf(share) * sqrt(part)) ** 3)


def factor_two_edges(n: int, share: float) -> float:
    """Standard deviations to either side of the mean (Howe)."""
    z = _NORMAL.inv_cdf((1 + share) / 2)
    return z * sqrt((n - 1) * (1 + 1 / n) / _chi_square(1 - CONFIDENCE, n - 1))


def factor_one_edge(n: int, share: float) -> float:
    """Standard deviations to one side of the mean (Natrella)."""
    z, c = _NORMAL.inv_cdf(share), _NORMAL.inv_cdf(CONFIDENCE)
    a, b = 1 - c * c / (2 * (n - 1)), z * z - c * c / n
    return (z + sqrt(z * z - a * b)) / a


def tolerance(values: Sequence[float], wanted: Wanted) -> Interval:
    """The interval of some cards' values; ValueError for fewer than three."""
    n = len(values)
    if n < 3:
        raise ValueError("three cards at least")
    mean, middle, own = fmean(values), median(values), stdev(values)
    spread = max(own, 1.4826 * median(abs(v - middle) for v in values))
    both = wanted.below and wanted.above
    reach = (factor_two_edges if both else factor_one_edge)(n, wanted.share) * spread
    farthest = max(abs(v - mean) for v in values)
    return Interval(
        least=min(mean - reach, min(values), middle - wanted.width) if wanted.below else -inf,
        greatest=max(mean + reach, max(values), middle + wanted.width) if wanted.above else inf,
        sound=farthest <= _NORMAL.inv_cdf(1 - OUTLIER / (2 * n)) * max(spread, 1e-9) + 1e-9,
    )


def turned(values: Sequence[float], period: float) -> tuple[list[float], float]:
    """Angles laid around their middle without a jump, and the middle: ``period`` is a full turn."""
    middle = min(values, key=lambda m: sum(abs((v - m + period / 2) % period - period / 2) for v in values))
    return [(v - middle + period / 2) % period - period / 2 for v in values], middle


def unturned(interval: Interval, middle: float, low: float, high: float) -> Interval | None:
    """The interval back in ``low`` ... ``high``; None where it runs over the seam and cannot be one range."""
    found = Interval(interval.least + middle, interval.greatest + middle, interval.sound)
    return found if low <= found.least and found.greatest <= high else None
