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


def _class(sign: str, wanted: str) -> str:
    folded = fold(sign)
    if wanted == _DIGIT and (sign.isdigit() or folded in _DIGIT_LIKE):
        return _DIGIT
    if wanted == _LETTER and (sign.isalpha() or folded in _DIGIT_LIKE):
        return _LETTER
    return _DIGIT if sign.isdigit() else _LETTER if "A" <= sign <= "Z" else "?"


def almost_well_formed(text: str) -> bool:
    """Whether look-alikes or one slip of reading would explain a number that is not well formed."""
    number = compact(text)
    if len(number) == len(_SHAPE):
        shape = "".join(_class(sign, wanted) for sign, wanted in zip(number, _SHAPE, strict=True))
    else:
        shape = "".join(_DIGIT if sign.isdigit() else _LETTER if sign.isalpha() else "?" for sign in number)
    return edits(shape, _SHAPE) <= 1
