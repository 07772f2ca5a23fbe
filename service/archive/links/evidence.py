"""What speaks for a common hand behind two cards, each kind in bits against its chance among strangers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.archive.links.archive_prints import ArchivePrints, Sketches
from service.archive.links.candidates import near_pairs, unique_pairs
from service.archive.links.common import LEAST_CARDS, Common, cleaned, common_of
from service.archive.links.likeness import Chance, chance_of, correlations
from service.archive.links.runs import run_bits, run_pairs
from service.imaging.ground_print import BLOCKS, REGIONS

__all__ = ["FILE_BITS", "KINDS", "NUMBER_BITS", "Likeness", "View", "likenesses", "weigh"]

KINDS: Final = ("number", "run", "photo", "ground", "file")
"""Reasons of a link in the order of their columns; ``file`` alone is none."""
NUMBER_BITS: Final = 40.0
"""One number on two people's cards, both read surely: 46 trillion numbers can be formed, and a slip of the
reader is no number of somebody else's."""
FILE_BITS: Final = 4.0
"""The most that the way a file was written may add: whole offices write their files alike."""
_MOST_BITS = 60.0
_BANDS, _BLOCK_BANDS = 32, 12

Pairs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at sketches: all of their numbers, or those of some regions."""

    rows: NDArray[np.int8]
    chance: Chance
    regions: tuple[int, ...] = ()
    """Regions of the ground that it looks at; empty for a photo."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Sketches of one kind of one layout, with what is common taken out."""

    kind: str
    cards: NDArray[np.int64]
    common: Common
    groups: int
    views: tuple[View, ...]
    place: NDArray[np.int64]
    """(n,) row of each card of the archive, -1 where it has no sketch here."""

    def candidates(self) -> Pairs:
        """Pairs of cards that may be alike in one of the views."""
        found = [
            near_pairs(view.rows, _BANDS if index == 0 else _BLOCK_BANDS, seed=index)
            for index, view in enumerate(self.views)
        ]
        return self.cards[unique_pairs(found)]

    def bits(self, pairs: Pairs) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Bits of the view that says most, less those for having looked in several; and which it is."""
        rows = self.place[pairs]
        known = np.flatnonzero((rows >= 0).all(axis=1))
        every = np.zeros((len(self.views), len(pairs)))
        for index, view in enumerate(self.views):
            every[index, known] = view.chance.bits(correlations(view.rows, rows[known]))
        best = every.argmax(axis=0)
        bits = every[best, np.arange(len(pairs))] - np.log2(len(self.views))
        return np.clip(bits, 0.0, _MOST_BITS), best


def likenesses(prints: ArchivePrints, reference: NDArray[np.bool_] | None = None) -> tuple[Likeness, ...]:
    """Photos and grounds, layout by layout; a layout with few cards is left out.

    ``reference`` (n,) are the cards that tell what is common and what is chance; all of them by default.
    """
    telling = np.ones(len(prints), np.bool_) if reference is None else reference
    found = []
    for layout in np.unique(prints.layouts[prints.layouts >= 0]):
        of_layout = prints.layouts == layout
        for kind, sketches in (("photo", prints.photo), ("ground", prints.ground)):
            mine = of_layout[sketches.cards]
            if np.count_nonzero(mine & telling[sketches.cards]) >= LEAST_CARDS:
                part = Sketches(sketches.cards[mine], sketches.rows[mine])
                found.append(_likeness(kind, part, telling))
    return tuple(found)


def _likeness(kind: str, sketches: Sketches, telling: NDArray[np.bool_]) -> Likeness:
    told = telling[sketches.cards]
    common = common_of(sketches.rows[told])
    groups = REGIONS if kind == "ground" else 1
    rows = cleaned(sketches.rows, common, groups)
    place = np.full(len(telling), -1, np.int64)
    place[sketches.cards] = np.arange(len(rows))
    views = [View(rows, chance_of(rows[told]), tuple(range(REGIONS)) if kind == "ground" else ())]
    if kind == "ground":
        width = rows.shape[1] // REGIONS
        for regions in BLOCKS:
            columns = np.concatenate([np.arange(r * width, (r + 1) * width) for r in regions])
            part = np.ascontiguousarray(rows[:, columns])
            views.append(View(part, chance_of(part[told]), regions))
    return Likeness(kind, sketches.cards, common, groups, tuple(views), place)


def weigh(
    prints: ArchivePrints, looks: tuple[Likeness, ...], pairs: Pairs
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(m, 5) bits of each of ``KINDS`` for the pairs, and the view of the ground that says most."""
    bits = np.zeros((len(pairs), len(KINDS)))
    view = np.zeros(len(pairs), np.int64)
    bits[:, 0] = np.where(prints.persons.clash(pairs), NUMBER_BITS, 0.0)
    bits[:, 1] = run_bits(prints, pairs)
    for look in looks:
        column = KINDS.index(look.kind)
        seen, best = look.bits(pairs)
        bits[:, column] = np.maximum(bits[:, column], seen)
        if look.kind == "ground":
            view = np.where(seen > 0, best, view)
    bits[:, 4] = _file_bits(prints.codings, pairs)
    return bits, view


def _file_bits(codings: NDArray[np.int64], pairs: Pairs) -> NDArray[np.float64]:
    """By how rare the common way of writing files is in the archive."""
    known = codings[codings >= 0]
    if not known.size:
        return np.zeros(len(pairs))
    counts = np.bincount(known)
    a, b = codings[pairs[:, 0]], codings[pairs[:, 1]]
    rare = np.log2(known.size / counts[np.maximum(a, 0)])
    return np.where((a == b) & (a >= 0), np.minimum(rare, FILE_BITS), 0.0)


def all_candidates(prints: ArchivePrints, looks: tuple[Likeness, ...]) -> Pairs:
    """Every pair that is worth weighing: equal numbers, numbers in a row, like photos, like grounds."""
    found = [look.candidates() for look in looks]
    return unique_pairs([_same_numbers(prints.persons.numbers), run_pairs(prints), *found])


def _same_numbers(numbers: NDArray[np.int64]) -> Pairs:
    """Cards of one number, each with the next few."""
    known = np.flatnonzero(numbers >= 0)
    order = known[np.argsort(numbers[known], kind="stable")]
    steps = range(1, min(9, len(order)))
    same = [(s, np.flatnonzero(numbers[order[s:]] == numbers[order[:-s]])) for s in steps]
    return unique_pairs([np.stack([order[at], order[at + s]], axis=1) for s, at in same])
