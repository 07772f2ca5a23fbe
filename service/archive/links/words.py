"""What is said of a link: its reason, what may explain it innocently, and what no link proves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["CAVEATS", "INNOCENT", "NAMES", "REASONS"]

NAMES: Final[Mapping[str, str]] = {
    "link.number": "same number",
    "link.run": "numbers in a row",
    "link.photo": "same photo",
    "link.ground": "same ground",
}
REASONS: Final[Mapping[str, str]] = {
    "link.number": "One card number stands on cards of different people.",
    "link.run": "Card numbers follow each other, but the cards were issued more than a month apart.",
    "link.photo": "One photograph stands on cards of different people.",
    "link.ground": "The ground between the texts shares grain, dust or traces of wiping beyond the design.",
}
INNOCENT: Final[Mapping[str, str]] = {
    "link.number": "A forger may have used an honest holder's number: one of the cards can be genuine.",
    "link.run": (
        "Nobody outside the issuer knows how numbers are given out: stock with printed numbers may have been "
        "used up out of order."
    ),
    "link.photo": (
        "Twins, or a photographer's mistake. Cards issued anew keep name or date of birth and are not linked."
    ),
    "link.ground": (
        "One of the cards may be the genuine card that the others were made from. Cards of one small print "
        "run may share a defect of the press."
    ),
}
CAVEATS: Final = (
    "A link is a reason to look, not a finding: no verdict was changed by it.",
    "Cards are linked only where number, name and date of birth tell that they are two people's; what was "
    "not read links nobody.",
    "A pattern that more than one card in twelve shows is taken for the printed design.",
    "The strength is the chance of so great a likeness between two cards of this archive that have nothing "
    "to do with each other, in bits; it is no probability of a forgery.",
)
