"""The picture that a workshop's cards were made from, as the mean of those already linked.

It draws in the rest: the mean of a handful of cards holds their common ground with far less noise than any
one of them, and every card is compared with each such mean, which is linear in the cards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.archive.links.archive_prints import ArchivePrints
from service.archive.links.clusters import clusters_of
from service.archive.links.evidence import Likeness
from service.archive.links.likeness import Chance

__all__ = ["DrawnIn", "drawn_in", "template_of"]

_LEAST: Final = 3
"""Cards that make a template."""
_MOST: Final = 200
"""Templates that are followed up, the largest first."""
_MARGIN_BITS = 7.0
_MOST_BITS = 60.0

Pairs = NDArray[np.int64]
Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class DrawnIn:
    """Cards that a template found, each paired with the member it is most like."""

    pairs: Pairs
    bits: NDArray[np.float64]


def template_of(rows: NDArray[np.int8]) -> Plane:
    """Mean of cleaned sketches, of unit length."""
    mean = rows.astype(np.float32).mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-6), np.float32)


def drawn_in(look: Likeness, prints: ArchivePrints, pairs: Pairs, count: int) -> DrawnIn:
    """Cards that no pair has linked yet but that a template of linked cards fits."""
    none = DrawnIn(np.zeros((0, 2), np.int64), np.zeros(0))
    if look.kind != "ground" or not len(pairs):
        return none
    clusters = clusters_of(count, pairs)
    rows, found = look.views[0].rows, [none]
    needed = np.log2(len(rows)) + _MARGIN_BITS
    for number in range(1, min(int(clusters.max()), _MOST) + 1):
        members = np.flatnonzero((clusters == number) & (look.place >= 0))
        if len(members) < _LEAST:
            continue
        found.append(_fitting(look, prints, members, needed + np.log2(number)))
    return DrawnIn(np.concatenate([f.pairs for f in found]), np.concatenate([f.bits for f in found]))


def _fitting(look: Likeness, prints: ArchivePrints, members: NDArray[np.int64], needed: float) -> DrawnIn:
    rows = look.views[0].rows
    own = look.place[members]
    seen = _cosines(rows, template_of(rows[own]))
    others = np.ones(len(rows), np.bool_)
    others[own] = False
    bits = np.clip(_chance(seen[others]).bits(seen), 0.0, _MOST_BITS)
    fits = np.flatnonzero(others & (bits >= needed))
    pairs, told = [], []
    for row in fits:
        card = int(look.cards[row])
        with_member = np.stack([np.full(len(members), card), members], axis=1)
        allowed = np.flatnonzero(prints.persons.two(with_member))
        if allowed.size:
            alike = _cosines(rows[own[allowed]], rows[row].astype(np.float32))
            pairs.append(np.sort(with_member[allowed[int(alike.argmax())]]))
            told.append(float(bits[row]))
    return DrawnIn(np.array(pairs, np.int64).reshape(-1, 2), np.array(told, np.float64))


def _cosines(rows: NDArray[np.int8], one: Plane) -> Plane:
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float32))
    return np.asarray(rows @ (one / np.linalg.norm(one)) / np.maximum(lengths, 1e-6), np.float32)


def _chance(seen: Plane) -> Chance:
    """Likeness of strangers to the template: robust against the few that belong to it."""
    middle = float(np.median(seen))
    ordinary = 1.4826 * float(np.median(np.abs(seen - middle)))
    return Chance(middle, 1.2 * max(ordinary, 1e-3))
