"""Cards that hang together by links: union-find, the oldest way to say who belongs to whom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["clusters_of"]


def clusters_of(count: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """(count,) number of each card's cluster, the largest 1; 0 for a card without a link."""
    parent = list(range(count))

    def root(card: int) -> int:
        while parent[card] != card:
            parent[card] = parent[parent[card]]
            card = parent[card]
        return card

    for a, b in pairs.tolist():
        first, second = root(a), root(b)
        if first != second:
            parent[max(first, second)] = min(first, second)
    numbers = np.zeros(count, np.int64)
    linked = np.unique(pairs)
    roots = np.array([root(card) for card in linked.tolist()], np.int64)
    known, place, sizes = np.unique(roots, return_inverse=True, return_counts=True)
    ranks = np.empty(len(known), np.int64)
    ranks[np.lexsort((known, -sizes))] = np.arange(1, len(known) + 1)
    numbers[linked] = ranks[place]
    return numbers
