"""The card number: two letters, eight digits, two letters. What its parts mean is not published."""

from __future__ import annotations

import re
import unicodedata

from service.cards.lookalike import edits, fold

__all__ = ["NUMBER_LENGTH", "almost_well_formed", "compact", "well_formed"]

_FORM = re.compile(r"[A-Z]{2}[0-9]{8}[A-Z]{2}")
_LETTER, _DIGIT = "A", "0"
_SHAPE = "AA00000000AA"
NUMBER_LENGTH = len(_SHAPE)
_ALIKE = frozenset(fold("OISBZG"))
_MOST_ALIKE = 2
"""More look-alikes than this in one number are no slip of reading."""


def compact(text: str) -> str:
    """The number without spaces, in half-width signs."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def well_formed(text: str) -> bool:
    """Whether the text has the form of a card number; says nothing about its being issued."""
    return _FORM.fullmatch(compact(text)) is not None


def _kind(sign: str) -> str:
    return _DIGIT if sign.isdigit() else _LETTER if sign.isalpha() else "?"


def _slips(number: str) -> int | None:
    """How many signs only look like the wanted kind (0/O, 1/I, 5/S ...); None where one does not."""
    wrong = [sign for sign, wanted in zip(number, _SHAPE, strict=True) if _kind(sign) != wanted]
    return len(wrong) if all(fold(sign) in _ALIKE for sign in wrong) else None


def almost_well_formed(text: str) -> bool:
    """Whether look-alikes alone, or one sign too many or too few, would explain a number of another form.

    A digit that looks like no letter, read surely in a letter's place, is no slip of reading.
    """
    number = compact(text)
    slips = _slips(number) if len(number) == len(_SHAPE) else None
    if slips is not None and slips <= _MOST_ALIKE:
        return True
    return len(number) != len(_SHAPE) and edits("".join(map(_kind, number)), _SHAPE) <= 1
