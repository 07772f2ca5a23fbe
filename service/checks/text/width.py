"""Full- and half-width digits: which fields print which.

Readers of print often cannot tell the two apart, so the signs as read and the measured width of the text must
both speak before anything is said.
"""

from __future__ import annotations

import re
from typing import Final

from service.checks.text.question import FIRST_GENERATION, Answer, Text, text_check
from service.evidence import CARD_HEIGHT_MM, CARD_WIDTH_MM, FieldReading
from service.verdict import Effect, Result

__all__ = ["CHECKS"]

_FULL: Final = re.compile(r"[０-９]")
_HALF: Final = re.compile(r"[0-9]")
_HALF_FIELDS: Final = ("date_of_birth", "permission_date", "issue_date")
_FULL_FIELDS: Final = ("card_valid_until", "stay_until")
_WIDE: Final = 12.0
"""Width over height of a printed date: about 8.7 in half-width digits, 15 in full-width ones (specimen)."""
_SURE: Final = 1.15
"""How far beyond that ratio a text must lie to count as measured."""


def _signs(reading: FieldReading) -> str:
    """``full``, ``half`` or ``mixed`` by the digits as read; ``mixed`` where there are none."""
    full, half = bool(_FULL.search(reading.raw)), bool(_HALF.search(reading.raw))
    return "mixed" if full == half else "full" if full else "half"


def _measured(reading: FieldReading) -> str:
    """``full`` or ``half`` by the shape of the text, ``mixed`` where that does not tell."""
    if reading.box is None:
        return "mixed"
    ratio = reading.box[2] * CARD_WIDTH_MM / (reading.box[3] * CARD_HEIGHT_MM)
    return "full" if ratio > _WIDE * _SURE else "half" if ratio < _WIDE / _SURE else "mixed"


def _digit_width(text: Text) -> Answer:
    expected = {**dict.fromkeys(_HALF_FIELDS, "half"), **dict.fromkeys(_FULL_FIELDS, "full")}
    signs = {name: _signs(text.readings[name]) for name in expected if name in text}
    wrong = tuple(name for name, sign in signs.items() if sign not in ("mixed", expected[name]))
    if not wrong:
        return Answer("as_printed" if "mixed" not in signs.values() else "not_measurable")
    tells = {sign for name, sign in signs.items() if name not in wrong} >= {"full", "half"}
    shape = all(_measured(text.readings[name]) == signs[name] for name in wrong)
    return Answer("wrong_width" if tells and shape else "not_measurable", wrong)


CHECKS = (
    text_check(
        "digit_width",
        "Digits are full-width or half-width as each field prints them",
        "card data sheet §1.2, §7 (6)",
        Effect.SUPPORTING,
        (),
        {
            "as_printed": Result.PASS,
            "not_measurable": Result.INCONCLUSIVE,
            "wrong_width": Result.SUSPECT,
        },
        _digit_width,
        optional=(*_HALF_FIELDS, *_FULL_FIELDS),
        layouts=FIRST_GENERATION,
    ),
)
