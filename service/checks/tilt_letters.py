"""What the photo's place says about floating letters: they float, they are missing, or neither is sure.

Limits were looked at on styles a and b of scripts/specimens; measured on other seeds (docs/measures/tilt.md).
"""

from __future__ import annotations

from service.checks.case import Case
from service.checks.tilt_sequence import usable
from service.imaging.tilt import LetterMotion

__all__ = ["ABSENT", "FLOATS", "MISSING_FRAMES", "SEEN_AGAIN", "floats", "letter_motion", "without_letters"]

FLOATS = 4.0
ABSENT = 2.0
"""Evidence of letters: on 14 genuine cards of style a in a lamp's or a window's light 2.8 and more, in 41
clips without letters up to 2.6, of replaced photographs up to 1.8."""
SEEN_AGAIN = 0.12
"""Likeness of the photo's place in frames of one angle, beyond that in others: genuine cards in a lamp's or a
window's light 0.26 and more, in a bright room also where no shift was found; clips without letters to 0.15.
"""
MISSING_FRAMES = 12
"""Frames from which letters can be missed: evidence grows with them, genuine cards had 2.2 in 8 frames."""


def letter_motion(case: Case) -> LetterMotion | None:
    """What was measured over the photo, None where that may not be judged."""
    ovd = case.layout.front.ovd("letters") if case.layout else None
    sequence = usable(case, "horizontal")
    return sequence.letters if sequence and ovd is not None and ovd.confirmed else None


def floats(letters: LetterMotion) -> bool:
    """Whether letters shift with the angle, and are the same when the card comes back to it."""
    return letters.evidence >= FLOATS and (letters.again is None or letters.again >= SEEN_AGAIN)


def without_letters(case: Case) -> bool:
    """Whether the frames show no letters where the card would have them, whatever the reason."""
    letters = letter_motion(case)
    if letters is None or letters.again is None or letters.frames < MISSING_FRAMES:
        return False
    return letters.evidence < ABSENT and letters.again < SEEN_AGAIN
