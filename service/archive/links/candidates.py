"""Pairs of cards that may be alike, found without looking at all pairs.

Every sketch is cut into slices of a code (signs of random planes: Charikar 2002). Cards with an equal slice
stand side by side when the slices are sorted, and each is paired with the next few alone: time grows with
n log n whatever the archive holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["band_keys", "near_pairs", "pairs_of_keys", "unique_pairs"]

NEXT: Final = 4
"""So many neighbours with the same slice are looked at."""
_PROJECTIONS = 256
_CHUNK = 20_000
_MOST_BITS = 24

Rows = NDArray[np.int8]
Pairs = NDArray[np.int64]


def near_pairs(rows: Rows, bands: int, seed: int) -> Pairs:
    """(m, 2) indices, the lower first, of rows that may point the same way; each pair once."""
    if len(rows) < 2:
        return np.zeros((0, 2), np.int64)
    return unique_pairs([pairs_of_keys(keys) for keys in band_keys(rows, bands, seed)])


def band_keys(rows: Rows, bands: int, seed: int) -> Iterator[NDArray[np.uint32]]:
    """The slices of every row, one array (n,) for each band; as many bits as tell n rows apart."""
    width = int(np.clip(np.ceil(np.log2(max(2, len(rows)))), 6, _MOST_BITS))
    rng = np.random.default_rng(seed)
    planes = rng.standard_normal((rows.shape[1], _PROJECTIONS)).astype(np.float32)
    picks = rng.integers(_PROJECTIONS, size=(2, bands, width))
    signs = rng.choice([-1, 1], size=(bands, width)).astype(np.float32)
    weights = (1 << np.arange(width, dtype=np.uint32)).astype(np.uint32)
    keys = np.empty((bands, len(rows)), np.uint32)
    for start in range(0, len(rows), _CHUNK):
        seen = rows[start : start + _CHUNK].astype(np.float32) @ planes
        for band in range(bands):
            side = seen[:, picks[0, band]] + signs[band] * seen[:, picks[1, band]] > 0
            keys[band, start : start + _CHUNK] = side @ weights
    yield from keys


def pairs_of_keys(keys: NDArray[np.uint32]) -> Pairs:
    """Pairs of indices with an equal key, each index with the next ``NEXT`` of its key at most."""
    order = np.argsort(keys, kind="stable")
    ranked, found = keys[order], []
    for step in range(1, min(NEXT, len(keys) - 1) + 1):
        equal = np.flatnonzero(ranked[step:] == ranked[:-step])
        found.append(np.stack([order[equal], order[equal + step]], axis=1))
    return np.concatenate(found) if found else np.zeros((0, 2), np.int64)


def unique_pairs(found: list[Pairs]) -> Pairs:
    """All pairs once, the lower index first, sorted."""
    every = np.concatenate([*found, np.zeros((0, 2), np.int64)]).astype(np.int64)
    every.sort(axis=1)
    codes = np.unique(every[:, 0] << 32 | every[:, 1])
    codes = codes[(codes >> 32) != (codes & 0xFFFFFFFF)]
    return np.stack([codes >> 32, codes & 0xFFFFFFFF], axis=1)
