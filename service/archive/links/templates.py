"""The picture that a workshop's cards were made from, as the mean of the ground of a few of them.

The mean of a handful of cards holds their common ground with far less noise than any one of them. Every card
is compared with each such mean, which is linear in the cards; what is found makes the mean better, and in the
end each card must fit the mean of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.archive.links.archive_prints import ArchivePrints
from service.archive.links.clusters import clusters_of
from service.archive.links.evidence import Likeness
from service.archive.links.likeness import chance_from

__all__ = ["DrawnIn", "drawn_in", "template_of"]

_LEAST: Final = 3
"""Cards that make a template."""
_MOST: Final = 200
"""Templates that are followed up, the largest first."""
_ROUNDS: Final = 6
"""Times that a template is made anew with the cards it has found."""
_STRANGERS: Final = 0.9
"""Share of an archive that a template that is still growing has surely nothing to do with."""
_MARGIN_BITS = 7.0
_MOST_BITS = 60.0

Cards = NDArray[np.int64]
Pairs = NDArray[np.int64]
Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class DrawnIn:
    """Cards that fit a template, each paired with the one of the others it is most like."""

    pairs: Pairs
    bits: NDArray[np.float64]


def template_of(rows: NDArray[np.int8]) -> Plane:
    """Mean of cleaned sketches, of unit length."""
    mean = rows.astype(np.float32).mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-6), np.float32)


def drawn_in(look: Likeness, prints: ArchivePrints, seeds: tuple[Pairs, ...], count: int) -> DrawnIn:
    """Cards whose ground is that of a template; ``seeds`` are sets of pairs that may belong together."""
    rows = look.views[0].rows
    chance = float(np.log2(max(2, len(rows))))
    found = [DrawnIn(np.zeros((0, 2), np.int64), np.zeros(0))]
    for number, seed in enumerate(_seeds(look, seeds, count), start=1):
        core = _grown(rows, seed, chance)
        found.append(_fitting(look, prints, core, chance + np.log2(number) + _MARGIN_BITS))
    return DrawnIn(np.concatenate([f.pairs for f in found]), np.concatenate([f.bits for f in found]))


def _seeds(look: Likeness, seeds: tuple[Pairs, ...], count: int) -> Iterator[Cards]:
    """Rows of the cards that hang together by each set of pairs, the largest clusters first."""
    for pairs in seeds:
        clusters = clusters_of(count, pairs)
        for number in range(1, min(int(clusters.max(initial=0)), _MOST) + 1):
            own = look.place[clusters == number]
            own = own[own >= 0]
            if len(own) >= _LEAST:
                yield own


def _grown(rows: NDArray[np.int8], core: Cards, needed: float) -> Cards:
    """The rows with those that fit their mean, again and again until no more do.

    A stranger may slip in here, one in a template: he will not fit the mean of the others in the end.
    """
    for _ in range(_ROUNDS):
        seen = _cosines(rows, template_of(rows[core]))
        others = np.ones(len(rows), np.bool_)
        others[core] = False
        fits = others & (chance_from(seen[others], share=_STRANGERS).bits(seen) >= needed)
        if not fits.any():
            break
        core = np.union1d(core, np.flatnonzero(fits))
    return core


def _fitting(look: Likeness, prints: ArchivePrints, core: Cards, needed: float) -> DrawnIn:
    """Cards of the core that fit the mean of the others, each with the most like among those that fit better:
    so that all of them hang together."""
    rows = look.views[0].rows
    outside = np.setdiff1d(np.arange(len(rows)), core)
    if not len(outside):
        return DrawnIn(np.zeros((0, 2), np.int64), np.zeros(0))
    strangers = chance_from(_cosines(rows[outside], template_of(rows[core])))
    fit = np.minimum(strangers.bits(_left_out(rows[core])), _MOST_BITS)
    order = np.argsort(-fit, kind="stable")
    order = order[fit[order] >= needed]
    pairs, told = [], []
    for rank in range(1, len(order)):
        partner = _partner(look, prints, core[order[:rank]], int(core[order[rank]]))
        if partner is not None:
            pairs.append(sorted((int(look.cards[core[order[rank]]]), partner)))
            told.append(float(fit[order[rank]]))
    return DrawnIn(np.array(pairs, np.int64).reshape(-1, 2), np.array(told, np.float64))


def _left_out(rows: NDArray[np.int8]) -> Plane:
    """(n,) cosine of each row with the mean of the others."""
    whole = rows.astype(np.float32)
    rest = whole.sum(axis=0) - whole
    lengths = np.linalg.norm(whole, axis=1) * np.linalg.norm(rest, axis=1)
    return np.asarray(np.einsum("ij,ij->i", whole, rest) / np.maximum(lengths, 1e-6), np.float32)


def _partner(look: Likeness, prints: ArchivePrints, others: Cards, row: int) -> int | None:
    """The card that is most like one, of some others that are surely another person's."""
    pairs = np.stack([np.full(len(others), look.cards[row]), look.cards[others]], axis=1)
    allowed = others[prints.persons.two(pairs)]
    if not len(allowed):
        return None
    rows = look.views[0].rows
    alike = _cosines(rows[allowed], rows[row].astype(np.float32))
    return int(look.cards[allowed[int(alike.argmax())]])


def _cosines(rows: NDArray[np.int8], one: Plane) -> Plane:
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float32))
    return np.asarray(rows @ (one / np.linalg.norm(one)) / np.maximum(lengths, 1e-6), np.float32)
