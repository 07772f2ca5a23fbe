"""The card's own validity follows from status, age and stay."""

from __future__ import annotations

from service.cards.statuses import status
from service.cards.tables import Certainty
from service.cards.validity import expected_validity, special_permanent_ends
from service.checks.text.question import FIRST_GENERATION, RESIDENCE_GEN1, Answer, Text, text_check
from service.verdict import Effect, Result

__all__ = ["CHECKS"]

_ALWAYS = ("card_valid_until", "date_of_birth")
_RESIDENCE = ("issue_date", "status_of_residence")


def _certificate(text: Text) -> Answer:
    birth, ends = text.day("date_of_birth"), text.day("card_valid_until")
    if birth is None or ends is None:
        return Answer("unreadable")
    return Answer("follows" if special_permanent_ends(birth, ends) else "not_a_birthday", _ALWAYS)


def _validity(text: Text) -> Answer:
    if text.case.layout_id not in RESIDENCE_GEN1:
        return _certificate(text)
    if any(name not in text for name in _RESIDENCE):
        return Answer("missing", _ALWAYS)
    birth, issued, ends = text.day("date_of_birth"), text.day("issue_date"), text.day("card_valid_until")
    if birth is None or issued is None or ends is None:
        return Answer("unreadable")
    if status(text.word("status_of_residence")) is None:
        return Answer("status_unknown", ("status_of_residence",))
    expected = expected_validity(text.word("status_of_residence"), birth, issued, text.day("stay_until"))
    if expected is None:
        return Answer("missing", ("card_valid_until",))
    off = expected.days_off(ends)
    if off == 0:
        return Answer("follows", days_off=0)
    broken = expected.provenance.certainty is Certainty.CONFIRMED
    return Answer("does_not_follow" if broken else "unconfirmed", days_off=off)


CHECKS = (
    text_check(
        "validity",
        "The card's validity follows from status, age and end of stay",
        "Immigration Control Act 19-5; card data sheet §1.4, §1.6",
        Effect.DECISIVE,
        _ALWAYS,
        {
            "follows": Result.PASS,
            "status_unknown": Result.INCONCLUSIVE,
            "unconfirmed": Result.INCONCLUSIVE,
            "not_a_birthday": Result.SUSPECT,
            "does_not_follow": Result.FAIL,
        },
        _validity,
        optional=(*_RESIDENCE, "stay_until"),
        layouts=FIRST_GENERATION,
    ),
)
