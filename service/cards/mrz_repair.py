"""From what a reader saw in each character's place to the likeliest text that the check digits allow.

A character is changed only where the check digits prove it: the text as read breaks one of them, the changed
text breaks none, and no other change of similar likelihood would do.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.cards.mrz import FORMATS, Cell, CheckDigit, Format, Signs, check_digits

__all__ = ["Decoded", "Seen", "decode"]

Seen = Mapping[str, float]
"""Probability of each character in one place, 0 ... 1; characters that are left out have none."""

_LEAST_SHARE = 0.01
"""A character less than this likely, compared with the likeliest one, is no alternative."""
_MOST_DOUBTFUL = 14
"""Characters of one zone that may be in doubt at once."""
_MOST_TRIALS = 4000
_CLEAR = math.log(3.0)
"""A correction must be this much likelier than the next one that the check digits allow."""
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class Decoded:
    """A zone's text with how surely it was read."""

    format: str
    lines: tuple[str, ...]
    confidences: tuple[tuple[float, ...], ...]
    """Probability of each character as the reader saw it, whatever the check digits say."""
    corrected: tuple[Cell, ...]
    """Places whose character was changed because the check digits prove it."""
    likelihood: float
    """Mean logarithm of the probabilities, 0 for certain."""
    checks: tuple[CheckDigit, ...]

    @property
    def holds(self) -> bool:
        """Whether every check digit is right."""
        return all(check.holds for check in self.checks)

    @property
    def broken(self) -> int:
        """How many check digits are wrong."""
        return sum(not check.holds for check in self.checks)


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A place with the characters that may stand there instead, each with what it costs."""

    cell: Cell
    options: tuple[tuple[float, str], ...]


def _allowed(seen: Seen, signs: Signs) -> list[tuple[float, str]]:
    """The characters that may stand in a place, likeliest first."""
    return sorted(((seen.get(sign, 0.0), sign) for sign in signs.value), key=lambda pair: -pair[0])


def _doubts(grid: Mapping[Cell, list[tuple[float, str]]], cells: frozenset[Cell]) -> list[_Doubt]:
    found: list[_Doubt] = []
    for cell in cells:
        ranked = grid[cell]
        best = max(ranked[0][0], _NOTHING)
        others = tuple(
            (math.log(best / share), sign)
            for share, sign in ranked[1:]
            if share >= max(_LEAST_SHARE * best, _NOTHING)
        )
        if others:
            found.append(_Doubt(cell, others))
    found.sort(key=lambda doubt: doubt.options[0][0])
    return found[:_MOST_DOUBTFUL]


def _changed(lines: Sequence[str], changes: Sequence[tuple[Cell, str]]) -> list[str]:
    out = [list(line) for line in lines]
    for (line, column), sign in changes:
        out[line][column] = sign
    return ["".join(line) for line in out]


def _repairs(
    lines: Sequence[str], shape: Format, doubts: Sequence[_Doubt]
) -> list[tuple[float, list[tuple[Cell, str]]]]:
    """The likeliest changes under which every check digit holds, at most two, best first."""
    queue: list[tuple[float, int, int, list[tuple[Cell, str]]]] = [(0.0, 0, -1, [])]
    tried = 0
    found: list[tuple[float, list[tuple[Cell, str]]]] = []
    while queue and tried < _MOST_TRIALS and len(found) < 2:
        cost, _, last, changes = heapq.heappop(queue)
        if changes and all(check.holds for check in check_digits(_changed(lines, changes), shape)):
            found.append((cost, changes))
        for place in range(last + 1, len(doubts)):
            for more, sign in doubts[place].options:
                tried += 1
                entry = (cost + more, tried, place, [*changes, (doubts[place].cell, sign)])
                heapq.heappush(queue, entry)
    return found


def _as_read(
    seen: Sequence[Sequence[Seen]], shape: Format
) -> tuple[list[str], dict[Cell, list[tuple[float, str]]]]:
    signs = shape.signs()
    grid = {
        (line, column): _allowed(cell, signs[line, column])
        for line, row in enumerate(seen)
        for column, cell in enumerate(row)
    }
    lines = ["".join(grid[line, column][0][1] for column in range(len(row))) for line, row in enumerate(seen)]
    return lines, grid


def _decode(seen: Sequence[Sequence[Seen]], shape: Format) -> Decoded:
    lines, grid = _as_read(seen, shape)
    changes: list[tuple[Cell, str]] = []
    checks = check_digits(lines, shape)
    if not all(check.holds for check in checks):
        covered = frozenset(cell for check in checks for cell in check.cells)
        repairs = _repairs(lines, shape, _doubts(grid, covered))
        if repairs and (len(repairs) == 1 or repairs[1][0] - repairs[0][0] >= _CLEAR):
            changes = repairs[0][1]
            lines = _changed(lines, changes)
    shares = tuple(
        tuple(seen[line][column].get(sign, 0.0) for column, sign in enumerate(text))
        for line, text in enumerate(lines)
    )
    every = [max(share, _NOTHING) for row in shares for share in row]
    return Decoded(
        format=shape.name,
        lines=tuple(lines),
        confidences=shares,
        corrected=tuple(sorted(cell for cell, _ in changes)),
        likelihood=sum(math.log(share) for share in every) / len(every),
        checks=check_digits(lines, shape),
    )


def decode(seen: Sequence[Sequence[Seen]]) -> Decoded | None:
    """The best text of a zone from what was seen in every place; None for the shape of no format.

    Only what a format allows in a place is read there (no digit in a name, no letter in a date). Of formats
    of the same shape, visa and travel document, the one whose first character fits is taken.
    """
    lengths = {len(row) for row in seen}
    fitting = [f for f in FORMATS.values() if len(seen) == f.lines and lengths == {f.length}]
    if not fitting:
        return None
    visa = seen[0][0].get("V", 0.0) > max(seen[0][0].get(sign, 0.0) for sign in "ACIP")
    return _decode(seen, next(f for f in fitting if ("V" in f.codes) == visa))
