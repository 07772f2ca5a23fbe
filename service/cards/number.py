"""The card number: two letters, eight digits, two letters. What its parts mean is not published."""

from __future__ import annotations

import re
import unicodedata

from service.cards.lookalike import edits, fold

__all__ = ["almost_well_formed", "compact", "well_formed"]

_FORM = re.compile(r"[A-Z]{2}[0-9]{8}[A-Z]{2}")
_LETTER, _DIGIT = "A", "0"
_SHAPE = "AA00000000AA"
_DIGIT_LIKE = frozenset(fold("0123456789"))


def compact(text: str) -> str:
    """The number without spaces, in half-width signs."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def well_formed(text: str) -> bool:
    """Whether the text has the form of a card number; says nothing about its being issued."""
    return _FORM.fullmatch(compact(text)) is not None


def _kind(sign: str) -> str:
    return _DIGIT if sign.isdigit() else _LETTER if sign.isalpha() else "?"


def _may_be(sign: str, wanted: str) -> bool:
    """Whether a sign is of the wanted kind or looks like one that is; 0/O, 1/I, 5/S, 8/B and so on."""
    return _kind(sign) == wanted or fold(sign) in _DIGIT_LIKE


def almost_well_formed(text: str) -> bool:
    """Whether look-alikes alone, or one slip of reading, would explain a number that is not well formed."""
    number = compact(text)
    alike = len(number) == len(_SHAPE) and all(map(_may_be, number, _SHAPE))
    return alike or edits("".join(map(_kind, number)), _SHAPE) <= 1
