"""Which tilt sequences can be judged: far enough there and back, in colour, and of the card of the front."""

from __future__ import annotations

from service.checks.base import Finding
from service.checks.case import Case
from service.imaging.tilt import AXES, Sequence
from service.verdict import NextAction

__all__ = ["LEAST_FRAMES", "LEAST_SPAN_DEG", "same_card", "sequence_fault", "sequences", "usable"]

LEAST_FRAMES = 8
LEAST_SPAN_DEG = 20.0
LEAST_TURN_DEG = 65.0
"""Of a sequence turned in the card's plane."""
LEAST_TRAVEL = 1.5
"""A sweep travels its span once; there and back twice. Two prints exchanged in a sweep look like a film."""
LABELS_ALIKE = 0.60
SAME_PRINT = 0.55
OTHER_PRINT = 0.35


def sequence_fault(sequence: Sequence) -> str | None:
    """What keeps a sequence from being judged: the last part of a reason code, or None."""
    turning = sequence.axis == "rotate"
    if sequence.found * 2 < sequence.supplied:
        return "card_not_found"
    if sequence.used < LEAST_FRAMES:
        return "few_frames"
    if sequence.span_deg < (LEAST_TURN_DEG if turning else LEAST_SPAN_DEG):
        return "small_range"
    if sequence.travel < LEAST_TRAVEL and not turning:
        return "one_way"
    return None if sequence.coloured else "no_colour"


def sequences(case: Case) -> list[Sequence]:
    """All sequences that were measured."""
    facts = case.tilt
    return [s for axis in AXES if facts and (s := facts.sequence(axis))]


def same_card(case: Case) -> Finding:
    """The finding of ``tilt.same_card``."""
    compared = [s.same for s in sequences(case) if s.same and s.used >= LEAST_FRAMES and s.same.places >= 3]
    clear = [same for same in compared if same.fixed >= LABELS_ALIKE]
    if not clear:
        return Finding("tilt.same_card.unclear", next_action=NextAction.TILT_CARD)
    worst = min(same.own for same in clear)
    reason = "same" if worst >= SAME_PRINT else "differs" if worst < OTHER_PRINT else "unclear"
    return Finding(f"tilt.same_card.{reason}", measured=round(worst, 3), threshold=OTHER_PRINT)


def usable(case: Case, axis: str) -> Sequence | None:
    """The sequence about an axis, where it can be judged and shows the card of the front."""
    sequence = case.tilt.sequence(axis) if case.tilt else None
    if sequence is None or sequence_fault(sequence) is not None:
        return None
    return sequence if same_card(case).reason != "tilt.same_card.differs" else None
