"""One printed field against the chip's: two readings, and what the pictures themselves say of either text."""

from __future__ import annotations

from dataclasses import replace

from service.checks.case import Case
from service.checks.comparison import Comparison, Likeness, compare_readings
from service.evidence import FieldReading
from service.reading.two_pictures import Apart

__all__ = ["print_against_chip"]

OPEN_FIELDS = frozenset({"address", "name_kanji"})
"""Texts with signs that the recogniser does not know: it may be wrong there without a doubt."""
SAME_PRINT = 0.80
"""Agreement of the two lines as pictures from which a doubt in reading counts for nothing; one changed digit
leaves up to 0.80, own print has 0.68 and more (docs/measures/chip.md)."""
SAME_PRINT_OPEN = 0.60
"""The same for open fields, which nothing but an entitlement hangs on."""
APART_CLOSED = 5.0
"""Nats by which each picture must speak against the other's text before a sure difference counts: own cards
have up to 3 where both readings are sure, one exchanged sign 5 and more (docs/measures/chip.md)."""
APART_KNOWN = 7.0
"""The same for digits, letters and kana in open fields."""
APART_ALONE = 14.0
"""Nats from which an exchanged sign is another one, however sure the readings were."""
APART_BEYOND = 18.0
"""Nats from which an exchanged sign is another one even where the lines look the same: 970 own cards have up
to 11, in addresses, and of 770 changed signs six with 18 and more were passed for that likeness."""
APART_DIGIT = 10.0
"""Nats from which an exchanged digit, letter or kana of a closed field is another one, however sure the
readings and however alike the lines were: 324 own cards, 88 of them in hard photos, have up to 3 there."""
CERTAIN_PRINT = 0.85
"""Agreement from which even a difference that both were sure of is a question, not an accusation."""


def print_against_chip(case: Case, chip: FieldReading, printed: FieldReading) -> Comparison:
    """The two readings compared, and where they differ, what the two pictures say of either text.

    A doubt in reading is settled by lines that look the same, unless the pictures speak against it.
    """
    compared, apart = compare_readings(chip, printed), case.apart.get(chip.name)
    parsed = chip.value is not None and printed.value is not None
    if parsed and chip.name not in OPEN_FIELDS and _another_digit(apart):
        return replace(compared, likeness=Likeness.DIFFER)
    if compared.likeness is Likeness.AGREE and not (parsed and _another_sign(apart)):
        return compared
    compared = _weighed(compared, apart, chip.name in OPEN_FIELDS, parsed)
    alike, doubt = case.same_print.get(chip.name, 0.0), compared.likeness is Likeness.UNCLEAR
    if chip.name in OPEN_FIELDS:
        vouched = alike >= SAME_PRINT_OPEN and compared.kanji_alone
    else:
        vouched = alike >= SAME_PRINT and (apart is None or apart.exchanged < APART_CLOSED)
    if doubt and vouched:
        return replace(compared, likeness=Likeness.AGREE)
    beyond = parsed and apart is not None and apart.exchanged >= APART_BEYOND
    doubted = alike >= CERTAIN_PRINT and not beyond
    return replace(compared, likeness=Likeness.UNCLEAR) if doubted else compared


def _another_digit(apart: Apart | None) -> bool:
    return apart is not None and min(apart.known, apart.exchanged) >= APART_DIGIT


def _another_sign(apart: Apart | None) -> bool:
    return apart is not None and apart.exchanged >= APART_ALONE


def _weighed(compared: Comparison, apart: Apart | None, open_field: bool, parsed: bool) -> Comparison:
    """A sure difference stands where each picture speaks against the other's text, and is a doubt elsewhere.

    A recogniser may be sure of a wrong kanji and unsure of a right sign: where the pictures themselves leave
    no doubt, they decide.
    """
    sure = compared.likeness is Likeness.DIFFER and not (open_field and compared.kanji_alone)
    if apart is not None:
        sure = sure and (apart.known >= APART_KNOWN if open_field else apart.most >= APART_CLOSED)
        sure = sure or (parsed and _another_sign(apart))
    return replace(compared, likeness=Likeness.DIFFER if sure else Likeness.UNCLEAR)
