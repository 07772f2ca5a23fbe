"""What the change of one colour says: it follows the angle, stays, jumps, or runs through the rainbow.

Limits were looked at on styles a and b of scripts/specimens; measured on other seeds (docs/measures/tilt.md).
"""

from __future__ import annotations

from collections.abc import Iterable

from service.imaging.tilt import Change

__all__ = ["FOLLOWS_SCORE", "STRONG_SCORE", "follows", "jumps", "still", "strays"]

FOLLOWS_SCORE = 8.0
FOLLOWS_SINGLE = 0.6
STRONG_SCORE = 10.0
STILL_SCORE = 6.0
STILL_TOGETHER = 8.0
"""Of all films together: where the mark hardly answers, in a bright room, the strip answers a little too."""
STILL_MOTION = 24.0
JUMP_SWING = 14.0
JUMP_STEP = 0.88
JUMP_SINGLE = 0.45
STRAY_SWING = 20.0
STRAY_FIT = 0.45
STRAY_HUES = 240.0


def follows(change: Change) -> bool:
    """Whether a colour goes between two levels as a function of the angle."""
    return change.score >= FOLLOWS_SCORE and change.single >= FOLLOWS_SINGLE


def jumps(change: Change) -> bool:
    """Whether a colour changes once in time and not with the angle: another print was put in its place."""
    return change.swing >= JUMP_SWING and change.in_time >= JUMP_STEP and change.single <= JUMP_SINGLE


def strays(change: Change) -> bool:
    """Whether a colour runs through more than the two of the film."""
    unlike = abs(change.follows) * change.step < STRAY_FIT
    return change.swing >= STRAY_SWING and change.hues >= STRAY_HUES and (unlike or change.hues >= 400)


def still(change: Change, others: Iterable[Change] = ()) -> bool:
    """Whether a colour does not go with the angle, nor does it and those of the ``others`` together."""
    together = change.score + sum(other.score for other in others)
    return change.score < STILL_SCORE and together < STILL_TOGETHER and change.motion < STILL_MOTION
