"""Until when a card is valid (Immigration Control Act, article 19-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from service.cards.dates import add, birthday
from service.cards.tables import Provenance, provenance, table, window

__all__ = ["ExpectedValidity", "expected_validity", "has_no_end", "special_permanent_ends"]

_ADULT_AGE = 16


@dataclass(frozen=True, slots=True)
class ExpectedValidity:
    """The days that a card's validity may end on by the rule that applies."""

    days: frozenset[date]
    provenance: Provenance

    def days_off(self, valid_until: date) -> int:
        """Distance in days to the nearest day allowed; 0 where the rule holds."""
        return min(abs((valid_until - day).days) for day in self.days)


def has_no_end(status: str) -> bool:
    """Whether stay under a status has no end, so that the card's own term counts."""
    return status in table("validity")["permanent"]["statuses"]


def _sixteenth(birth: date, issue: date) -> tuple[date, dict[str, Any]]:
    row = next(row for row in table("validity")["sixteenth_birthday"] if issue in window(row))
    return birthday(birth, _ADULT_AGE) - timedelta(days=row["days_before"]), row


def _is_minor(birth: date, issue: date) -> bool | None:
    """Whether the holder was under 16 at issue; None on the eve of the birthday, where counting differs."""
    turned = birthday(birth, _ADULT_AGE)
    if issue == turned - timedelta(days=1):
        return None
    return issue < turned


def expected_validity(
    status: str, birth: date, issue: date, stay_until: date | None
) -> ExpectedValidity | None:
    """Days on which a residence card may end; None where the stay's end is needed and missing."""
    permanent = table("validity")["permanent"]
    sixteenth, minor_row = _sixteenth(birth, issue)
    minor = _is_minor(birth, issue)
    days: set[date] = set()
    endless = has_no_end(status)
    if not endless and stay_until is None:
        return None
    if minor is not False:
        days.add(sixteenth if stay_until is None or endless else min(stay_until, sixteenth))
    if minor is not True:
        if endless:
            last = add(issue, years=permanent["years"])
            days.update(last - timedelta(days=back) for back in range(permanent["slack_days"] + 1))
        elif stay_until is not None:
            days.add(stay_until)
    return ExpectedValidity(frozenset(days), provenance(minor_row if minor else permanent))


def special_permanent_ends(birth: date, valid_until: date) -> bool:
    """Whether a special permanent resident certificate can end then: a birthday, or the eve of the 16th."""
    eve = birthday(birth, _ADULT_AGE) - timedelta(days=1)
    return valid_until == eve or valid_until == birthday(birth, valid_until.year - birth.year)
