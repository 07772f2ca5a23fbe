"""Error rates in the words of ISO/IEC 30107-3, with their intervals. Scores count upwards towards forged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.rates import interval

__all__ = ["Rate", "Separation", "auc", "eer", "expected_calibration_error", "reliability", "separation"]

Floats = NDArray[np.float64]
DRAWS = 300
BINS = 10


@dataclass(frozen=True)
class Rate:
    """Hits among trials with the two-sided 95 % Clopper-Pearson interval."""

    hits: int
    trials: int

    @property
    def share(self) -> float:
        return self.hits / self.trials if self.trials else 0.0

    @property
    def ends(self) -> tuple[float, float]:
        return interval(self.hits, self.trials)

    def to_json(self) -> dict[str, Any]:
        low, high = self.ends
        return {"hits": self.hits, "trials": self.trials, "share": self.share, "low": low, "high": high}


def auc(forged: Floats, genuine: Floats) -> float:
    """Probability that a forged card scores higher than a genuine one, ties counted half."""
    if not len(forged) or not len(genuine):
        return float("nan")
    order = np.sort(genuine)
    below = np.searchsorted(order, forged, "left")
    upto = np.searchsorted(order, forged, "right")
    return float((below + upto).sum() / 2 / len(forged) / len(genuine))


def eer(forged: Floats, genuine: Floats) -> float:
    """Equal error rate; ties may be split, so that a score without information gives one half."""
    if not len(forged) or not len(genuine):
        return float("nan")
    limits = np.unique(np.concatenate([forged, genuine, [np.inf]]))
    missed = np.searchsorted(np.sort(forged), limits, "left") / len(forged)
    accused = 1 - np.searchsorted(np.sort(genuine), limits, "left") / len(genuine)
    missed, accused = np.append(0.0, missed), np.append(1.0, accused)
    at = int(np.argmax(missed >= accused))
    rise, fall = missed[at] - missed[at - 1], accused[at - 1] - accused[at]
    gap = accused[at - 1] - missed[at - 1]
    return float(missed[at - 1] + rise * gap / (rise + fall)) if rise + fall else float(missed[at])


@dataclass(frozen=True)
class Separation:
    """How well forged cards are told from genuine ones."""

    forged: int
    genuine: int
    eer: float
    eer_ends: tuple[float, float]
    auc: float
    auc_ends: tuple[float, float]

    def to_json(self) -> dict[str, Any]:
        return {
            "forged": self.forged, "genuine": self.genuine, "eer": self.eer, "eer_95": self.eer_ends,
            "auc": self.auc, "auc_95": self.auc_ends,
        }  # fmt: skip


def separation(forged: Floats, genuine: Floats, seed: int = 1) -> Separation:
    """Equal error rate and area under the curve with 95 % bootstrap intervals over cards."""
    rng = np.random.default_rng(seed)

    def ends(measure: Callable[[Floats, Floats], float]) -> tuple[float, float]:
        drawn = [
            measure(rng.choice(forged, len(forged)), rng.choice(genuine, len(genuine)))
            for _ in range(DRAWS if len(forged) and len(genuine) else 0)
        ]
        low, high = np.quantile(drawn, [0.025, 0.975]) if drawn else (float("nan"), float("nan"))
        return float(low), float(high)

    return Separation(
        len(forged), len(genuine), eer(forged, genuine), ends(eer), auc(forged, genuine), ends(auc)
    )


def reliability(
    totals: Floats, forged: NDArray[np.bool_], weights: Floats
) -> list[tuple[float, float, float]]:
    """Mean probability, share of forged and weight of each occupied bin, at the odds of equal classes."""
    probability = 1 / (1 + 2.0**-totals)
    bins = np.minimum((probability * BINS).astype(int), BINS - 1)
    found = []
    for number in range(BINS):
        here = bins == number
        weight = float(weights[here].sum())
        if weight > 0:
            mean = float((probability[here] * weights[here]).sum() / weight)
            found.append((mean, float(weights[here & forged].sum() / weight), weight))
    return found


def expected_calibration_error(totals: Floats, forged: NDArray[np.bool_], weights: Floats) -> float:
    """Mean distance of probability and share of forged over the bins; ``weights`` make the classes equal."""
    curve = reliability(totals, forged, weights)
    whole = sum(weight for _, _, weight in curve)
    return sum(abs(mean - share) * weight for mean, share, weight in curve) / whole if whole else float("nan")
