"""What the cards of an archive have in common, taken out of their sketches: only the rest is compared.

A printed design, its shift under a finder's slip, a lamp, a blur: each is a trait that many have. What a
workshop's cards share is a trait of few. Traits that many have are removed; a pattern that more than
``WIDE_SHARE`` of the archive shows is therefore the print, and never a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.workshops import evened

__all__ = ["LEAST_CARDS", "WIDE_SHARE", "Common", "cleaned", "common_of"]

LEAST_CARDS: Final = 40
"""Cards below which what is common to all cannot be told from what a few share."""
WIDE_SHARE: Final = 0.08
_WIDE_CARDS = 15
_MOST_TRAITS = 32
_STANDS_OUT = 1.2
"""Times the greatest spread of mere noise (Marchenko and Pastur) from which a direction is one at all."""
_ROUNDS = 12
_SAMPLE = 20_000
_CHUNK = 20_000

Rows = NDArray[np.int8]
Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Common:
    """Traits that many cards share."""

    traits: Plane
    """(k, numbers) orthonormal rows."""

    def take_out(self, sketches: Rows) -> Plane:
        """(n, numbers) what is left of the sketches."""
        rows = sketches.astype(np.float32)
        rows -= (rows @ self.traits.T) @ self.traits
        return rows


def common_of(sketches: Rows) -> Common:
    """What (n, numbers) sketches have in common; nothing for fewer than ``LEAST_CARDS``."""
    count, numbers = sketches.shape
    if count < LEAST_CARDS:
        return Common(np.zeros((0, numbers), np.float32))
    chosen = np.sort(np.random.default_rng(count).permutation(count)[:_SAMPLE])
    rows = sketches[chosen].astype(np.float32)
    spread, axes = _axes(rows)
    first = axes[:, : min(_MOST_TRAITS, len(rows) // 8)]
    stands_out = spread[: first.shape[1]] > _noise_edge(spread, len(rows))
    wide = _takers(rows @ first) >= max(WIDE_SHARE * len(rows), _WIDE_CARDS)
    return Common(np.ascontiguousarray(first[:, stands_out & wide].T, np.float32))


def _axes(rows: Plane) -> tuple[Plane, Plane]:
    """Variances and directions (numbers, k), the widest first; by the smaller of the two products."""
    count, numbers = rows.shape
    if count >= numbers:
        spread, axes = np.linalg.eigh(rows.T @ rows / count)
        return spread[::-1], axes[:, ::-1]
    power, mixes = np.linalg.eigh(rows @ rows.T / count)
    power, mixes = np.maximum(power[::-1], 1e-6), mixes[:, ::-1]
    axes = rows.T @ mixes / np.sqrt(count * power)
    return np.concatenate([power, np.zeros(numbers - count, np.float32)]), np.asarray(axes, np.float32)


def _noise_edge(spread: Plane, count: int) -> float:
    """The greatest variance that a direction of mere noise would have among so many rows."""
    wider = _STANDS_OUT * (1 + np.sqrt(len(spread) / count)) ** 2
    edge = float("inf")
    for _ in range(_ROUNDS):
        edge = float(wider * spread[spread <= edge].mean())
    return edge


def _takers(amounts: Plane) -> NDArray[np.float64]:
    """How many rows have each trait, as the inverse of its concentration."""
    power = amounts.astype(np.float64) ** 2
    return np.asarray(power.sum(axis=0) ** 2 / np.maximum((power**2).sum(axis=0), 1e-12), np.float64)


def cleaned(sketches: Rows, common: Common, groups: int) -> Rows:
    """(n, numbers) what is left of each, each group of numbers made to count alike, again as signed bytes."""
    out = np.empty_like(sketches)
    scale = np.float32(20.0 * np.sqrt(sketches.shape[1]))
    for start in range(0, len(sketches), _CHUNK):
        part = evened(common.take_out(sketches[start : start + _CHUNK]), groups)
        out[start : start + _CHUNK] = np.clip(np.round(part * scale), -127, 127)
    return out
