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

_RUN, _GROUND, _FILE = (KINDS.index(kind) for kind in ("run", "ground", "file"))

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


def link(
    prints: ArchivePrints, reference: NDArray[np.bool_] | None = None, needed: float | None = None
) -> Linked:
    """Find what links cards, leave out what has an innocent reason, and gather the rest in clusters.

    ``reference`` are the cards that tell what is common and what is chance (all of them by default),
    ``needed`` the bits that a link must have (``needed_bits`` by default).
    """
    looks = likenesses(prints, reference)
    needed = needed_bits(len(prints)) if needed is None else needed
    candidates = all_candidates(prints, looks)
    weighed = _weighed(prints, looks, candidates)
    strong = weighed.rows(weighed.own + weighed.bits[:, _FILE] >= needed)
    hinted = weighed.rows(weighed.bits[:, _GROUND] >= needed / 2)
    found = strong
    for look in (look for look in looks if look.kind == "ground"):
        drawn = drawn_in(look, prints, (strong.pairs, hinted.pairs), len(prints))
        more = _weighed(prints, looks, drawn.pairs)
        more.bits[:, _GROUND] = np.maximum(more.bits[:, _GROUND], drawn.bits)
        found = found.joined(more)
    found = found.rows(~may_be_dust(prints, found.pairs, found.bits, needed))
    clusters = clusters_of(len(prints), found.pairs)
    return Linked(prints, looks, found.pairs, found.bits, found.views, clusters, needed, len(candidates))


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Pairs of two people with the bits of each kind and the view of the ground that says most."""

    pairs: Pairs
    bits: NDArray[np.float64]
    views: NDArray[np.int64]

    @property
    def own(self) -> NDArray[np.float64]:
        """Bits without those of the file: a way to write files alone links nobody."""
        own = np.asarray(self.bits[:, :_FILE].sum(axis=1), np.float64)
        return np.where(own > 0, own, -np.inf)

    def rows(self, kept: NDArray[np.bool_]) -> _Weighed:
        """Some of them."""
        return _Weighed(self.pairs[kept], self.bits[kept], self.views[kept])

    def joined(self, other: _Weighed) -> _Weighed:
        """Both, each pair once, with the greater bits."""
        pairs, place = np.unique(np.concatenate([self.pairs, other.pairs]), axis=0, return_inverse=True)
        bits, views = np.zeros((len(pairs), len(KINDS))), np.zeros(len(pairs), np.int64)
        place = place.reshape(-1)
        np.maximum.at(bits, place, np.concatenate([self.bits, other.bits]))
        views[place[::-1]] = np.concatenate([self.views, other.views])[::-1]
        return _Weighed(pairs, bits, views)


def _weighed(prints: ArchivePrints, looks: tuple[Likeness, ...], pairs: Pairs) -> _Weighed:
    """The pairs that are surely two people's, weighed; numbers in a row left out where they are a habit."""
    pairs = pairs[prints.persons.two(pairs) | prints.persons.clash(pairs)]
    bits, views = weigh(prints, looks, pairs)
    if np.unique(pairs[bits[:, _RUN] > 0]).size > _DENSE * len(prints):
        bits[:, _RUN] = 0.0
    return _Weighed(pairs, bits, views)
