"""Dates as the card counts them: Japanese civil dates, first day not counted, month ends clamped."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date, timedelta

__all__ = ["add", "age_on", "birthday", "date_parts", "parse_date"]

_PRINTED = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def add(start: date, *, years: int = 0, months: int = 0, days: int = 0) -> date:
    """The last day of a term that begins after ``start`` (Civil Code, articles 140 and 143).

    One year from 2024-07-01 ends on 2025-07-01; where the last month has no such day, it ends with that
    month. Negative terms count backwards. OverflowError or ValueError outside the years 1 to 9999.
    """
    month_index = start.year * 12 + start.month - 1 + years * 12 + months
    year, month = divmod(month_index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last)) + timedelta(days=days)


def birthday(birth: date, age: int) -> date:
    """The birthday on which somebody becomes ``age``; 29 February counts as 28 in common years (L19-5)."""
    return add(birth, years=age)


def age_on(birth: date, day: date) -> int:
    """Full years of age on a day, counted by birthdays."""
    return day.year - birth.year - (birthday(birth, day.year - birth.year) > day)


def date_parts(text: str) -> tuple[int, int, int] | None:
    """Year, month and day of a printed or ISO date inside a text, real or not; None where there is none."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    match = _ISO.fullmatch(plain) or _PRINTED.search(plain)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    return year, month, day


def parse_date(text: str) -> date | None:
    """The date in a text like ``２０１８年１０月２０日`` or ``2018-10-20``; None where not a real one."""
    parts = date_parts(text)
    if parts is None:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None
