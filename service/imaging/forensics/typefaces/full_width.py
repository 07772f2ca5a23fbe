"""The two full-width dates of a card: of one face, whose kanji are those of the half-width dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box
from service.imaging.forensics.typefaces.date_line import DATE, KANJI
from service.imaging.forensics.typefaces.dates import Typeface, agreement
from service.imaging.forensics.typefaces.likeness import likeness, response, upper_rows
from service.imaging.forensics.typefaces.print_line import PAD, Plane, PrintLine, line_ink

__all__ = ["compare_full_width", "cut_full_width"]

_KANJI = "年月日"
_BESIDE = 10
"""Raster pixels beside the box that are looked at too: its ends are where the reader saw the text end."""
_MARGINS = 0.36
"""Share of a cell that is white before the first sign and behind the last one."""
_PITCHES = np.arange(0.93, 1.075, 0.01)
"""Step from sign to sign over that which the box's length gives."""
_STARTS = np.arange(-0.5, 0.5, 0.04)
"""Where the first sign's cell begins, in steps from where the box's length puts it."""
_SIZES = np.arange(0.62, 1.05, 0.05)
"""Height of a kanji's rows over the step between signs."""
_FINER = (-0.025, 0.025)
_IN_SIGN = 0.12
"""Share of a sign's fullest column from which a column belongs to it."""
_FEWEST_SIGNS = 4
_LEFT_OUT = 1
"""Signs that may be misread, worn or crossed by a line."""


@dataclass(frozen=True, slots=True)
class _Laid:
    """The text at one size, laid where its kanji look most like those of the dates."""

    ink: Plane
    size: float
    cells: NDArray[np.float64]
    top: int
    alike: float


def cut_full_width(
    luma: NDArray[np.uint8], text: str, box: Box, dates: Mapping[str, PrintLine]
) -> PrintLine | None:
    """Cut the date with which ``text``, read in ``box``, begins: where its kanji look most like the dates'.

    None where the text begins with no date or is too faint, or where there are no dates.
    """
    date = DATE.match(text)
    ink = line_ink(luma, box, underlined=True, beside=_BESIDE) if date and dates else None
    if date is None or ink is None:
        return None
    pitch = (ink.shape[1] - 2 * (PAD + _BESIDE)) / (len(text) - _MARGINS)
    rough = max((_laid_on(ink, size, pitch, dates) for size in _SIZES), key=lambda one: one.alike)
    finer = (_laid_on(ink, rough.size + step, pitch, dates) for step in _FINER)
    laid = max((rough, *finer), key=lambda one: one.alike)
    rows = slice(laid.top, min(laid.top + _rows(dates), laid.ink.shape[0]))
    bounds = np.array([_trimmed(laid.ink[rows], cell) for cell in laid.cells])
    return PrintLine(date.group(), laid.ink, bounds, rows)


def compare_full_width(full: Mapping[str, PrintLine], dates: Mapping[str, PrintLine]) -> Typeface | None:
    """The full-width date that is least like the other one and, in its kanji, like the half-width ones."""
    others = agreement(dates)
    if others is None or not full:
        return None
    kanji = {name: others - _kanji_likeness(line, dates) for name, line in full.items()}
    odd = max(kanji, key=lambda name: kanji[name])
    between = [list(likeness(one, other).values()) for one, other in combinations(full.values(), 2)]
    apart = [others - _mean(values) for values in between if len(values) >= _FEWEST_SIGNS]
    return Typeface(odd, max(kanji[odd], *apart, -1.0), others)


def _kanji_likeness(line: PrintLine, dates: Mapping[str, PrintLine]) -> float:
    found = [likeness(line, date, _KANJI) for date in dates.values()]
    return _mean([max(one.get(sign, -1.0) for one in found) for sign in _KANJI])


def _mean(values: list[float]) -> float:
    return float(np.mean(sorted(values)[_LEFT_OUT:]))


def _rows(dates: Mapping[str, PrintLine]) -> int:
    heights: list[int] = [line.rows.stop - line.rows.start for line in dates.values()]
    return round(median(heights))


def _laid_on(ink: Plane, size: float, pitch: float, dates: Mapping[str, PrintLine]) -> _Laid:
    """The text with signs of ``size`` steps brought to the size of the dates' signs and cut into cells."""
    high = _rows(dates)
    scale = high / (size * pitch)
    large = np.asarray(cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.float32)
    first = next(iter(dates.values()))
    edge = (PAD + _BESIDE) * scale
    looks = [
        _within(large, sign, first, *(edge + pitch * scale * (at + reach) for at, reach in _reach(i)))
        for i, sign in zip(KANJI, _KANJI, strict=True)
    ]
    step, before = (grid.ravel() for grid in np.meshgrid(pitch * scale * _PITCHES, _STARTS))
    start = edge + (before - _MARGINS / 2) * step
    middles = [np.round(start + (i + 0.5) * step).astype(int).clip(0, large.shape[1] - 1) for i in KANJI]
    seen = [(look, at) for look, at in zip(looks, middles, strict=True) if look is not None]
    total = sum((look.max(axis=0)[at] for look, at in seen), np.zeros(len(step)))
    best = int(np.argmax(total))
    rows = sum((look[:, at[best]] for look, at in seen), np.zeros(large.shape[0]))
    row = int(np.argmax(rows))
    cells = start[best] + step[best] * np.column_stack([np.arange(11), np.arange(1, 12)])
    return _Laid(large, size, cells, max(0, row - upper_rows(high) // 2), float(rows[row]))


def _reach(cell: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where a cell begins at the earliest and ends at the latest, in steps from the ink's beginning."""
    slack = float(-_STARTS[0]) + _MARGINS / 2
    return (cell * float(_PITCHES[0]), -slack), ((cell + 1) * float(_PITCHES[-1]), slack)


def _within(ink: Plane, sign: str, line: PrintLine, first: float, last: float) -> Plane | None:
    """``response`` between two columns, -1 outside."""
    part = slice(max(0, int(first)), min(ink.shape[1], int(last) + 1))
    look = response(np.ascontiguousarray(ink[:, part]), sign, [line])
    if look is None:
        return None
    whole = np.full(ink.shape, -1.0, np.float32)
    whole[:, part] = look
    return whole


def _trimmed(ink: Plane, cell: NDArray[np.float64]) -> tuple[float, float]:
    """A cell without the white at its sides."""
    left = max(0, round(float(cell[0])))
    profile = ink[:, left : round(float(cell[1]))].sum(axis=0)
    inked = np.flatnonzero(profile > _IN_SIGN * max(float(profile.max(initial=0)), 1e-6))
    return (left + inked[0] - 1, left + inked[-1] + 2) if inked.size else (left, left)
