"""Whether two cards name two people, as far as that was read: what is not known accuses nobody.

A card that is scanned twice, and a card issued anew, keep the person's name and date of birth: one of them
alike, and there is no link, whatever else the cards share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.checks.registry import ANOTHER_BIRTH, ANOTHER_NAME, SAME_BIRTH, SAME_NAME

__all__ = ["Persons"]

Flags = NDArray[np.bool_]
Pairs = NDArray[np.int64]
_CHUNK = 200_000


@dataclass(frozen=True, slots=True)
class Persons:
    """Prints of names, births and numbers of n cards."""

    names: NDArray[np.uint8]
    """(n, 64) Bloom filters, zeros where the name was not read."""
    births: NDArray[np.uint8]
    numbers: NDArray[np.int64]
    """(n,) equal for equal card numbers, -1 where it was not read."""

    def two(self, pairs: Pairs) -> Flags:
        """Where the cards surely name two people: at least two of number, name and birth differ, and
        neither name nor birth agrees."""
        alike, differing = self._compared(pairs)
        return ~alike & (differing + (self._known(pairs) & ~self.same_number(pairs)) >= 2)

    def clash(self, pairs: Pairs) -> Flags:
        """Where one number stands for two people."""
        alike, differing = self._compared(pairs)
        return self.same_number(pairs) & ~alike & (differing >= 1)

    def same_number(self, pairs: Pairs) -> Flags:
        """Where both numbers were read and are equal."""
        a, b = self.numbers[pairs[:, 0]], self.numbers[pairs[:, 1]]
        return np.asarray((a == b) & (a >= 0), np.bool_)

    def _known(self, pairs: Pairs) -> Flags:
        return np.asarray((self.numbers[pairs] >= 0).all(axis=1), np.bool_)

    def _compared(self, pairs: Pairs) -> tuple[Flags, NDArray[np.int64]]:
        """Whether name or birth agree, and how many of the two differ."""
        name, birth = _dice(self.names, pairs), _dice(self.births, pairs)
        alike = (name >= SAME_NAME) | (birth >= SAME_BIRTH)
        differing = (name < ANOTHER_NAME).astype(np.int64) + (birth < ANOTHER_BIRTH)
        return alike, differing


def _dice(prints: NDArray[np.uint8], pairs: Pairs) -> NDArray[np.float64]:
    """Dice coefficients of the pairs' prints; NaN, neither alike nor different, where one is empty."""
    sizes = np.bitwise_count(prints).sum(axis=1, dtype=np.int64)
    out = np.empty(len(pairs), np.float64)
    for start in range(0, len(pairs), _CHUNK):
        a, b = pairs[start : start + _CHUNK].T
        both = np.bitwise_count(prints[a] & prints[b]).sum(axis=1, dtype=np.int64)
        total = (sizes[a] + sizes[b]).astype(np.float64)
        total[(sizes[a] == 0) | (sizes[b] == 0)] = np.nan
        out[start : start + _CHUNK] = 2 * both / total
    return out
