"""Bands, and the promise behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from service.report import Band
from service.scoring import Calibration, conformal_threshold

DRAWS: Mapping[str, Callable[[np.random.Generator], NDArray[np.float64]]] = {
    "normal": lambda rng: rng.normal(size=151),
    "heavy": lambda rng: rng.standard_cauchy(151),
    "discrete": lambda rng: rng.integers(0, 4, 151).astype(np.float64),
}


@pytest.mark.parametrize("error", [0.01, 0.05])
@pytest.mark.parametrize("draw", DRAWS)
def test_a_further_genuine_card_exceeds_the_threshold_as_rarely_as_asked(error: float, draw: str) -> None:
    """2,000 times: 150 cards set the threshold, one more is judged. Whatever the distribution (99.9 %)."""
    rng = np.random.default_rng(5)
    trials, beyond = 2000, 0
    for _ in range(trials):
        scores = DRAWS[draw](rng)
        beyond += bool(scores[-1] > conformal_threshold(scores[:-1].tolist(), error))
    assert beyond <= trials * error + 3.1 * sqrt(trials * error)


def test_the_threshold_is_not_idle() -> None:
    """With continuous scores the error is what was asked, not far less."""
    rng = np.random.default_rng(6)
    beyond = sum(rng.normal() > conformal_threshold(rng.normal(size=199).tolist(), 0.05) for _ in range(2000))
    assert beyond >= 2000 * 0.05 - 3.1 * sqrt(2000 * 0.05)


def test_too_few_cards_promise_nothing() -> None:
    assert conformal_threshold([0.0] * 98, 0.01) == inf
    assert conformal_threshold([*([0.0] * 98), 7.0], 0.01) == 7.0
    with pytest.raises(ValueError, match="between 0 and 1"):
        conformal_threshold([0.0], 0.0)


def test_a_card_at_a_limit_lies_below_it() -> None:
    bands = Calibration("enr_1", 1.0, 3.0)
    assert [bands.band(total) for total in (1.0, 1.1, 3.0, 3.1)] == [
        Band.LOW, Band.MIDDLE, Band.MIDDLE, Band.HIGH,
    ]  # fmt: skip
    assert Calibration("enr_2", 1.0, inf).band(13.0) is Band.MIDDLE
    assert not bands.synthetic
    with pytest.raises(ValueError, match="above the high one"):
        Calibration("enr_3", 3.0, 1.0)
