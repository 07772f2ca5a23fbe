"""The score of one card: prior odds and weights of evidence, added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log2

import structlog

from service.errors import ConfigurationError
from service.report import Band
from service.scoring.calibration import Calibration
from service.scoring.fusion import MODEL, fusion_model
from service.verdict import CheckResult, Policy

__all__ = ["SCORE_CHECK", "Score", "Weighed", "weigh"]

SCORE_CHECK = "model.forgery_score"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Score:
    """What the evidence comes to."""

    total: float
    """Sum of the bits of all checks, positive towards forged."""
    prior: float
    """Probability of a forgery before any evidence."""
    band: Band
    calibration: Calibration
    model: str = MODEL

    @property
    def odds_log2(self) -> float:
        """log2 of the odds of a forgery."""
        return self.total + log2(self.prior / (1 - self.prior))

    @property
    def value(self) -> float:
        """Probability of a forgery, 0 ... 1."""
        return float(1 / (1 + 2.0**-self.odds_log2))


@dataclass(frozen=True, slots=True)
class Weighed:
    """Results with their weights, and the score that they come to."""

    results: tuple[CheckResult, ...]
    score: Score | None = None
    """None where nothing could be weighed, or the model is missing."""
    available: bool = True
    """Whether the model was there."""

    def beside(self, results: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
        """Results that are about the score itself: they add nothing to it."""
        bits = None if self.score is None else 0.0
        return tuple(replace(result, weight_bits=bits) for result in results)


def weigh(results: Sequence[CheckResult], policy: Policy, calibration: Calibration | None = None) -> Weighed:
    """Give every result its weight, and the score they come to.

    ``calibration`` is the operator's, where he has enrolled cards; otherwise the shipped one. A check that
    must touch no verdict (``policy.evaluatory``) has no weight in a score that may touch it.
    """
    try:
        model = fusion_model()
    except ConfigurationError as error:
        log.error("score.unavailable", error=type(error).__name__)
        return Weighed(tuple(results), available=False)
    silent = frozenset() if SCORE_CHECK in policy.evaluatory else policy.evaluatory
    bits = model.weights(results, silent)
    if bits is None:
        return Weighed(tuple(results))
    weighed = tuple(replace(r, weight_bits=bits.get(r.id, 0.0)) for r in results)
    total = sum(r.weight_bits or 0.0 for r in weighed)
    used = calibration or model.calibration
    return Weighed(weighed, Score(total, policy.prior, used.band(total), used))
