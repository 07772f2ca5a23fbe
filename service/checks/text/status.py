"""The status of residence and the limit on work that belongs to it."""

from __future__ import annotations

import re

from service.cards.lexicon import legal
from service.cards.lookalike import edits, near
from service.cards.statuses import Status, neighbours, status, work_restriction
from service.cards.tables import Certainty
from service.checks.text.question import JAPANESE, RESIDENCE_GEN1, Answer, Text, by_certainty, text_check
from service.verdict import Effect, Result

__all__ = ["CHECKS"]

_LETTERS = re.compile(r"[^A-Z]")
_ENGLISH_SLIPS = 0.25
"""Share of letters that may be misread in the small English text."""
_WITH_STATUS = JAPANESE - {
    "jp.special_permanent_resident.gen1",
    "jp.special_permanent_resident.gen2",
    "jp.specified_special_permanent_resident",
}


def _known(text: Text) -> Status | None:
    return status(text.word("status_of_residence"))


def _status(text: Text) -> Answer:
    here = ("status_of_residence",)
    known = _known(text)
    if known is None:
        slip = near(text.word("status_of_residence"), legal("status_of_residence"))
        return Answer("look_alike" if slip else "unknown", here)
    if not known.card:
        certainty = known.provenance.certainty
        return Answer(by_certainty(certainty, ("unconfirmed", "unconfirmed", "never_issued")), here)
    permitted = text.day("permission_date")
    if permitted is None or permitted in known.window:
        return Answer("in_force", here)
    both = (*here, "permission_date")
    return Answer(by_certainty(known.window_certainty, ("unconfirmed", "unconfirmed", "not_in_force")), both)


def _letters(text: str) -> str:
    return _LETTERS.sub("", text.upper())


def _status_english(text: Text) -> str:
    known = _known(text)
    english = text.readings["status_of_residence"].extra.get("status_english", "")
    read = _letters(english)
    if known is None or not read:
        return "not_run"
    forms = [_letters(form) for form in known.english]
    if read in forms:
        return "agrees"
    if any(edits(read, form) <= max(1, round(_ENGLISH_SLIPS * len(form))) for form in forms):
        return "look_alike"
    return "disagrees" if known.provenance.certainty is Certainty.CONFIRMED else "unconfirmed"


def _work_restriction(text: Text) -> Answer:
    printed = text.word("work_restriction")
    limit = work_restriction(printed)
    if limit is None:
        slip = near(printed, legal("work_restriction"))
        return Answer("look_alike" if slip else "unknown", ("work_restriction",))
    known = _known(text)
    if known is None or not known.work:
        return Answer("status_unknown", ("status_of_residence",))
    if limit.code in known.work:
        return Answer("fits")
    if any(limit.code in other.work for other in neighbours(known)):
        return Answer("look_alike")
    return Answer(by_certainty(known.work_certainty, ("unconfirmed", "unconfirmed", "does_not_fit")))


CHECKS = (
    text_check(
        "status",
        "The status of residence exists, was in force at the permission, and goes with a card",
        "Immigration Control Act 19-3, annexes 1 and 2; card data sheet §3.1, §3.4",
        Effect.DECISIVE,
        ("status_of_residence",),
        {
            "in_force": Result.PASS,
            "look_alike": Result.INCONCLUSIVE,
            "unknown": Result.INCONCLUSIVE,
            "unconfirmed": Result.INCONCLUSIVE,
            "never_issued": Result.FAIL,
            "not_in_force": Result.FAIL,
        },
        _status,
        optional=("permission_date",),
        layouts=_WITH_STATUS,
    ),
    text_check(
        "status_english",
        "The English status says the same as the Japanese one",
        "card data sheet §3.1 (English names)",
        Effect.SUPPORTING,
        ("status_of_residence",),
        {
            "agrees": Result.PASS,
            "look_alike": Result.INCONCLUSIVE,
            "unconfirmed": Result.INCONCLUSIVE,
            "disagrees": Result.SUSPECT,
        },
        _status_english,
        layouts=RESIDENCE_GEN1,
    ),
    text_check(
        "work_restriction",
        "The limit on work fits the status of residence",
        "Immigration Control Act 19(1), annexes 1 and 2; card data sheet §3.2",
        Effect.DECISIVE,
        ("work_restriction", "status_of_residence"),
        {
            "fits": Result.PASS,
            "look_alike": Result.INCONCLUSIVE,
            "unknown": Result.INCONCLUSIVE,
            "status_unknown": Result.INCONCLUSIVE,
            "unconfirmed": Result.INCONCLUSIVE,
            "does_not_fit": Result.FAIL,
        },
        _work_restriction,
        layouts=_WITH_STATUS,
    ),
)
