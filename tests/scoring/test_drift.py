"""The alarm on margins: how often it errs, and what it sees."""

from __future__ import annotations

from math import isinf, log, sqrt
from pathlib import Path

import numpy as np
import pytest

from service.scoring.drift import EDGES, FALSE_ALARMS, alarms, bucket, counts, distance, limit

ROOT = Path(__file__).resolve().parents[2]
CHECKS = tuple(f"check.{n}" for n in range(20))


SHARES = np.array([0, 0, 1, 2, 2, 3, 8, 12, 30, 30, 10, 2]) / 100
"""Where margins of a check fall while nothing has changed."""


def _margins(rng: np.random.Generator, n: int, shift: int = 0) -> tuple[int, ...]:
    return tuple(int(k) for k in rng.multinomial(n, np.roll(SHARES, -shift)))


@pytest.mark.parametrize(
    ("margin", "place"), [(-1.0, 0), (-0.8, 0), (-0.79, 1), (0.0, 5), (0.01, 6), (1.0, 11)]
)
def test_a_margin_at_an_edge_lies_below_it_as_in_the_histogram(margin: float, place: int) -> None:
    assert bucket(margin) == place
    assert counts([margin])[place] == 1


def test_without_a_change_alarms_are_as_rare_as_asked() -> None:
    """1,000 periods of 20 checks, nothing changed: at most the asked share raises any alarm (99.9 %)."""
    rng = np.random.default_rng(20261122)
    periods = 1000
    raised = 0
    for _ in range(periods):
        references = {id: _margins(rng, 300) for id in CHECKS}
        found = {id: _margins(rng, int(rng.integers(50, 600))) for id in CHECKS}
        raised += bool(alarms(found, references))
    assert raised <= periods * FALSE_ALARMS + 3.1 * sqrt(periods * FALSE_ALARMS)


def test_a_scanner_that_moves_the_margins_by_a_bucket_is_noticed() -> None:
    rng = np.random.default_rng(7)
    references = {id: _margins(rng, 300) for id in CHECKS}
    found = {id: _margins(rng, 300, 1 if id == "check.3" else 0) for id in CHECKS}
    assert alarms(found, references) == {"check.3"}


def test_few_margins_and_unknown_checks_say_nothing() -> None:
    shifted = counts([-1.0] * 49)
    assert isinf(limit(49, 1000, 0.01))
    assert alarms({"a": shifted, "new": counts([-1.0] * 500)}, {"a": counts([1.0] * 500)}) == frozenset()
    assert alarms({"a": counts([-1.0] * 50)}, {"a": counts([1.0] * 500)}) == {"a"}


def test_the_distance_is_that_of_the_cumulative_shares() -> None:
    assert distance(counts([-1.0] * 4), counts([1.0] * 9)) == 1.0
    assert distance(counts([-1.0, 1.0]), counts([1.0])) == 0.5
    assert distance((0,) * len(EDGES), counts([1.0])) == 0.0


def test_the_rule_for_prometheus_has_the_same_constants() -> None:
    rule = (ROOT / "docs" / "deploy" / "margins.rules.yaml").read_text(encoding="utf-8")
    assert f"{sqrt(-log(FALSE_ALARMS / 24 / 2) / 2):.2f} * sqrt(" in rule
    for name in ("honmono_check_margin_bucket", "honmono_check_margin_reference", ">= 50"):
        assert name in rule
