"""The period of stay as printed: ``4年3月``, ``3月``, ``30日`` or ``無期限``."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from service.cards.dates import add

__all__ = ["INDEFINITE", "Period", "parse_period"]

_TEXT = re.compile(r"(?:([0-9]{1,2})年)?(?:([0-9]{1,2})月)?(?:([0-9]{1,3})日)?")
_DAYS_PER_MONTH = 365.2425 / 12
_INDEFINITE_TEXT = "無期限"


@dataclass(frozen=True, slots=True)
class Period:
    """A term in years, months and days; ``indefinite`` for a stay without end."""

    years: int = 0
    months: int = 0
    days: int = 0
    indefinite: bool = False

    @property
    def length(self) -> float:
        """Length in mean months, for comparing periods; infinite for a stay without end."""
        if self.indefinite:
            return float("inf")
        return self.years * 12 + self.months + self.days / _DAYS_PER_MONTH

    @property
    def too_short_for_a_card(self) -> bool:
        """Whether it is three months or less, for which no card is issued (L19-3)."""
        return self.length <= 3

    def end(self, start: date) -> date:
        """The last day of the period after ``start``; ValueError for a stay without end."""
        if self.indefinite:
            raise ValueError("a stay without end has no last day")
        return add(start, years=self.years, months=self.months, days=self.days)

    def __str__(self) -> str:
        if self.indefinite:
            return _INDEFINITE_TEXT
        parts = ((self.years, "年"), (self.months, "月"), (self.days, "日"))
        return "".join(f"{count}{unit}" for count, unit in parts if count)


INDEFINITE = Period(indefinite=True)


def parse_period(text: str) -> Period | None:
    """The period in a printed text, half- or full-width digits; None for anything else, empty or zero."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if plain == _INDEFINITE_TEXT:
        return INDEFINITE
    match = _TEXT.fullmatch(plain)
    if match is None:
        return None
    years, months, days = (int(part or 0) for part in match.groups())
    return Period(years, months, days) if years or months or days else None
