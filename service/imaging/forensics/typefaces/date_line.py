"""One half-width date, cut into its signs: eight digits of one width and three kanji of another."""

from __future__ import annotations

import re
from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box
from service.imaging.forensics.typefaces.print_line import PrintLine, fullest, line_ink, print_profile

__all__ = ["DATE", "KANJI", "cut_date", "cut_dates"]

DATE = re.compile(r"[0-9]{4}年[0-9]{2}月[0-9]{2}日")
KANJI = (4, 7, 10)
"""Which signs of a date are kanji."""
_LENGTH = 170
"""Pixels to which every date is brought, whatever its size; a kanji is about 21 high then."""
_IS_KANJI = np.isin(np.arange(11), KANJI)
_BODY = 0.62
"""Share of the box's height that the signs fill for certain; captions reach into the rest."""
_RATIOS = np.arange(1.3, 2.5, 0.08)
"""Width of a kanji over that of a digit."""
_LENGTHS = np.arange(0.88, 1.10, 0.012)
"""Length of the date over that of its ink."""
_STARTS = np.arange(-0.044, 0.037, 0.006)
"""Where it begins, in lengths of its ink."""
_LEAST_LENGTH = 60
"""Raster pixels, 5 mm: a third of any date."""
_OUTSIDE, _STRETCH = 0.12, 0.004
"""What ink outside the date costs, and a length unlike that of the ink, against ink between two signs."""


def cut_dates(
    luma: NDArray[np.uint8], lines: Mapping[str, Box], texts: Mapping[str, str]
) -> dict[str, PrintLine]:
    """The dates of a rectified card that can be cut, by field; ``texts`` is what was read of them."""
    cut = {name: cut_date(luma, text, lines[name]) for name, text in texts.items() if name in lines}
    return {name: line for name, line in cut.items() if line is not None}


def cut_date(luma: NDArray[np.uint8], text: str, box: Box) -> PrintLine | None:
    """Cut the date that was read as ``text`` in ``box``; None where it is no date or too faint."""
    if not DATE.fullmatch(text):
        return None
    ink = line_ink(luma, box)
    if ink is None:
        return None
    body = fullest(ink.sum(axis=1), max(10, round(ink.shape[0] * _BODY)))
    found = _widths(print_profile(ink[body]))
    if found is None:
        return None
    start, digit, kanji = found
    scale = _LENGTH / (8 * digit + 3 * kanji)
    edges = (start + np.concatenate([[0], np.cumsum(np.where(_IS_KANJI, kanji, digit))])) * scale
    large = np.asarray(cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.float32)
    high = min(round(kanji * scale) + 2, large.shape[0])
    bounds = np.column_stack([edges[:-1], edges[1:]])
    return PrintLine(text, large, bounds, fullest(large.sum(axis=1), high))


def _widths(soft: NDArray[np.float64]) -> tuple[float, float, float] | None:
    """Start, width of a digit and width of a kanji at which least ink lies between the signs."""
    inked = np.flatnonzero(soft > 0.12)
    if inked.size == 0 or (seen := int(inked[-1] - inked[0]) + 1) < _LEAST_LENGTH:
        return None
    starts = inked[0] + _STARTS * seen
    ratio, length, start = (grid.ravel() for grid in np.meshgrid(_RATIOS, _LENGTHS * seen, starts))
    digit = length / (8 + 3 * ratio)
    steps = np.where(_IS_KANJI, (digit * ratio)[:, None], digit[:, None])
    edges = start[:, None] + np.concatenate([np.zeros((len(start), 1)), np.cumsum(steps, axis=1)], axis=1)
    at = np.clip(np.round(edges).astype(int), 0, len(soft) - 1)
    before = np.concatenate([[0], np.cumsum(soft)])
    outside = before[at[:, 0]] + before[-1] - before[at[:, -1]]
    cost = soft[at[:, 1:-1]].sum(axis=1) + _OUTSIDE * outside + _STRETCH * np.abs(length - seen)
    best = int(np.argmin(cost))
    return float(start[best]), float(digit[best]), float(digit[best] * ratio[best])
