"""From a weight of evidence to a band, with a bound on how often a genuine card lands in the upper ones.

The thresholds are split-conformal: of n genuine cards that had no part in training, the k-th highest total is
the threshold. A further genuine card, exchangeable with them, lies above it with a probability of at most the
error that was asked, whatever the distribution (Vovk, Gammerman
and Shafer 2005; Angelopoulos and Bates 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, inf

from service.cards.enrolled import SYNTHETIC
from service.report import Band

__all__ = ["LEAST", "SYNTHETIC", "Calibration", "conformal_threshold"]

LEAST = {"middle": 0.0, "high": 2.0}
"""Bits from which the bands begin at the earliest: what speaks for a card is no sign against it, however few
genuine cards reach it."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Where the bands begin. Both limits are totals of evidence in bits, without the prior."""

    id: str
    """``synthetic``, or the id of an operator's enrolment."""
    middle: float
    high: float

    def __post_init__(self) -> None:
        if not self.middle <= self.high:
            raise ValueError(f"calibration {self.id}: the middle band begins above the high one")

    @property
    def synthetic(self) -> bool:
        """Whether only rendered specimens stand behind it."""
        return self.id == SYNTHETIC

    def band(self, total: float) -> Band:
        """The band of a total of evidence in bits; a card at a limit lies below it."""
        if total > self.high:
            return Band.HIGH
        return Band.MIDDLE if total > self.middle else Band.LOW


def conformal_threshold(scores: Sequence[float], error: float) -> float:
    """The threshold that a further genuine card exceeds with probability ``error`` at most.

    ``scores`` are totals of genuine cards, higher meaning more like a forgery. With n of them the least
    error that can be promised is 1 / (n + 1); below it the threshold is infinite: nothing is accused.
    ValueError for an error outside 0 ... 1.
    """
    if not 0 < error < 1:
        raise ValueError("the bona fide error must lie between 0 and 1")
    above = floor(error * (len(scores) + 1) + 1e-9)
    return sorted(scores, reverse=True)[above - 1] if above else inf
