"""Whether the ground runs on under a text, or stops above and below it along straight edges.

Who types another text into a finished picture first takes the old one off, mostly by laying one colour or a
smooth patch over it. Lines and shades of the ground then end at the patch's edges, while print on a genuine
card leaves the ground around and between its strokes as it is. Compared are strips a third of a millimetre
wide and as far apart: over so short a way a ground changes little by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Box

__all__ = ["Cleared", "measure_cleared"]

_COLUMN = 4
"""Pixels over which the ground is averaged along a text: noise falls, lines stay."""
_STRIP = 4
"""Rows of a strip."""
_GAP = 2
"""Rows on either side of an edge that blur mixes."""
_FEWEST = 16
"""Columns free of print on both sides of an edge."""
_FREE = 0.5
"""Share of a column that must be free of print."""
_BEYOND, _WITHIN = 10, 1
"""Rows outside and inside the text within which an edge is sought."""
_SIDE = 4
"""Columns beside the text that an eraser takes as well."""
_FLOOR = 0.3
"""Variance, in squared levels, below which nothing is told apart."""
_LEVELS = 20.0
"""Distance from the middle that counts at most: what was taken for ground but is print."""
_INK = 0.72
"""Share of the paper's brightness below which a pixel is print."""
_PAPER = 15
"""Half-size pixels: wider than a stroke."""
_HALO = np.ones((5, 5), np.uint8)
"""Pixels about print that its blur reaches."""
_BORDER = 7
"""Pixels along a band's border that are not compared."""

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cleared:
    """The ground about one text."""

    evener: float
    """Logarithm of the ground's variance outside over inside, less one standard error: the lesser of the one
    above the text and the one below. About 0 where the ground runs on."""
    box: Box
    """What lies between the two edges, fractions of the card."""


def measure_cleared(
    raster: NDArray[np.uint8], lines: Mapping[str, Box], bands: Iterable[Box] = ()
) -> dict[str, Cleared]:
    """The ground about each text of a rectified card, (638, 1012, 3) BGR; texts without ground are left out.

    ``bands`` are areas of the layout with a ground of their own, whose borders are no edges of a patch.
    """
    free = _ground(raster, bands)
    found = {name: _cleared(raster, free, box) for name, box in lines.items()}
    return {name: value for name, value in found.items() if value is not None}


def _ground(raster: NDArray[np.uint8], bands: Iterable[Box]) -> Plane:
    """1 where neither print nor the border of a band lies."""
    luma = cv2.cvtColor(raster, cv2.COLOR_BGR2GRAY)
    half = cv2.resize(luma, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx(half, cv2.MORPH_CLOSE, np.ones((_PAPER, _PAPER), np.uint8))
    paper = cv2.resize(closed, (luma.shape[1], luma.shape[0]))
    taken = cv2.dilate((luma < _INK * paper).astype(np.uint8), _HALO)
    for x, y, w, h in bands:
        start = round(x * RASTER_WIDTH), round(y * RASTER_HEIGHT)
        end = round((x + w) * RASTER_WIDTH), round((y + h) * RASTER_HEIGHT)
        cv2.rectangle(taken, start, end, (1.0,), _BORDER)
    return np.asarray(1 - taken, np.float32)


def _cleared(raster: NDArray[np.uint8], free: Plane, box: Box) -> Cleared | None:
    x, y, w, h = box
    top, bottom = round(y * RASTER_HEIGHT), round((y + h) * RASTER_HEIGHT)
    left, right = (round(at * RASTER_WIDTH) + side for at, side in ((x, -_SIDE), (x + w, _SIDE)))
    place = slice(max(0, left), min(RASTER_WIDTH, right))
    above = _edge(raster[:, place], free[:, place], range(top - _BEYOND + 1, top + _WITHIN + 1), 1)
    below = _edge(raster[:, place], free[:, place], range(bottom - _WITHIN, bottom + _BEYOND), -1)
    if above is None or below is None:
        return None
    corner = (place.start / RASTER_WIDTH, above[1] / RASTER_HEIGHT)
    size = ((place.stop - place.start) / RASTER_WIDTH, (below[1] - above[1]) / RASTER_HEIGHT)
    return Cleared(min(above[0], below[0]), (*corner, *size))


def _edge(pixels: NDArray[np.uint8], free: Plane, rows: range, down: int) -> tuple[float, int] | None:
    """How much evener the ground is inside than outside, and at which of ``rows``: the inside lies below the
    edge for ``down`` 1, above it for -1. None where too little ground lies there, and at the card's rim."""
    first, last = rows[0] - _GAP - _STRIP, rows[-1] + _GAP + _STRIP
    if first < 0 or last > len(pixels):
        return None
    means, many = _strips(pixels[first:last], free[first:last])
    above = np.arange(len(rows))
    below = above + 2 * _GAP + _STRIP
    seen = np.asarray((many[above] & many[below])[..., None], np.float32)
    counts = seen.sum((1, 2))
    enough = counts >= _FEWEST
    if not enough.any():
        return None
    ratio = np.log((_variance(means[above], seen) + _FLOOR) / (_variance(means[below], seen) + _FLOOR))
    evener = np.where(enough, down * ratio - 2 / np.sqrt(np.maximum(counts, 1)), -np.inf)
    return float(evener.max()), rows[int(evener.argmax())]


def _strips(pixels: NDArray[np.uint8], free: Plane) -> tuple[Plane, NDArray[np.bool_]]:
    """Means (n, columns, 3) of every ``_STRIP`` rows that follow each other, and which show enough ground."""
    columns = free.shape[1] // _COLUMN
    shape = (len(free), columns, _COLUMN)
    ground = free[:, : columns * _COLUMN]
    light = pixels[:, : columns * _COLUMN] * ground[..., None]
    counts = _summed(ground.reshape(shape).sum(2))
    total = _summed(light.reshape(*shape, 3).sum(2))
    means = np.asarray(total / np.maximum(counts, 1)[..., None], np.float32)
    return means, counts >= _FREE * _STRIP * _COLUMN


def _summed(values: Plane) -> Plane:
    """Sums of every ``_STRIP`` rows that follow each other."""
    total = np.cumsum(values, axis=0, dtype=np.float64)
    total = np.concatenate([np.zeros_like(total[:1]), total])
    return np.asarray(total[_STRIP:] - total[:-_STRIP], np.float32)


def _variance(means: Plane, seen: Plane) -> Plane:
    """(n,): how much the columns of each strip that are ``seen`` differ, in squared levels of a channel."""
    counts = np.maximum(seen.sum(1), 1)
    away = means - ((means * seen).sum(1) / counts)[:, None]
    squares = np.clip(away, -_LEVELS, _LEVELS) ** 2 * seen
    return np.asarray(squares.sum((1, 2)) / counts[:, 0] / 3, np.float32)
