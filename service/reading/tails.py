"""Q and O in a card number: the tail below the line tells them apart, and is the first thing a reader loses.

The tail is looked for in the print itself, against the foot of the digits beside it, which stand on the line.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from service.reading.ink import TextBox, ink_map
from service.reading.recogniser import TextLine

__all__ = ["with_tails"]

_LENGTH = 12
_LETTERS, _DIGITS = (0, 1, 10, 11), range(2, 10)
_AROUND = 20
"""Raster pixels round the number, in which its paper is found."""
_LEAST_INK = 20.0
_FOOT = 0.35
"""Share of a sign's fullest row from which a row belongs to it."""
_BELOW, _DEEPEST = 0.10, 0.34
"""Where a tail ends, in heights of a digit below the line."""
_LEFT, _RIGHT = 0.45, 0.80
"""Columns in which a tail may lie, in steps between signs: it points to the right."""
_TAIL, _DOUBT = 0.085, 0.06
"""Ink of a tail over that of its sign, less what the digits have there (docs/measures/reading.md)."""
_CLAIM, _MOST = 0.93, 0.89
"""What a Q that was read as O may claim where its tail is seen, and an O where there may be one."""
_REACHING = "QJ"
"""Signs whose own tail reaches below a neighbour."""


def with_tails(raster: NDArray[np.uint8], box: TextBox, line: TextLine) -> TextLine:
    """A card number in which an O with a tail is a Q; ``raster`` is the rectified card, (638, 1012, 3)."""
    if len(line.text) != _LENGTH or not any(line.text[i] in "O0" for i in _LETTERS):
        return line
    tails = _tails(raster, box, line)
    signs, claims = list(line.text), list(line.char_confidences)
    for i, tail in tails.items():
        if signs[i] not in "O0" or tail < _DOUBT:
            continue
        beside = line.text[max(0, i - 1)] + line.text[min(_LENGTH - 1, i + 1)]
        if tail >= _TAIL and not set(beside) & set(_REACHING):
            signs[i], claims[i] = "Q", _CLAIM
        else:
            claims[i] = min(claims[i], _MOST)
    return replace(
        line, text="".join(signs), char_confidences=tuple(claims), confidence=min(claims, default=0.0)
    )


def _tails(raster: NDArray[np.uint8], box: TextBox, line: TextLine) -> dict[int, float]:
    """Ink below the line at each letter's place; empty where the line cannot be found."""
    top, left = max(0, box.y0 - _AROUND), max(0, box.x0 - _AROUND)
    ink = ink_map(raster[top : box.y1 + _AROUND, left : box.x1 + _AROUND]).astype(np.float32)
    level = float(np.percentile(ink[box.y0 - top : box.y1 - top, box.x0 - left : box.x1 - left], 95))
    if level < _LEAST_INK:
        return {}
    ink = np.minimum(ink / level, 1)
    centres = [box.x0 - left + at * box.width for at in line.positions]
    step = float(np.median(np.diff(centres)))

    def rows(index: int, before: float, after: float) -> NDArray[np.float32]:
        first, last = round(centres[index] - before * step), round(centres[index] + after * step)
        return np.asarray(ink[:, max(0, first) : max(1, first + 1, last)].sum(axis=1), np.float32)

    reach = slice(max(0, box.y0 - top - 4), box.y1 - top + 6)
    inked = [
        np.flatnonzero(r[reach] > _FOOT * r.max()) + reach.start for r in (rows(i, 0.4, 0.4) for i in _DIGITS)
    ]
    ends = [(found[0], found[-1]) for found in inked if found.size]
    if not ends:
        return {}
    head, foot = (int(np.median(side)) for side in zip(*ends, strict=True))
    high = foot - head + 1
    below = slice(round(foot + _BELOW * high) + 1, round(foot + _DEEPEST * high) + 1)

    def tail(index: int, before: float, after: float) -> float:
        whole = float(rows(index, _LEFT, _LEFT)[head : foot + 1].sum())
        return float(rows(index, before, after)[below].sum()) / max(whole, 1.0)

    usual = float(np.median([tail(i, 0.4, 0.4) for i in _DIGITS]))
    return {i: tail(i, _LEFT, _RIGHT) - usual for i in _LETTERS}
