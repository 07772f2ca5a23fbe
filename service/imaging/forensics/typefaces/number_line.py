"""The card number beside the half-width dates: their digits are of one face."""

from __future__ import annotations

import re
from collections.abc import Mapping
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box
from service.imaging.forensics.typefaces.date_line import KANJI
from service.imaging.forensics.typefaces.dates import Typeface, agreement
from service.imaging.forensics.typefaces.letter_widths import WIDTHS
from service.imaging.forensics.typefaces.likeness import response, sign_likeness
from service.imaging.forensics.typefaces.print_line import Plane, PrintLine, extent, line_ink, print_profile

__all__ = ["LETTERS", "compare_number", "cut_number"]

_NUMBER = re.compile(r"[A-Z]{2}[0-9]{8}[A-Z]{2}")
LETTERS = (0, 1, 10, 11)
"""Which signs of a number are letters."""
_DIGITS = slice(2, 10)
_INKED = 0.12
"""Share of the fullest column from which a column holds print."""
_MIDDLE = 0.25
"""Share of the number's length at either end that may be letters."""
_BODY = 0.25
"""Share of the fullest row from which a row belongs to the digits."""
_PITCHES = np.arange(0.82, 1.08, 0.01)
"""Step from digit to digit over that of the dates' digits."""
_ABOUT = 0.13
"""Where two letters meet, about where their usual widths put it, in lengths of both."""
_ENDS = (1.2, 0.7)
"""Steps before the first digit and after the last one that letters fill at least."""
_FEWEST_SIGNS = 4
_LEFT_OUT = 1
"""Signs that may be misread, worn or crossed by a line."""


def cut_number(
    luma: NDArray[np.uint8], text: str, box: Box, dates: Mapping[str, PrintLine]
) -> PrintLine | None:
    """The card number read as ``text`` in ``box``, its digits brought to the height of those of ``dates``.

    The digits are cut where they look most like the dates' digits, the letters where least ink lies between
    them. None where the text is no number, is too faint, or shares too few digits with the dates.
    """
    ink = line_ink(luma, box) if _NUMBER.fullmatch(text) and dates else None
    inked = np.flatnonzero(print_profile(ink) > _INKED) if ink is not None else np.zeros(0)
    if ink is None or inked.size == 0:
        return None
    length = int(inked[-1] - inked[0]) + 1
    middle = slice(inked[0] + round(_MIDDLE * length), inked[0] + round((1 - _MIDDLE) * length))
    body = extent(ink[:, middle].sum(axis=1), _BODY)
    scale = median(_digit_height(line) for line in dates.values()) / (body.stop - body.start)
    large = np.asarray(cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.float32)
    found = _laid_on(large, text[_DIGITS], dates)
    if found is None:
        return None
    start, pitch = found
    cells = np.asarray(start + pitch * np.column_stack([np.arange(8), np.arange(1, 9)]), np.float64)
    rows = slice(max(0, round(body.start * scale) - 1), round(body.stop * scale) + 1)
    before = _letters(large[rows], 0, round(start), text[:2])
    after = _letters(large[rows], round(start + 8 * pitch), large.shape[1], text[10:])
    return PrintLine(text, large, np.vstack([before, cells, after]), rows)


def compare_number(field: str, number: PrintLine, dates: Mapping[str, PrintLine]) -> Typeface | None:
    """How much less alike the number's digits are to those of the dates than these are to each other.

    None where too few digits stand in a date as well.
    """
    others = agreement(dates)
    found = [sign_likeness(number, i, dates.values()) for i in range(len(number.text)) if i not in LETTERS]
    values = sorted(value for value in found if value is not None)
    if others is None or len(values) < _FEWEST_SIGNS:
        return None
    return Typeface(field, others - float(np.mean(values[_LEFT_OUT:])), others)


def _laid_on(ink: Plane, digits: str, dates: Mapping[str, PrintLine]) -> tuple[float, float] | None:
    """Start and step at which the digits look most like those of the dates."""
    looks = {sign: response(ink, sign, dates.values()) for sign in set(digits)}
    rows = [(i, look.max(axis=0)) for i, sign in enumerate(digits) if (look := looks[sign]) is not None]
    if len(rows) < _FEWEST_SIGNS:
        return None
    usual = median(_digit_pitch(line) for line in dates.values())
    step, start = (grid.ravel() for grid in np.meshgrid(usual * _PITCHES, np.arange(ink.shape[1])))
    fits = (start >= _ENDS[0] * step) & (start + (8 + _ENDS[1]) * step <= ink.shape[1])
    step, start = step[fits], start[fits]
    if step.size == 0:
        return None
    last = ink.shape[1] - 1
    total = sum(look[np.minimum(np.round(start + (i + 0.5) * step).astype(int), last)] for i, look in rows)
    best = int(np.argmax(total))
    return float(start[best]), float(step[best])


def _letters(ink: Plane, first: int, last: int, pair: str) -> NDArray[np.float64]:
    """(2, 2): where two letters begin and end; empty places where there is no print."""
    profile = ink[:, first:last].sum(axis=0)
    inked = np.flatnonzero(profile > _INKED * profile.max(initial=1e-6))
    if inked.size < _FEWEST_SIGNS:
        return np.zeros((2, 2))
    left, right = first + int(inked[0]), first + int(inked[-1]) + 1
    usual = WIDTHS[pair[0]] / (WIDTHS[pair[0]] + WIDTHS[pair[1]])
    low, high = (left + round((usual + step) * (right - left)) for step in (-_ABOUT, _ABOUT))
    meet = low + int(np.argmin(ink[:, low : max(high, low + 1)].sum(axis=0)))
    return np.array([(left, meet), (meet, right)], np.float64)


def _digit_cells(line: PrintLine) -> NDArray[np.float64]:
    return line.bounds[[i for i in range(len(line.text)) if i not in KANJI]]


def _digit_pitch(line: PrintLine) -> float:
    return float(np.mean(np.diff(_digit_cells(line), axis=1)))


def _digit_height(line: PrintLine) -> int:
    cells = np.round(_digit_cells(line)).astype(int).clip(0)
    rows = extent(np.sum([line.ink[:, a:b].sum(axis=1) for a, b in cells], axis=0), _BODY)
    return int(rows.stop - rows.start)
