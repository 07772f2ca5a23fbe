"""Where dark print stands on a rectified card: the ink map and the lines of text in a box of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Ink", "TextBox", "brightest", "find_lines", "ink_map", "print_level"]

BACKGROUND_PX = 25
"""Strokes and gaps narrower than this count as print; at 300 dpi the boldest title stroke has 7 px."""
MIN_INK = 26
RELATIVE_INK = 0.35
"""A pixel is ink from this share of the darkest print in the box on."""
RULE_PX = 60
"""Horizontal lines longer than this are underlines; no sign of a card's text is that wide."""
DARKEST_PAPER = 32
MIN_LINE_PX = 10
MAX_GAP = 3.0
"""Print beyond a gap this wide, against the height of the line, is something else."""
SPECK_AREA_PX = 5

Mask = NDArray[np.uint8]
Ink = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class TextBox:
    """A line of text in raster pixels; the end is exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Pixels."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """Pixels."""
        return self.y1 - self.y0


def ink_map(raster: NDArray[np.uint8]) -> Ink:
    """How much darker than its surroundings each pixel is, 0 ... 255 = black on white, for BGR pixels.

    The brightest channel is used: coloured patterns, bands and seals fade, black print stays.
    """
    value = brightest(raster)
    half = cv2.resize(value, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    size = BACKGROUND_PX // 2 | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (size, size))
    closed = cv2.blur(cv2.morphologyEx(half, cv2.MORPH_CLOSE, kernel), (size, size))
    paper = cv2.resize(closed, (value.shape[1], value.shape[0]), interpolation=cv2.INTER_LINEAR)
    ink = cv2.divide(cv2.subtract(paper, value), cv2.max(paper, DARKEST_PAPER), scale=255)
    return np.asarray(ink, np.uint8)


def brightest(raster: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The brightest channel of each pixel."""
    blue, green, red = cv2.split(raster)
    return np.asarray(cv2.max(cv2.max(blue, green), red), np.uint8)


def print_level(ink: Ink) -> float:
    """From which value of the ink map on a pixel is print, judged by the darkest print there is."""
    step = 2 if ink.size > 40_000 else 1
    return max(MIN_INK, RELATIVE_INK * float(np.percentile(ink[::step, ::step], 99.5)))


def find_lines(ink: Ink, area: TextBox, count: int, guard: int = 0) -> list[TextBox]:
    """Up to ``count`` lines of print inside ``area``, from the top, as tight boxes.

    ``guard`` pixels at the left and right end of the area may hold the end of a neighbour: print that
    touches the border and ends within them is left out.
    """
    sub = ink[area.y0 : area.y1, area.x0 : area.x1]
    if sub.size == 0:
        return []
    mask = _print_mask(sub)
    lines = []
    for top, bottom in _row_runs(mask):
        columns = np.asarray(mask[top:bottom].any(axis=0), np.bool_)
        left, right = _extent(columns, guard, round(MAX_GAP * (bottom - top)))
        if right - left >= 3:
            box = TextBox(area.x0 + left, area.y0 + top, area.x0 + right, area.y0 + bottom)
            lines.append((int(mask[top:bottom, left:right].sum()), box))
    if len(lines) > count:
        lines = sorted(lines, key=lambda item: -item[0])[:count]
    return sorted((box for _, box in lines), key=lambda box: box.y0)


def _print_mask(sub: Ink) -> Mask:
    mask: Mask = (sub > print_level(sub)).astype(np.uint8)
    if mask.shape[1] > RULE_PX:
        rules = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, RULE_PX), np.uint8))
        mask[cv2.dilate(rules, np.ones((3, 1), np.uint8)) > 0] = 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] < SPECK_AREA_PX
    if count > 1 and small.any():
        mask[small[labels]] = 0
    return mask


def _row_runs(mask: Mask) -> list[tuple[int, int]]:
    """Runs of rows with print, small gaps (as inside 二 or 三) closed where the parts are thin."""
    filled = mask.sum(axis=1) >= 2
    edges = np.flatnonzero(np.diff(np.r_[False, filled, False].astype(np.int8)))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    merged: list[tuple[int, int]] = []
    for start, end in runs:
        near = merged and start - merged[-1][1] <= 3
        if near and (merged[-1][1] - merged[-1][0] < 2 * MIN_LINE_PX or end - start < MIN_LINE_PX):
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return [(a, b) for a, b in merged if b - a >= MIN_LINE_PX]


def _extent(columns: NDArray[np.bool_], guard: int, widest_gap: int) -> tuple[int, int]:
    """First and one past the last column of the first piece of print, cut-off neighbours left out."""
    kept = columns.copy()
    for view in (kept, kept[::-1]):
        if guard and view[0]:
            gap = int(np.argmin(view))
            if 0 < gap <= guard:
                view[:gap] = False
    found = np.flatnonzero(kept)
    if not found.size:
        return 0, 0
    gaps = np.flatnonzero(np.diff(found) > widest_gap)
    last = found[gaps[0]] if gaps.size else found[-1]
    return int(found[0]), int(last) + 1
