"""Every printed date is real, and they follow each other as a life and a procedure do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from service.cards.dates import date_parts
from service.cards.tables import table
from service.checks.text.question import FIRST_GENERATION, Answer, Text, text_check
from service.verdict import Effect, Result

__all__ = ["CHECKS"]

_DATES = ("date_of_birth", "permission_date", "issue_date", "stay_until", "card_valid_until")
# Rows: earlier field, later field, whether one day may serve both, outcome where the order is broken.
_ORDER = (
    ("date_of_birth", "permission_date", False, "out_of_order"),
    ("date_of_birth", "issue_date", False, "out_of_order"),
    ("date_of_birth", "card_valid_until", False, "out_of_order"),
    ("permission_date", "issue_date", True, "out_of_order"),
    ("permission_date", "stay_until", False, "out_of_order"),
    ("issue_date", "card_valid_until", False, "issued_after_end"),
    ("issue_date", "stay_until", False, "issued_after_end"),
)


def _unreal(text: Text, name: str) -> bool:
    """Whether a field holds a date by its form that is in no calendar."""
    return text.day(name) is None and date_parts(text.word(name)) is not None


def _broken(text: Text, earlier: str, later: str, same_day: bool) -> int | None:
    first, second = text.day(earlier), text.day(later)
    if first is None or second is None:
        return None
    days = (first - second).days
    return days if days > 0 or (days == 0 and not same_day) else None


def _first_issue() -> date:
    days: list[date] = [row["since"] for row in table("generations")["generation"]]
    return min(days)


def _calendar(text: Text) -> Answer | None:
    names = [name for name in _DATES if name in text]
    unreal = tuple(name for name in names if _unreal(text, name))
    if unreal:
        return Answer("impossible", unreal)
    formless = tuple(name for name in names if text.day(name) is None and name != "stay_until")
    return Answer("unreadable", formless) if formless else None


def _order(text: Text) -> Answer | None:
    for earlier, later, same_day, outcome in _ORDER:
        days = _broken(text, earlier, later, same_day)
        if days is not None:
            return Answer(outcome, (earlier, later), days or 1)
    return None


def _limits(text: Text) -> Answer | None:
    issued = text.day("issue_date")
    if issued is not None and issued < _first_issue():
        return Answer("before_first_issue", ("issue_date",), (_first_issue() - issued).days)
    if issued is not None and issued > text.case.today:
        return Answer("after_reference_time", ("issue_date",))
    return None


_STEPS: tuple[Callable[[Text], Answer | None], ...] = (_calendar, _order, _limits)


def _dates(text: Text) -> Answer:
    answers = (step(text) for step in _STEPS)
    return next((answer for answer in answers if answer is not None), Answer("in_order"))


CHECKS = (
    text_check(
        "dates",
        "Every date is real and they are in order",
        "Immigration Control Act 19-4, 19-5; card data sheet §3.4",
        Effect.DECISIVE,
        ("date_of_birth", "card_valid_until"),
        {
            "in_order": Result.PASS,
            "impossible": Result.FAIL,
            "out_of_order": Result.FAIL,
            "before_first_issue": Result.FAIL,
            "issued_after_end": Result.SUSPECT,
            "after_reference_time": Result.INCONCLUSIVE,
        },
        _dates,
        optional=("permission_date", "issue_date", "stay_until"),
        layouts=FIRST_GENERATION,
    ),
)
