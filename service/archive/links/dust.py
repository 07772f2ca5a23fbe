"""Dust on a scanner's glass lies in one place of the page. Cards that always lie there too seem to share it.

Where a card lay is known. Two cards of one device in one place of its pages may share the glass; they do not
where others that lay there show nothing of it. Where hardly any other did, dust cannot be ruled out, and
their ground links nobody.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.archive.links.archive_prints import ArchivePrints
from service.archive.links.clusters import clusters_of
from service.archive.links.evidence import KINDS

__all__ = ["may_be_dust", "spots_of"]

_APART: Final = 0.012
"""Share of the card's width, 1 mm, within which two places are one."""
_OTHERS: Final = 3
"""Cards without the pattern, for each one with it, that acquit the glass."""

Flags = NDArray[np.bool_]


def spots_of(prints: ArchivePrints) -> NDArray[np.int64]:
    """(n,) equal for cards of one device that lay in one place, to a millimetre; -1 where unknown."""
    corners = prints.places[:, 2:]
    known = (prints.devices >= 0) & ~np.isnan(corners).any(axis=1)
    width = np.hypot(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    step = np.maximum(width, 1.0)[:, None] * 2 * _APART
    cells = np.floor(np.nan_to_num(corners[:, [0, 1, 4, 5]]) / step).astype(np.int64)
    spots = np.full(len(prints), -1, np.int64)
    table = np.column_stack([prints.devices[known], cells[known]])
    if len(table):
        spots[known] = np.unique(table, axis=0, return_inverse=True)[1].reshape(-1)
    return spots


def _one_place(prints: ArchivePrints, pairs: NDArray[np.int64]) -> Flags:
    """Pairs of cards of one device that lay in one place."""
    a, b = pairs.T
    first, second = prints.places[a, 2:], prints.places[b, 2:]
    width = np.hypot(first[:, 2] - first[:, 0], first[:, 3] - first[:, 1])
    near = np.abs(first - second).max(axis=1) <= _APART * width
    return np.asarray(near & (prints.devices[a] == prints.devices[b]) & (prints.devices[a] >= 0), np.bool_)


def may_be_dust(
    prints: ArchivePrints, pairs: NDArray[np.int64], bits: NDArray[np.float64], needed: float
) -> Flags:
    """Links that hold by the ground alone and that dust on the glass would explain as well."""
    ground = KINDS.index("ground")
    by_ground = bits[:, :4].sum(axis=1) - bits[:, ground] + bits[:, 4] < needed
    spots = spots_of(prints)
    suspect = by_ground & (bits[:, ground] > 0) & _one_place(prints, pairs)
    if not suspect.any():
        return np.asarray(suspect, np.bool_)
    clusters = clusters_of(len(prints), pairs[bits[:, ground] > 0])
    lying = np.bincount(spots[spots >= 0])
    keys = clusters * (len(lying) + 1) + np.maximum(spots, 0)
    showing = dict(zip(*np.unique(keys[spots >= 0], return_counts=True), strict=True))
    first = pairs[:, 0]
    with_it = np.array([showing.get(k, 0) for k in keys[first]], np.int64)
    without = lying[np.maximum(spots[first], 0)] - with_it
    return np.asarray(suspect & (without < _OTHERS * with_it), np.bool_)
