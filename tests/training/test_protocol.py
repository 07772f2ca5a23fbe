"""The protocol's figures on numbers that can be checked by hand, and its page."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
import pytest

from scripts.protocol.figures import (
    Rate,
    auc,
    eer,
    expected_calibration_error,
    reliability,
    separation,
)
from scripts.protocol.plots import curve, intervals, two_histograms


def _f(*values: float) -> Any:
    return np.array(values, np.float64)


@pytest.mark.parametrize(
    ("forged", "genuine", "rate", "area"),
    [
        (_f(3, 4), _f(1, 2), 0.0, 1.0),
        (_f(1, 2), _f(3, 4), 1.0, 0.0),
        (_f(1, 1, 1), _f(1, 1), 0.5, 0.5),
        (_f(0, 2, 3, 4), _f(-1, 0.5, 1, 2.5), 0.25, 0.75),
    ],
)
def test_equal_error_rate_and_area(forged: Any, genuine: Any, rate: float, area: float) -> None:
    assert eer(forged, genuine) == pytest.approx(rate)
    assert auc(forged, genuine) == pytest.approx(area)


def test_nothing_to_tell_apart_is_said_as_such() -> None:
    assert isnan(eer(_f(), _f(1)))
    assert isnan(separation(_f(), _f(1)).auc_ends[0])


def test_the_interval_of_an_area_holds_it() -> None:
    rng = np.random.default_rng(1)
    found = separation(rng.normal(1, 1, 80), rng.normal(0, 1, 80))
    assert found.auc_ends[0] < found.auc < found.auc_ends[1]
    assert found.eer_ends[0] < found.eer < found.eer_ends[1]


def test_a_rate_has_its_exact_interval() -> None:
    low, high = Rate(0, 30).ends
    assert (low, round(high, 3)) == (0.0, 0.116)


def test_calibration_error_of_honest_and_of_boastful_odds() -> None:
    rng = np.random.default_rng(2)
    totals = rng.normal(0, 2, 40_000)
    forged = rng.random(40_000) < 1 / (1 + 2.0**-totals)
    even = np.full(40_000, 1 / 40_000)
    assert expected_calibration_error(totals, forged, even) < 0.01
    assert expected_calibration_error(3 * totals, forged, even) > 0.05
    assert sum(weight for _, _, weight in reliability(totals, forged, even)) == pytest.approx(1.0)


def test_plots_hold_their_words_escaped() -> None:
    drawn = intervals([("<a> & b", 0.1, 0.05, 0.2)], "title", 0.2)
    assert "&lt;a&gt; &amp; b" in drawn
    assert curve([(0.1, 0.2), (0.9, 0.8)], [0.5, 0.5], "curve").count("<circle") == 2
    assert two_histograms([0.0], [5.0], [3.0], "both").startswith("<svg")
