"""Two readings of the same text, compared sign by sign.

A recogniser errs, so a difference counts only where both sides were read with confidence, and signs that no
recogniser can tell apart (look-alikes, variant forms) count as equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from service.cards.lookalike import fold
from service.evidence import FieldReading

__all__ = ["Comparison", "Likeness", "compare_readings"]

CONFIDENT = 0.90
"""Confidence that each differing sign must have on both sides before the difference counts."""

Run = list[tuple[str, float]]
"""Signs of a reading, folded, each with its confidence."""

_IGNORED = frozenset("()[]'\"`")
"""Signs that print shows so faintly that a recogniser drops them."""


class Likeness(StrEnum):
    """Outcome of comparing two readings."""

    AGREE = "agree"
    DIFFER = "differ"
    """At least one sign differs and both sides were read with confidence."""
    UNCLEAR = "unclear"
    """They differ, but not where both were read with confidence."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Outcome with the share of signs that agree."""

    likeness: Likeness
    agreement: float
    """Share of equal signs, 0 ... 1."""
    signs: str = ""
    """The signs that differ and were read with confidence, of both sides."""

    @property
    def kanji_alone(self) -> bool:
        """Whether no digit, letter or kana is among them: a recogniser knows these, but not every kanji."""
        return all("\u3400" <= sign <= "\u9fff" for sign in self.signs)


def _signs(reading: FieldReading) -> Run:
    confidences = reading.char_confidence
    if len(confidences) != len(reading.raw):
        confidences = (reading.confidence,) * len(reading.raw)
    return [
        (folded, confidence)
        for sign, confidence in zip(reading.raw, confidences, strict=True)
        for folded in fold(sign)
        if folded not in _IGNORED
    ]


def compare_readings(first: FieldReading, second: FieldReading) -> Comparison:
    """Compare two readings of one field."""
    if first.value is not None and first.value == second.value:
        return Comparison(Likeness.AGREE, 1.0)
    a, b = _signs(first), _signs(second)
    changes, agreement = _changes(a, b)
    if not changes:
        return Comparison(Likeness.AGREE, agreement)
    signs = "".join(_counted(left, right, first.confidence, second.confidence) for left, right in changes)
    # A text without a normal form is no evidence of another value: it may come from beside the field, and an
    # impossible date is on a genuine card a misreading; on a forged one it is what the rules are for.
    parsed = first.value is not None and second.value is not None
    return Comparison(Likeness.DIFFER if signs and parsed else Likeness.UNCLEAR, agreement, signs)


def _changes(a: Run, b: Run) -> tuple[list[tuple[Run, Run]], float]:
    """The runs that differ, by the explanation that needs fewer signs, and the share of equal signs."""
    matcher = SequenceMatcher(a=[s for s, _ in a], b=[s for s, _ in b], autojunk=False)
    changes = [(a[i1:i2], b[j1:j2]) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]
    if len(a) == len(b):
        exchanged = [([one], [other]) for one, other in zip(a, b, strict=True) if one[0] != other[0]]
        if len(exchanged) <= sum(max(len(left), len(right)) for left, right in changes):
            return exchanged, 1 - len(exchanged) / max(1, len(a))
    return changes, matcher.ratio()


def _counted(first: Run, second: Run, first_whole: float, second_whole: float) -> str:
    """The signs of a changed run that were read with confidence on both sides.

    A single sign that only one side has may be one that the recogniser dropped; two in a row are not, if
    the side that lacks them was read with confidence as a whole.
    """
    if len(first) == len(second):
        pairs = zip(first, second, strict=True)
        return "".join(one[0] + other[0] for one, other in pairs if min(one[1], other[1]) >= CONFIDENT)
    if abs(len(first) - len(second)) < 2:
        return ""
    claims = [claim for _, claim in first] or [first_whole]
    claims += [claim for _, claim in second] or [second_whole]
    return "".join(sign for sign, _ in (*first, *second)) if min(claims) >= CONFIDENT else ""
