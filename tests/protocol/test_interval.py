"""Intervals of rates, against published values and over counts that a float cannot hold the choices of."""

from __future__ import annotations

import pytest

from scripts.rates import interval, rate


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.308498),
        (5, 10, 0.187086, 0.812914),
        (10, 10, 0.691502, 1.0),
        (1, 100, 0.000253, 0.054459),
        (0, 3000, 0.0, 0.001229),
        (2970, 3000, 0.985755, 0.993243),
        (6000, 6000, 0.999385, 1.0),
    ],
)
def test_clopper_and_pearson(hits: int, trials: int, low: float, high: float) -> None:
    assert interval(hits, trials) == pytest.approx((low, high), abs=2e-6)


def test_a_rate_in_words() -> None:
    assert rate(0, 3000) == "  0.0 %  (0/3000; 95 %: 0.0 to 0.1 %)"
