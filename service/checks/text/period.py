"""The period of stay: granted for that status at that time, and ending when it must."""

from __future__ import annotations

from datetime import date

from service.cards.lookalike import edits
from service.cards.periods import Period, parse_period
from service.cards.permissions import PermissionType, end_of_stay, permission_types
from service.cards.statuses import Status, neighbours, status
from service.cards.tables import Certainty, Window
from service.cards.validity import has_no_end
from service.checks.text.question import Answer, Text, by_certainty, text_check
from service.verdict import Effect, Result

__all__ = ["CHECKS"]

_OUTCOMES = ("unconfirmed", "suspicious", "not_allowed")


def _days_off(day: date, allowed: Window) -> int:
    if allowed.since is not None and day < allowed.since:
        return (day - allowed.since).days
    if allowed.until is not None and day > allowed.until:
        return (day - allowed.until).days
    return 0


def _kind(text: Text) -> PermissionType | None:
    return permission_types().get(text.word("permission_type")) if "permission_type" in text else None


def _expiry_fits(text: Text, period: Period) -> bool | None:
    """Whether the printed end of stay fits a period; None where it cannot be told."""
    kind, permitted, end = _kind(text), text.day("permission_date"), text.day("stay_until")
    if kind is None or permitted is None or end is None:
        return None
    allowed = end_of_stay(kind, permitted, period)
    return None if allowed is None else end in allowed


def _grantable(known: Status, period: Period, permitted: date) -> bool:
    return any(scheme.allows(period) for scheme in known.schemes_on(permitted))


def _slip(text: Text, known: Status, period: Period, permitted: date) -> bool:
    """Whether one misread sign would explain a period that cannot be granted.

    An end of stay that fits the printed period bears it out; without that a digit may have been misread.
    """
    if any(_grantable(other, period, permitted) for other in neighbours(known)):
        return True
    if _expiry_fits(text, period):
        return False
    legal = (p for scheme in known.schemes_on(permitted) for p in (*scheme.values, scheme.up_to) if p)
    near = [p for p in legal if edits(str(p), str(period)) == 1]
    return any(_expiry_fits(text, p) is not False for p in near)


def _length(text: Text) -> Answer:
    """The outcome for the period alone."""
    here = ("period_of_stay", "status_of_residence", "permission_date")
    known, permitted = status(text.word("status_of_residence")), text.day("permission_date")
    period = parse_period(text.word("period_of_stay"))
    if period is None:
        endless = known is not None and has_no_end(known.name)
        return Answer("unconfirmed" if endless else "unreadable", ("period_of_stay",))
    if known is None or permitted is None or not known.card:
        return Answer("status_unknown", here)
    if _grantable(known, period, permitted) and not period.too_short_for_a_card:
        return Answer("allowed")
    if period.too_short_for_a_card and _expiry_fits(text, period):
        return Answer("too_short_for_a_card", ("period_of_stay",))
    schemes = known.schemes_on(permitted)
    if not schemes:
        return Answer("unconfirmed", here)
    certainty = max(scheme.provenance.certainty for scheme in schemes)
    doubtful = period.too_short_for_a_card or _slip(text, known, period, permitted)
    if doubtful and certainty is Certainty.CONFIRMED:
        return Answer("look_alike", here)
    return Answer(by_certainty(certainty, _OUTCOMES), here)


def _stay_until(text: Text) -> Answer:
    period = parse_period(text.word("period_of_stay"))
    if period is not None and period.indefinite:
        return Answer("unconfirmed" if "stay_until" in text else "not_applicable")
    if "stay_until" not in text:
        return Answer("missing")
    permitted, kind, end = text.day("permission_date"), _kind(text), text.day("stay_until")
    if period is None or permitted is None or end is None:
        unread = {"period_of_stay": period, "permission_date": permitted, "stay_until": end}
        return Answer("unreadable", tuple(name for name, value in unread.items() if value is None))
    allowed = end_of_stay(kind, permitted, period) if kind is not None else None
    if kind is None or allowed is None:
        return Answer("unconfirmed")
    off = _days_off(end, allowed)
    broken = by_certainty(kind.expiry_certainty, ("unconfirmed", "suspicious", "does_not_fit"))
    return Answer(broken if off else "fits", days_off=off)


CHECKS = (
    text_check(
        "period",
        "The period of stay can be granted for the status at the permission date",
        "Enforcement regulation, annex 2; Immigration Control Act 19-3; card data sheet §3.1",
        Effect.DECISIVE,
        ("period_of_stay", "status_of_residence", "permission_date"),
        {
            "allowed": Result.PASS,
            "look_alike": Result.INCONCLUSIVE,
            "status_unknown": Result.INCONCLUSIVE,
            "unconfirmed": Result.INCONCLUSIVE,
            "suspicious": Result.SUSPECT,
            "not_allowed": Result.FAIL,
            "too_short_for_a_card": Result.FAIL,
        },
        _length,
        optional=("permission_type", "stay_until"),
    ),
    text_check(
        "stay_until",
        "The end of stay follows from permission date, period and kind of permission",
        "Civil Code 140, 143; card data sheet §3.4",
        Effect.DECISIVE,
        ("period_of_stay", "permission_date"),
        {
            "fits": Result.PASS,
            "unconfirmed": Result.INCONCLUSIVE,
            "suspicious": Result.SUSPECT,
            "does_not_fit": Result.FAIL,
        },
        _stay_until,
        optional=("stay_until", "permission_type"),
    ),
)
