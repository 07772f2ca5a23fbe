"""Numbers in a row: consecutive card numbers of people whose cards were issued on other days.

People who come together get consecutive numbers on one day, and that is no link. Numbers that follow each
other while their dates lie months apart were counted on by somebody.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.archive.links.archive_prints import ArchivePrints
from service.archive.links.candidates import unique_pairs
from service.archive.links.serials import BLOCK

__all__ = ["APART_DAYS", "run_bits", "run_pairs"]

APART_DAYS: Final = 31
"""Days between two dates of issue from which numbers in a row are no group that came together."""
_NUMBERS = 26.0**2 * 1e8
"""Numbers that begin with two letters and hold eight digits."""
_ENDS = 26.0**2
_NEXT = 6

Pairs = NDArray[np.int64]


def run_pairs(prints: ArchivePrints) -> Pairs:
    """(m, 2) cards whose numbers lie in one block, each with the next few of its block."""
    known = np.flatnonzero(~np.isnan(prints.serials))
    found = []
    for half, shift in ((0, 0.0), (1, BLOCK / 2)):
        blocks, serial = prints.series[known, half], (prints.serials[known] + shift) % BLOCK
        order = np.lexsort((serial, blocks))
        ranked = blocks[order]
        for step in range(1, min(_NEXT, len(order) - 1) + 1):
            same = np.flatnonzero(ranked[step:] == ranked[:-step])
            found.append(np.stack([known[order[same]], known[order[same + step]]], axis=1))
    return unique_pairs(found)


def run_bits(prints: ArchivePrints, pairs: Pairs) -> NDArray[np.float64]:
    """Bits of the chance that two numbers lie so near each other; 0 where the dates may explain it."""
    a, b = pairs.T
    shared = [prints.series[a, half] == prints.series[b, half] for half in (0, 1)]
    in_row = (shared[0] | shared[1]) & ~np.isnan(prints.serials[a]) & ~np.isnan(prints.serials[b])
    whole = np.abs(prints.serials[a] - prints.serials[b])
    halves = np.abs((prints.serials[a] + BLOCK / 2) % BLOCK - (prints.serials[b] + BLOCK / 2) % BLOCK)
    gap = np.where(shared[0], whole, halves)
    apart = np.abs(prints.issued[a] - prints.issued[b]) >= APART_DAYS
    bits = np.log2(_NUMBERS / (2 * gap + 1))
    bits += np.where(prints.series[a, 2] == prints.series[b, 2], np.log2(_ENDS), 0.0)
    return np.where(in_row & apart & (gap > 0), bits, 0.0)
