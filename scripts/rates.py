"""Rates with their intervals, as every report of this project gives them."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, lgamma, log, log1p

__all__ = ["interval", "rate"]


def interval(hits: int, trials: int) -> tuple[float, float]:
    """Two-sided 95 % Clopper-Pearson interval of a rate."""
    if trials == 0:
        return 0.0, 1.0

    def tail(k: int, p: float) -> float:
        """Probability of at most k hits."""
        if p <= 0:
            return 1.0
        if p >= 1:
            return 1.0 if k >= trials else 0.0
        ways = lgamma(trials + 1)
        return min(
            1.0,
            sum(
                exp(ways - lgamma(i + 1) - lgamma(trials - i + 1) + i * log(p) + (trials - i) * log1p(-p))
                for i in range(k + 1)
            ),
        )

    def solve(above: Callable[[float], bool]) -> float:
        low, high = 0.0, 1.0
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if above(middle) else (low, middle)
        return (low + high) / 2

    lower = 0.0 if hits == 0 else solve(lambda p: 1 - tail(hits - 1, p) < 0.025)
    upper = 1.0 if hits == trials else solve(lambda p: tail(hits, p) > 0.025)
    return lower, upper


def rate(hits: int, trials: int) -> str:
    """A rate in words: percentage, counts and interval."""
    low, high = interval(hits, trials)
    share = hits / trials * 100 if trials else 0.0
    return f"{share:5.1f} %  ({hits}/{trials}; 95 %: {low * 100:.1f} to {high * 100:.1f} %)"
