"""Whether a value follows the angle: arithmetic on one number per frame, no pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Change", "colour_change", "hue_path", "single_valued", "spearman", "step_fit"]

Values = NDArray[np.float64]
_CENTRES_DEG = (-12.0, -8.0, -4.0, 0.0, 4.0, 8.0, 12.0)
"""Where the film may be seen straight: a film's colour depends on the angle from there, to either side."""
_COLOURED = 12.0
"""Chroma (CIE Lab) from which a hue is more than noise."""


@dataclass(frozen=True, slots=True)
class Change:
    """How the colour of one place went along with the tilt."""

    swing: float
    """90th minus 10th percentile of a* (green to red), CIE Lab units."""
    follows: float
    """-1 ... 1: rank correlation of a* with the angle, for the best of the film's axes; positive where the
    place reddens away from the axis."""
    step: float
    """0 ... 1: share of the variance that two levels in the order of the angle explain."""
    single: float
    """About 1 where the colour is a function of the angle, 0 where it is not (von Neumann 1941)."""
    in_time: float
    """0 ... 1: share of the variance that one change at one moment explains."""
    hues: float
    """Degrees of hue passed through in the order of the angle."""
    low: float
    high: float
    """10th and 90th percentile of a* against the ground beside it."""
    motion: float
    """Swing of the whole colour (a*, b*), CIE Lab units."""
    frames: int
    """Frames in which the place was seen."""

    @property
    def score(self) -> float:
        """Swing, rank and step in one number: near 0 for print, 30 and more for a film."""
        return self.swing * abs(self.follows) * self.step


def spearman(first: Values, second: Values) -> float:
    """Rank correlation, 0 where either does not vary."""
    if len(first) < 3:
        return 0.0
    ranks = [np.argsort(np.argsort(values)).astype(np.float64) for values in (first, second)]
    if first.std() < 1e-9 or second.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def step_fit(values: Values) -> float:
    """Share of the variance of a series that its best split into two levels explains."""
    total = float(((values - values.mean()) ** 2).sum())
    if len(values) < 4 or total < 1e-9:
        return 0.0
    count = len(values)
    first = np.arange(2, count - 1)
    sums = np.cumsum(values - values.mean())[first - 1]
    # Between-group sum of squares of a split of a centred series: S^2 (1/k + 1/(n-k)).
    return float((sums**2 * (1 / first + 1 / (count - first))).max() / total)


def single_valued(order: Values, values: Values) -> float:
    """1 minus half the von Neumann ratio: 1 for a function of ``order``, about 0 for an unrelated series."""
    if len(values) < 4 or float(values.var()) < 1e-9:
        return 0.0
    sorted_values = values[np.argsort(order)]
    return 1.0 - float(np.mean(np.diff(sorted_values) ** 2)) / (2.0 * float(values.var()))


def hue_path(order: Values, ab: Values) -> float:
    """Degrees of hue between the first and the last coloured value, turns included."""
    sorted_ab = ab[np.argsort(order)]
    smooth = sorted_ab.copy()
    if len(smooth) >= 5:
        smooth[1:-1] = (sorted_ab[:-2] + 2 * sorted_ab[1:-1] + sorted_ab[2:]) / 4
    coloured = smooth[np.hypot(smooth[:, 0], smooth[:, 1]) >= _COLOURED]
    if len(coloured) < 3:
        return 0.0
    hues = np.rad2deg(np.unwrap(np.arctan2(coloured[:, 1], coloured[:, 0])))
    return float(hues.max() - hues.min())


def colour_change(lab: NDArray[np.float32], tilt: Values) -> Change:
    """The change of one trace (frames, 3); frames with NaN are left out."""
    seen = np.isfinite(lab[:, 0])
    values, angles = lab[seen].astype(np.float64), tilt[seen]
    if len(values) < 4:
        return Change(0, 0, 0, 0, 0, 0, 0, 0, 0, len(values))
    green_red = values[:, 1]
    low, high = (float(v) for v in np.percentile(green_red, (10, 90)))
    away = [angles, *(np.abs(angles - centre) for centre in _CENTRES_DEG)]
    best = max(
        away, key=lambda order: abs(spearman(order, green_red)) * step_fit(green_red[np.argsort(order)])
    )
    spread = values[:, 1:] - np.median(values[:, 1:], axis=0)
    return Change(
        swing=high - low,
        follows=spearman(best, green_red),
        step=step_fit(green_red[np.argsort(best)]),
        single=max(single_valued(best, green_red), single_valued(angles, green_red)),
        in_time=step_fit(green_red),
        hues=hue_path(best, values[:, 1:]),
        low=low,
        high=high,
        motion=float(np.percentile(np.hypot(spread[:, 0], spread[:, 1]), 90)) * 2,
        frames=len(values),
    )
