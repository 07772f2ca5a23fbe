"""Do the margins of a check still come from where its reference comes from? An alarm, and how often it errs.

Counts of margins by fixed buckets are compared with those of the calibration: Kolmogorov-Smirnov, the
greatest distance of the two cumulative shares. On buckets the test is conservative, so that the asked
false-alarm rate is an upper bound; it is shared among the checks (Bonferroni). docs/deployment.md has the
same rule for Prometheus.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from math import inf, log, sqrt

__all__ = ["EDGES", "FALSE_ALARMS", "FEWEST", "alarms", "bucket", "counts", "distance", "limit"]

EDGES = (-0.8, -0.6, -0.4, -0.2, -0.1, 0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Upper edges of the buckets of a margin; ``honmono_check_margin`` has the same."""
FALSE_ALARMS = 0.01
"""Probability that any check raises an alarm although nothing has changed."""
FEWEST = 50
"""Margins below which nothing is said."""


def bucket(margin: float) -> int:
    """Number of the bucket that a margin falls into; a margin at an edge lies below it."""
    return min(bisect_left(EDGES, margin), len(EDGES) - 1)


def counts(margins: Iterable[float]) -> tuple[int, ...]:
    """Margins by bucket."""
    found = [0] * len(EDGES)
    for margin in margins:
        found[bucket(margin)] += 1
    return tuple(found)


def distance(found: Sequence[int], reference: Sequence[int]) -> float:
    """Greatest distance of the two cumulative shares, 0 ... 1; 0 where one of them is empty."""
    total, known = sum(found), sum(reference)
    if not total or not known:
        return 0.0
    pairs = zip(accumulate(found), accumulate(reference), strict=True)
    return max(abs(a / total - b / known) for a, b in pairs)


def limit(found: int, reference: int, rate: float) -> float:
    """The distance that equal sources exceed with probability ``rate`` at most, by their numbers."""
    if found < FEWEST or reference < FEWEST:
        return inf
    return sqrt(-log(rate / 2) / 2 * (found + reference) / (found * reference))


def alarms(
    found: Mapping[str, Sequence[int]],
    references: Mapping[str, Sequence[int]],
    rate: float = FALSE_ALARMS,
) -> frozenset[str]:
    """Checks whose margins have drifted; ``rate`` bounds the chance of any alarm without a change."""
    shared = rate / max(len(references), 1)
    return frozenset(
        id
        for id, reference in references.items()
        if id in found and distance(found[id], reference) > limit(sum(found[id]), sum(reference), shared)
    )
