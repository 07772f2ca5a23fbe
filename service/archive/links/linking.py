"""From fingerprints to links and clusters: the whole step, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.archive.links.archive_prints import ArchivePrints
from service.archive.links.clusters import clusters_of
from service.archive.links.dust import may_be_dust
from service.archive.links.evidence import (
    KINDS,
    Likeness,
    all_candidates,
    likenesses,
    weigh,
)
from service.archive.links.templates import drawn_in

__all__ = ["Linked", "link", "needed_bits"]

MARGIN_BITS: Final = 7.0
"""How much rarer a link must be than one in all pairs of the archive: one false link in a hundred archives,
as far as the chances hold."""
_DENSE: Final = 0.3
"""Share of cards with numbers in a row from which rows are this archive's habit and no sign."""

Pairs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Linked:
    """Links of an archive. Rows of the arrays belong together."""

    prints: ArchivePrints
    looks: tuple[Likeness, ...]
    pairs: Pairs
    """(m, 2) indices of cards."""
    bits: NDArray[np.float64]
    """(m, 5) by ``KINDS``."""
    views: NDArray[np.int64]
    """(m,) view of the ground that is alike, 0 for the whole."""
    clusters: NDArray[np.int64]
    """(n,) cluster of each card, 0 for none."""
    needed: float
    """Bits that a link had to have."""
    weighed: int
    """Pairs that were weighed."""

    @property
    def strengths(self) -> NDArray[np.float64]:
        """(m,) bits in all."""
        return np.asarray(self.bits.sum(axis=1), np.float64)

    def reason(self, row: int) -> str:
        """Code of a link's strongest kind: ``link.number``, ``link.run``, ``link.photo``, ``link.ground``."""
        return f"link.{KINDS[int(self.bits[row, :4].argmax())]}"


def needed_bits(cards: int) -> float:
    """Bits that a link must have among so many cards."""
    return float(np.log2(max(1.0, cards * (cards - 1) / 2))) + MARGIN_BITS


def link(prints: ArchivePrints) -> Linked:
    """Find what links cards, leave out what has an innocent reason, and gather the rest in clusters."""
    looks = likenesses(prints)
    needed = needed_bits(len(prints))
    pairs = all_candidates(prints, looks)
    weighed = len(pairs)
    pairs, bits, views = _strong(prints, looks, pairs, needed)
    ground = bits[:, KINDS.index("ground")]
    more = [drawn_in(look, prints, pairs[ground >= needed], len(prints)) for look in looks]
    extra = np.concatenate([*(m.pairs for m in more), np.zeros((0, 2), np.int64)])
    if len(extra):
        added, view = weigh(prints, looks, extra)
        told = np.concatenate([m.bits for m in more])
        added[:, KINDS.index("ground")] = np.maximum(added[:, KINDS.index("ground")], told)
        pairs, bits = np.concatenate([pairs, extra]), np.concatenate([bits, added])
        views = np.concatenate([views, view])
    kept = ~may_be_dust(prints, pairs, bits, needed)
    pairs, bits, views = pairs[kept], bits[kept], views[kept]
    return Linked(prints, looks, pairs, bits, views, clusters_of(len(prints), pairs), needed, weighed)


def _strong(
    prints: ArchivePrints, looks: tuple[Likeness, ...], pairs: Pairs, needed: float
) -> tuple[Pairs, NDArray[np.float64], NDArray[np.int64]]:
    """Pairs of two people that are linked strongly enough; a way to write files alone links nobody."""
    pairs = pairs[prints.persons.two(pairs) | prints.persons.clash(pairs)]
    bits, views = weigh(prints, looks, pairs)
    run = bits[:, KINDS.index("run")] > 0
    if np.unique(pairs[run]).size > _DENSE * len(prints):
        bits[:, KINDS.index("run")] = 0.0
    own = bits[:, :4].sum(axis=1)
    strong = (own > 0) & (own + bits[:, 4] >= needed)
    return pairs[strong], bits[strong], views[strong]
