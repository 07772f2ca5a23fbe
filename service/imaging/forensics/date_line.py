"""One printed date, cut into its signs: eight digits of one width and three kanji of another."""

from __future__ import annotations

import re
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box

__all__ = ["DateLine", "cut_date"]

Plane = NDArray[np.float32]
_LENGTH = 170
"""Pixels to which every date is brought, whatever its size; a kanji is about 21 high then."""
_DATE = re.compile(r"[0-9]{4}年[0-9]{2}月[0-9]{2}日")
_KANJI = np.array([0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1])
"""1 where a sign is a kanji."""
_SOFT = 0.8
"""Blur that makes the pixels of scans and photos alike (sigma, raster pixels)."""
_AROUND = 12
_PAD = 4
_LEAST_INK = 25.0
"""Levels between print and paper, below which a date is left out."""
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


@dataclass(frozen=True, slots=True)
class DateLine:
    """A date as ink, 0 on paper and 1 in print, in signs of one size."""

    text: str
    ink: Plane
    edges: NDArray[np.float64]
    """(12,): where the signs begin, and where the last one ends; pixels of ``ink``."""
    rows: slice
    """Where the signs stand."""

    def sign(self, index: int, around: int = 0) -> Plane:
        """The place of one sign, with ``around`` pixels more on every side."""
        left, right = (round(float(self.edges[i])) for i in (index, index + 1))
        bordered = np.pad(self.ink, around)
        part = bordered[self.rows.start : self.rows.stop + 2 * around, max(0, left) : right + 2 * around]
        return np.asarray(part, np.float32)


def cut_date(luma: NDArray[np.uint8], text: str, box: Box) -> DateLine | None:
    """Cut the date that was read as ``text`` in ``box``; None where it is no date or too faint."""
    if not _DATE.fullmatch(text):
        return None
    ink = _ink(luma, box)
    if ink is None:
        return None
    body = _fullest(ink.sum(axis=1), max(10, round(ink.shape[0] * _BODY)))
    found = _widths(ink[body].sum(axis=0))
    if found is None:
        return None
    start, digit, kanji = found
    scale = _LENGTH / (8 * digit + 3 * kanji)
    edges = (start + np.concatenate([[0], np.cumsum(np.where(_KANJI, kanji, digit))])) * scale
    large = np.asarray(cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.float32)
    high = min(round(kanji * scale) + 2, large.shape[0])
    return DateLine(text, large, edges, _fullest(large.sum(axis=1), high))


def _ink(luma: NDArray[np.uint8], box: Box) -> Plane | None:
    """How dark the print is against the paper round it, in the box and a little beyond."""
    height, width = luma.shape
    x, y, w, h = box
    left, right = round(x * width) - _PAD, round((x + w) * width) + _PAD
    top, bottom = round(y * height) - _PAD, round((y + h) * height) + _PAD
    if min(left, top) < _AROUND or right > width - _AROUND or bottom > height - _AROUND:
        return None
    part = luma[top - _AROUND : bottom + _AROUND, left - _AROUND : right + _AROUND]
    soft = cv2.GaussianBlur(part, (0, 0), _SOFT).astype(np.float32)
    dark = cv2.morphologyEx(soft, cv2.MORPH_CLOSE, np.ones((21, 21), np.uint8)) - soft
    dark = dark[_AROUND:-_AROUND, _AROUND:-_AROUND]
    full = float(np.percentile(dark, 96))
    return np.asarray(np.clip(dark / full, 0, 1.2), np.float32) if full >= _LEAST_INK else None


def _fullest(profile: NDArray[np.float32], length: int) -> slice:
    """The stretch of a profile that holds most ink."""
    start = int(np.argmax(np.convolve(profile, np.ones(length), "valid")))
    return slice(start, start + length)


def _widths(profile: NDArray[np.float32]) -> tuple[float, float, float] | None:
    """Start, width of a digit and width of a kanji at which least ink lies between the signs."""
    soft = np.convolve(profile / max(float(profile.max()), 1e-6), np.ones(3) / 3, "same")
    inked = np.flatnonzero(soft > 0.12)
    if inked.size == 0 or (seen := int(inked[-1] - inked[0]) + 1) < _LEAST_LENGTH:
        return None
    starts = inked[0] + _STARTS * seen
    ratio, length, start = (grid.ravel() for grid in np.meshgrid(_RATIOS, _LENGTHS * seen, starts))
    digit = length / (8 + 3 * ratio)
    steps = np.where(_KANJI, (digit * ratio)[:, None], digit[:, None])
    edges = start[:, None] + np.concatenate([np.zeros((len(start), 1)), np.cumsum(steps, axis=1)], axis=1)
    at = np.clip(np.round(edges).astype(int), 0, len(soft) - 1)
    before = np.concatenate([[0], np.cumsum(soft)])
    outside = before[at[:, 0]] + before[-1] - before[at[:, -1]]
    cost = soft[at[:, 1:-1]].sum(axis=1) + _OUTSIDE * outside + _STRETCH * np.abs(length - seen)
    best = int(np.argmin(cost))
    return float(start[best]), float(digit[best]), float(digit[best] * ratio[best])
