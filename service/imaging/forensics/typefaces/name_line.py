"""The Latin name beside the card number: their letters are of one face."""

from __future__ import annotations

import re
from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box
from service.imaging.forensics.typefaces.dates import Typeface, agreement
from service.imaging.forensics.typefaces.letter_widths import middles
from service.imaging.forensics.typefaces.number_line import LETTERS
from service.imaging.forensics.typefaces.print_line import Plane, PrintLine, extent, line_ink, print_profile

__all__ = ["compare_name"]

_NAME = re.compile(r"[A-Z][A-Z ]+[A-Z]")
_LINE, _TWO_LINES = 0.038, 0.05
"""Height of one line, and from which on there are two, over that of the card."""
_LONGEST = 30
"""Letters of a name that fits on its line as it is: longer ones are set narrower or in two lines."""
_BODY = 0.25
"""Share of the fullest row from which a row belongs to the capitals."""
_INKED = 0.12
_SIZES = (0.92, 0.96, 1.0, 1.04, 1.08)
_ROWS, _COLUMNS = 4, 8
"""Pixels round the line in which a letter may reach."""
_ASTRAY = 0.05
"""How far from its place a letter is looked for, in lengths of the line."""
_FEWEST_COLUMNS = 6
_FEWEST_LETTERS = 2
_LEFT_OUT = 1
"""Letters that may be misread, worn, or cut off with a part of the one beside them."""


def compare_name(
    field: str,
    luma: NDArray[np.uint8],
    text: str,
    box: Box,
    number: PrintLine,
    dates: Mapping[str, PrintLine],
    *,
    kanji_below: bool = False,
) -> Typeface | None:
    """How much less alike the name's letters are to the card number's than the dates are among themselves.

    ``text`` was read in ``box``, ``kanji_below`` says whether its second line is in kanji. None where the
    name is long or in two lines of letters, too faint, or shares fewer than two letters with the ``number``.
    """
    x, y, w, h = box
    fits = _NAME.fullmatch(text) and len(text) <= _LONGEST and (h < _TWO_LINES or kanji_below)
    ink = line_ink(luma, (x, y, w, min(h, _LINE))) if fits else None
    others = agreement(dates)
    if ink is None or others is None:
        return None
    body = extent(ink.sum(axis=1), _BODY)
    usual = number.rows.stop - number.rows.start - 2  # a row is added to the number's on either side
    large = [_enlarged(ink, size * usual / (body.stop - body.start)) for size in _SIZES]
    found = {
        number.text[i]: max(_alike(plane, text, number, i) for plane in large)
        for i in LETTERS
        if number.text[i] in text and number.sign(i).shape[1] >= _FEWEST_COLUMNS
    }
    values = sorted(found.values())
    if len(values) < _FEWEST_LETTERS:
        return None
    return Typeface(field, others - float(np.mean(values[_LEFT_OUT:])), others)


def _enlarged(ink: Plane, scale: float) -> Plane:
    large = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.pad(large, ((_ROWS, _ROWS), (_COLUMNS, _COLUMNS))), np.float32)


def _alike(ink: Plane, text: str, number: PrintLine, index: int) -> float:
    """How alike a letter of the number is to the same letter of the name, the best of its places."""
    pattern = np.ascontiguousarray(number.sign(index))
    inked = np.flatnonzero(print_profile(ink) > _INKED)
    if inked.size == 0 or pattern.shape[0] > ink.shape[0] or pattern.shape[1] > ink.shape[1]:
        return -1.0
    look = cv2.matchTemplate(ink, pattern, cv2.TM_CCOEFF_NORMED).max(axis=0)
    length = float(inked[-1] - inked[0])
    best = -1.0
    for sign, middle in zip(text, middles(text), strict=True):
        if sign == number.text[index]:
            at = inked[0] + length * middle - pattern.shape[1] / 2
            first, last = max(0, int(at - _ASTRAY * length)), int(at + _ASTRAY * length) + 1
            best = max(best, float(look[first:last].max(initial=-1.0)))
    return best
