"""What the cards of an archive have in common, taken out of their sketches: only the rest is compared.

A printed design, its shift under a finder's slip, a lamp, a blur: each is a direction in which many lie.
What a workshop's cards share is a direction in which few lie. Directions that many take part in are removed;
a pattern that more than ``WIDE_SHARE`` of the archive shows is therefore the print, and never a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAST_CARDS", "WIDE_SHARE", "Common", "cleaned", "common_of"]

LEAST_CARDS: Final = 40
"""Cards below which what is common to all cannot be told from what a few share."""
WIDE_SHARE: Final = 0.05
_WIDE_CARDS = 15
_MOST_DIRECTIONS = 64
_STANDS_OUT = 1.2
"""Times the greatest spread of mere noise (Marchenko and Pastur) from which a direction is one at all."""
_ROUNDS = 12
_SAMPLE = 20_000
_CHUNK = 20_000

Rows = NDArray[np.int8]
Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Common:
    """Directions that many cards share, orthonormal rows."""

    directions: Plane
    """(k, numbers)."""

    def take_out(self, sketches: Rows) -> Plane:
        """(n, numbers) rows of unit length of what is left; zeros where nothing is."""
        rows = sketches.astype(np.float32)
        rows -= (rows @ self.directions.T) @ self.directions
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(length, 1e-6), np.float32)


def common_of(sketches: Rows) -> Common:
    """What (n, numbers) sketches have in common; nothing for fewer than ``LEAST_CARDS``."""
    count, numbers = sketches.shape
    if count < LEAST_CARDS:
        return Common(np.zeros((0, numbers), np.float32))
    chosen = np.sort(np.random.default_rng(count).permutation(count)[:_SAMPLE])
    rows = sketches[chosen].astype(np.float32)
    spread, axes = np.linalg.eigh(rows.T @ rows / len(rows))
    first = axes[:, ::-1][:, : min(_MOST_DIRECTIONS, len(rows) // 8)]
    stands_out = spread[::-1][: first.shape[1]] > _noise_edge(spread, len(rows))
    wide = _takers(rows @ first) >= max(WIDE_SHARE * len(rows), _WIDE_CARDS)
    return Common(np.ascontiguousarray(first[:, stands_out & wide].T, np.float32))


def _noise_edge(spread: Plane, count: int) -> float:
    """The greatest variance that a direction of mere noise would have among so many rows."""
    wider = _STANDS_OUT * (1 + np.sqrt(len(spread) / count)) ** 2
    edge = float("inf")
    for _ in range(_ROUNDS):
        edge = float(wider * spread[spread <= edge].mean())
    return edge


def _takers(loadings: Plane) -> NDArray[np.float64]:
    """How many rows take part in each direction, as the inverse of their concentration."""
    power = loadings.astype(np.float64) ** 2
    return np.asarray(power.sum(axis=0) ** 2 / np.maximum((power**2).sum(axis=0), 1e-12), np.float64)


def cleaned(sketches: Rows, common: Common) -> Rows:
    """(n, numbers) what is left of each, again as signed bytes: unit length stands for about 700."""
    out = np.empty_like(sketches)
    scale = np.float32(20.0 * np.sqrt(sketches.shape[1]))
    for start in range(0, len(sketches), _CHUNK):
        part = common.take_out(sketches[start : start + _CHUNK])
        out[start : start + _CHUNK] = np.clip(np.round(part * scale), -127, 127)
    return out
