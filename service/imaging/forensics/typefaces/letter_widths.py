"""About how wide capitals are in faces with serifs: enough to look for them in the right place."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["WIDTHS", "middles"]

WIDTHS: Mapping[str, int] = {
    " ": 300, "I": 370, "J": 450, "S": 590, "F": 610, "P": 610, "Z": 610, "L": 640, "E": 670, "T": 690,
    "R": 690, "B": 700, "C": 700, "X": 710, "Y": 710, "A": 720, "V": 720, "D": 750, "G": 750, "K": 750,
    "O": 750, "Q": 750, "U": 770, "N": 770, "H": 780, "M": 920, "W": 960,
}  # fmt: skip
"""Thousandths of the size; rounded means of several faces, no one of which is the card's."""
_OTHER = 500


def middles(text: str) -> list[float]:
    """Where the middle of each sign of a line lies, 0 at its beginning and 1 at its end."""
    wide = [WIDTHS.get(sign, _OTHER) for sign in text]
    total = sum(wide)
    return [(sum(wide[:i]) + width / 2) / total for i, width in enumerate(wide)]
