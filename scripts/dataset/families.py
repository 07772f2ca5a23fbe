"""Every attack family, what it does to the card's surface, and where."""

from __future__ import annotations

from collections.abc import Iterable

from scripts.specimens.answers import Answer
from scripts.specimens.attacks import FAMILIES
from scripts.specimens.chip_attacks import CHIP_FAMILIES
from scripts.specimens.edits import EDITS, region_of
from scripts.specimens.recapture import RECAPTURES
from scripts.specimens.rules import RULE_FAMILIES
from scripts.specimens.values import FIELD_BOXES

__all__ = ["CAMERA_ONLY", "MAKERS", "SURFACE", "TYPED_OVER", "altered_boxes", "group_of", "weights"]

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 as fractions of the card."""
AS_ISSUED = frozenset({"impostor", "expired", "lapsed"})
"""Families whose card is as issued: they are no forgeries."""
MAKERS = {
    name: make
    for name, make in {**FAMILIES, **CHIP_FAMILIES, **EDITS, **RECAPTURES}.items()
    if name not in AS_ISSUED
}
"""Family -> maker of one specimen."""
CAMERA_ONLY = frozenset({"recapture_screen", "display_photo"})
"""Nobody scans a display."""
PRINTED = ("printed_card", "printed_two_rules", "real_number_own_data")
RESURFACED = frozenset({*PRINTED, "recapture_screen", "recapture_paper", *RECAPTURES})
"""Families that alter the surface of the whole card."""
TYPED_OVER = {
    "edit_validity": "card_valid_until",
    "edit_birth": "date_of_birth",
    "edit_name": "name_latin",
    "edit_status": "status_of_residence",
    "edit_work": "work_restriction",
}

SURFACE = (*RESURFACED, *TYPED_OVER, *EDITS)
"""Families that a picture of the surface can betray."""


def group_of(family: str) -> str:
    """``genuine``, ``rule``, ``chip``, ``print``, ``recapture``, ``edit`` or ``replaced``."""
    if family in RULE_FAMILIES:
        return "rule"
    if family in CHIP_FAMILIES:
        return "chip"
    if family in EDITS or family in TYPED_OVER:
        return "edit"
    if family in RECAPTURES or family.startswith("recapture"):
        return "recapture"
    if family in RESURFACED:
        return "print"
    return "genuine" if family in ("genuine", *AS_ISSUED) else "replaced"


RARER = {"rule": 0.3, "chip": 0.6}
"""Many families of these groups look alike in a picture: each is drawn less often."""


def weights(families: Iterable[str] = MAKERS) -> dict[str, float]:
    """Share of each family among the forgeries."""
    raw = {name: RARER.get(group_of(name), 1.0) for name in families}
    total = sum(raw.values())
    return {name: value / total for name, value in raw.items()}


def altered_boxes(answer: Answer) -> tuple[Box, ...]:
    """Where the surface was altered, (0, 0, 1, 1) for the whole card; empty where only words or chip are."""
    family = answer.family
    if family in RESURFACED:
        return ((0.0, 0.0, 1.0, 1.0),)
    if family in TYPED_OVER:
        return (FIELD_BOXES[TYPED_OVER[family]],)
    if family in EDITS and answer.broken_rule:
        return (region_of(family, answer.broken_rule),)
    return ()
