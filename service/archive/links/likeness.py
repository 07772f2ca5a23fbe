"""How alike two sketches are, told in bits against the chance among the pairs of the same archive."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.workshops import tail_bits

__all__ = ["Chance", "chance_from", "chance_of", "correlations"]

_PAIRS: Final = 200_000
_CHUNK = 50_000
_WIDER = 1.2
"""The tail is taken wider than its first hundredth says: beyond it, it falls more slowly than a bell curve
(docs/measures/links.md)."""

Rows = NDArray[np.int8]
Pairs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chance:
    """Likeness of two cards that have nothing to do with each other: its middle and spread."""

    middle: float
    spread: float

    def bits(self, likeness: NDArray[np.float32]) -> NDArray[np.float64]:
        """Bits of the chance that such a pair is so alike."""
        return tail_bits((likeness - self.middle) / self.spread)


def correlations(rows: Rows, pairs: Pairs, others: Rows | None = None) -> NDArray[np.float32]:
    """(m,) cosines, -1 ... 1, of the pairs' rows; the second of each from ``others`` where given."""
    second = rows if others is None else others
    out = np.empty(len(pairs), np.float32)
    for start in range(0, len(pairs), _CHUNK):
        part = pairs[start : start + _CHUNK]
        a, b = rows[part[:, 0]].astype(np.float32), second[part[:, 1]].astype(np.float32)
        length = np.sqrt(np.einsum("ij,ij->i", a, a) * np.einsum("ij,ij->i", b, b))
        out[start : start + _CHUNK] = np.einsum("ij,ij->i", a, b) / np.maximum(length, 1e-6)
    return out


def chance_of(rows: Rows) -> Chance:
    """Measured on pairs drawn at random, so many that the few that belong together do not count."""
    count = len(rows)
    rng = np.random.default_rng(count)
    pairs = rng.integers(count, size=(min(_PAIRS, 40 * count), 2))
    seen = correlations(rows, pairs[pairs[:, 0] != pairs[:, 1]])
    return chance_from(seen, 1.0 / np.sqrt(rows.shape[1]))


def chance_from(seen: NDArray[np.float32], floor: float = 1e-3, share: float = 0.99) -> Chance:
    """From likenesses of strangers; the spread is at least ``floor``.

    ``share`` of them are strangers for certain: the tail is measured there, what lies beyond is not asked.
    """
    middle = float(np.median(seen))
    ordinary = 1.4826 * float(np.median(np.abs(seen - middle)))
    tail = (float(np.quantile(seen, share)) - middle) / NormalDist().inv_cdf(share)
    return Chance(middle, _WIDER * max(ordinary, tail, floor))
