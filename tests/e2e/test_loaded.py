"""A slice of the load that ``scripts/load`` puts on a service: nothing but 200, 429 and 503, memory flat."""

from __future__ import annotations

import os

import pytest

from scripts.load_service import Outcome, p95, run

QUIET = 1.5
"""Load average below which times of this machine mean something."""


@pytest.mark.slow
def test_a_crowd_of_pictures_breaks_nothing_and_does_not_starve_chips() -> None:
    quiet = os.getloadavg()[0] < QUIET
    found = run(seconds=15, pages=12, idle=5)
    assert found.errors == {}
    assert found.statuses.get(("chip", 200), 0) > 0
    assert found.statuses.get(("page", 503), 0) > 0, "more came than there were places"
    assert found.rss_end_mib < 1.15 * found.rss_start_mib + 50
    if quiet:
        assert found.loaded_p95 <= 5 * found.idle_p95


def test_what_may_not_be_answered_is_an_error() -> None:
    statuses = {("chip", 200): 5, ("page", 503): 1, ("page", 500): 2, ("chip", 0): 1}
    found = Outcome(statuses, 1.0, 2.0, 0.5, 100, 100)
    assert found.errors == {("page", 500): 2, ("chip", 0): 1}
    assert p95([*range(1, 101)]) == 96
