"""Whether the holder was under 16 when the card was issued: such chips carry neither face nor check code.

在留カード等仕様書 1.5 §3.3.5. A card issued within the half year before the 16th birthday carries both, and
where exactly that half year begins is not said, so those months stay unclear.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from service.checks.case import Case
from service.checks.comparison import CONFIDENT

__all__ = ["AgeAtIssue", "age_at_issue"]

HALF_YEAR = timedelta(days=185)
LONGEST_CARD = timedelta(days=7 * 366)
"""Seven years: the longest that any first-generation card is valid."""


class AgeAtIssue(StrEnum):
    """What is known of the holder's age when the card was issued."""

    UNDER_16 = "under_16"
    ADULT = "adult"
    UNCLEAR = "unclear"


def age_at_issue(case: Case) -> AgeAtIssue:
    """The age from confident readings of the front and the chip; where they differ it is unclear."""
    births = {
        born for source in ("front", "chip") if (born := _date(case, "date_of_birth", source)) is not None
    }
    judged = {_judge(case, born) for born in births}
    return judged.pop() if len(judged) == 1 else AgeAtIssue.UNCLEAR


def _judge(case: Case, born: date) -> AgeAtIssue:
    sixteen = _sixteenth_birthday(born)
    issued = _date(case, "issue_date", "front") or _date(case, "issue_date", "chip")
    if issued is not None:
        return _at(issued, sixteen)
    if case.today < sixteen - HALF_YEAR:
        return AgeAtIssue.UNDER_16
    # Without a date of issue: a card that was issued at the earliest moment is past its longest validity.
    return AgeAtIssue.ADULT if case.today > sixteen + LONGEST_CARD else AgeAtIssue.UNCLEAR


def _at(issued: date, sixteen: date) -> AgeAtIssue:
    if issued >= sixteen:
        return AgeAtIssue.ADULT
    return AgeAtIssue.UNDER_16 if issued < sixteen - HALF_YEAR else AgeAtIssue.UNCLEAR


def _sixteenth_birthday(born: date) -> date:
    try:
        return born.replace(year=born.year + 16)
    except ValueError:
        return date(born.year + 16, 2, 28)


def _date(case: Case, name: str, source: str) -> date | None:
    """A date that was read with confidence."""
    reading = case.reading(name, source)
    if reading is None or reading.value is None or reading.confidence < CONFIDENT:
        return None
    try:
        return date.fromisoformat(reading.value)
    except ValueError:
        return None
