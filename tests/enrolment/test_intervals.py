"""Intervals hold what they promise, and say when they promise nothing."""

from __future__ import annotations

from math import inf
from statistics import NormalDist

import numpy as np
import pytest

from scripts.enrolling.intervals import Wanted, tolerance, turned, unturned


@pytest.mark.parametrize("n", [14, 20, 60])
@pytest.mark.parametrize(("below", "above"), [(True, True), (False, True), (True, False)])
def test_in_nineteen_of_twenty_draws_the_interval_holds_the_share_that_was_asked(
    n: int, below: bool, above: bool
) -> None:
    rng, bell, kept = np.random.default_rng(n), NormalDist(), 0
    for values in rng.standard_normal((600, n)):
        found = tolerance(values.tolist(), Wanted(0.99, 0.0, below, above))
        upper = bell.cdf(found.greatest) if above else 1.0
        lower = bell.cdf(found.least) if below else 0.0
        kept += upper - lower >= 0.99
    assert kept / 600 > 0.93


def test_an_interval_is_never_narrower_than_physics_nor_than_the_cards() -> None:
    same = tolerance([0.5] * 20, Wanted(0.99, 0.1))
    assert (same.least, same.greatest) == pytest.approx((0.4, 0.6))
    skewed = tolerance([0.0] * 19 + [50.0], Wanted(0.5, 0.0))
    assert skewed.holds(50.0)


def test_an_edge_that_is_not_asked_for_is_not_there() -> None:
    found = tolerance([1.0, 2.0, 3.0, 4.0], Wanted(0.9, 0.0, below=False))
    assert found.least == -inf
    assert found.greatest < inf


def test_a_card_that_stands_out_of_the_bell_is_noticed() -> None:
    rng = np.random.default_rng(3)
    calm = rng.standard_normal(20).tolist()
    assert tolerance(calm, Wanted(0.99, 0.0)).sound
    assert not tolerance([*calm[:19], 40.0], Wanted(0.99, 0.0)).sound


def test_two_cards_say_nothing() -> None:
    with pytest.raises(ValueError, match="three"):
        tolerance([1.0, 2.0], Wanted(0.9, 0.0))


def test_angles_around_the_seam_are_near_each_other() -> None:
    laid, middle = turned([178.0, -179.0, 180.0, -177.0], 360.0)
    assert max(laid) - min(laid) == pytest.approx(5.0)
    found = tolerance(laid, Wanted(0.9, 1.0))
    assert unturned(found, middle, -180.0, 180.0) is None
    assert unturned(found, 0.0, -180.0, 180.0) is not None
