"""Full- and half-width digits: which fields print which.

A reader of print takes both for the same sign, so the width is measured: by the pitch of the digits (what the
reader measures) and by the length of the whole text. Both must agree before anything is said.
"""

from __future__ import annotations

from typing import Final

from service.checks.text.question import FIRST_GENERATION, Answer, Text, text_check
from service.evidence import CARD_HEIGHT_MM, CARD_WIDTH_MM, FieldReading
from service.verdict import Effect, Result

__all__ = ["CHECKS"]

_HALF_FIELDS: Final = ("date_of_birth", "permission_date", "issue_date")
_FULL_FIELDS: Final = ("card_valid_until", "stay_until")
_EXPECTED: Final = {**dict.fromkeys(_HALF_FIELDS, "half"), **dict.fromkeys(_FULL_FIELDS, "full")}
_HALF_BELOW: Final = 0.82
_FULL_ABOVE: Final = 0.92
"""Length of a date per sign, in heights of the line: 0.75 and 0.98 on the issuer's drawn specimen."""
_FEWEST: Final = 2
"""Fields that must have been measured before the widths count as seen, and before they count as wrong: an
underline makes a single line look taller, and its digits narrower, than they are."""


def _pitch(reading: FieldReading) -> str | None:
    """``full`` or ``half`` by the pitch of the digits, None where the reader could not tell."""
    return reading.extra.get("digit_width")


def _length(reading: FieldReading) -> str | None:
    """``full`` or ``half`` by the length of the text; None where it lies between or was not found."""
    signs = len("".join(reading.raw.split()))
    if reading.box is None or not signs:
        return None
    per_sign = reading.box[2] * CARD_WIDTH_MM / (reading.box[3] * CARD_HEIGHT_MM) / signs
    return "full" if per_sign > _FULL_ABOVE else "half" if per_sign < _HALF_BELOW else None


def _digit_width(text: Text) -> Answer:
    measured = {name: _pitch(text.readings[name]) for name in _EXPECTED if name in text}
    known = {name: width for name, width in measured.items() if width is not None}
    wrong = tuple(name for name, width in known.items() if width != _EXPECTED[name])
    if not wrong:
        return Answer("as_printed" if len(known) >= _FEWEST else "not_measurable")
    tells_apart = len(known) > len(wrong) >= _FEWEST
    borne_out = all(_length(text.readings[name]) == known[name] for name in wrong)
    return Answer("wrong_width" if tells_apart and borne_out else "not_measurable", wrong)


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
        optional=tuple(_EXPECTED),
        layouts=FIRST_GENERATION,
    ),
)
