"""How a question about printed text is put: which fields it reads, and how far its answer may go.

A rule is a pure function of the texts. What is missing or badly read, and whether the text was read surely
enough to speak against the card, is settled here once for all rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from service.cards.dates import parse_date
from service.cards.lexicon import isolated
from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.reading_limits import ACCUSING, READABLE
from service.evidence import FieldReading
from service.verdict import Basis, Effect, NextAction, NotRunReason, Region, Result

__all__ = [
    "FIRST_GENERATION",
    "JAPANESE",
    "RESIDENCE_GEN1",
    "Answer",
    "Text",
    "by_certainty",
    "text_check",
]

RESIDENCE_GEN1: Final = frozenset({"jp.residence_card.gen1"})
FIRST_GENERATION: Final = RESIDENCE_GEN1 | {"jp.special_permanent_resident.gen1"}
JAPANESE: Final = FIRST_GENERATION | {
    "jp.residence_card.gen2",
    "jp.special_permanent_resident.gen2",
    "jp.specified_residence_card",
    "jp.specified_special_permanent_resident",
}

_UNDECIDED: Final = {
    "missing": Result.INCONCLUSIVE,
    "unreadable": Result.INCONCLUSIVE,
    "unconfirmed_layout": Result.INCONCLUSIVE,
}
_AGAINST: Final = frozenset({Result.FAIL, Result.SUSPECT})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule found: one of the outcomes that its check declares."""

    outcome: str
    fields: tuple[str, ...] = ()
    """The fields that led to it; empty where all of them did."""
    days_off: int | None = None
    """Distance in days from what the rule allows, where it is about dates."""


@dataclass(frozen=True, slots=True)
class Text:
    """The printed fields that a rule reads, every one of them present and legible."""

    readings: Mapping[str, FieldReading]
    case: Case

    def __contains__(self, name: str) -> bool:
        return name in self.readings

    def word(self, name: str) -> str:
        """The normal form of a field, or its text as read where it has none."""
        reading = self.readings[name]
        return reading.value or reading.raw

    def day(self, name: str) -> date | None:
        """The date in a field; None where the field was not read or holds no real date."""
        return parse_date(self.word(name)) if name in self.readings else None

    def confidence(self, names: tuple[str, ...]) -> float:
        """The least confidence of the fields named, of all where none is."""
        chosen = names or tuple(self.readings)
        return min(self.readings[name].confidence for name in chosen)

    def region(self, names: tuple[str, ...]) -> Region | None:
        """Where the first of the fields named stands."""
        reading = self.readings[(names or tuple(self.readings))[0]]
        if reading.side is None or reading.box is None:
            return None
        return Region(reading.side.value, reading.box)


Judge = Callable[[Text], Answer | str]


def by_certainty(certainty: int, outcomes: tuple[str, str, str]) -> str:
    """The outcome for an unconfirmed, a strongly inferred or a confirmed rule (``Certainty`` 0, 1, 2)."""
    return outcomes[certainty]


def _leading(reading: FieldReading, signs: int | None) -> FieldReading:
    """The reading with the confidence of its first signs, where no more of the text is judged."""
    head = reading.char_confidence[:signs] if signs else ()
    return replace(reading, confidence=min(head)) if head else reading


def _gather(case: Case, names: tuple[str, ...], leading: int | None) -> dict[str, FieldReading]:
    readings = ((name, case.printed(name)) for name in names)
    present = ((name, reading) for name, reading in readings if reading is not None and reading.raw.strip())
    return {name: _leading(reading, leading) for name, reading in present}


def _next_action(outcome: str, result: Result) -> NextAction | None:
    if result is not Result.INCONCLUSIVE:
        return None
    poor = outcome in ("missing", "unreadable", "look_alike")
    return NextAction.RETAKE_IMAGE if poor else NextAction.MANUAL_REVIEW


def _sure(reading: FieldReading) -> bool:
    """Whether a text was read surely enough to speak against the card.

    A legal text of a closed set, unlike every other legal one, is borne out by the set itself: a slip would
    have to turn one into another.
    """
    if reading.confidence >= ACCUSING:
        return True
    borne_out = reading.value is not None and isolated(reading.name, reading.value)
    return borne_out and "folded" not in reading.extra and reading.confidence >= READABLE


def _allowed(outcome: str, answer: Answer, text: Text, result: Result) -> str:
    """The outcome, held back where the reading or the layout does not bear an accusation."""
    if result not in _AGAINST:
        return outcome
    if not text.case.stands(*(answer.fields or text.readings)):
        return "unreadable"
    if not all(_sure(text.readings[name]) for name in answer.fields or text.readings):
        return "unreadable"
    layout = text.case.layout
    return outcome if layout is not None and layout.confirmed else "unconfirmed_layout"


def _margin(days_off: int | None) -> float | None:
    return None if days_off is None else -min(1.0, abs(days_off) / 31) if days_off else 1.0


def text_check(
    name: str,
    title: str,
    citation: str,
    effect: Effect,
    fields: tuple[str, ...],
    outcomes: Mapping[str, Result],
    judge: Judge,
    *,
    optional: tuple[str, ...] = (),
    layouts: frozenset[str] = RESIDENCE_GEN1,
    leading: int | None = None,
) -> Check:
    """A check ``text.NAME`` on printed fields.

    ``judge`` sees ``fields``, all legible, and those of ``optional`` that were read; it gives an outcome of
    ``outcomes``, ``not_run`` where a prerequisite is missing, or ``not_applicable``. Reason codes are
    ``text.NAME.OUTCOME``. ``leading`` says how many signs at the start matter, where not the whole text does.
    """
    id = f"text.{name}"
    results = {**_UNDECIDED, **outcomes}

    def finding(outcome: str, text: Text | None, answer: Answer) -> Finding:
        result = results[outcome]
        read = frozenset(answer.fields or (text.readings if text else fields))
        return Finding(
            f"{id}.{outcome}",
            fields=read,
            measured=None if answer.days_off is None else float(answer.days_off),
            threshold=None if answer.days_off is None else 0.0,
            margin=_margin(answer.days_off),
            region=text.region(answer.fields) if text else None,
            next_action=_next_action(outcome, result),
        )

    def run(case: Case) -> Finding:
        found = _gather(case, fields + optional, leading)
        if any(field not in found for field in fields) or not found:
            return finding("missing", None, Answer("missing"))
        text = Text({n: r for n, r in found.items() if n in fields or r.confidence >= READABLE}, case)
        poor = tuple(field for field in text.readings if text.readings[field].confidence < READABLE)
        if poor or not text.readings:
            return finding("unreadable", text if poor else None, Answer("unreadable", poor))
        given = judge(text)
        answer = Answer(given) if isinstance(given, str) else given
        if answer.outcome == "not_run":
            return Finding(f"{id}.not_run", not_run_reason=NotRunReason.PREREQUISITE_FAILED)
        if answer.outcome == "not_applicable":
            return Finding(f"{id}.not_applicable")
        outcome = _allowed(answer.outcome, answer, text, results[answer.outcome])
        return finding(outcome, text, answer)

    return Check(
        id=id,
        title=title,
        citation=citation,
        basis=Basis.RULE,
        effect=effect,
        needs=("front",),
        reasons={f"{id}.{outcome}": result for outcome, result in results.items()},
        run=run,
        layouts=layouts,
        fields=frozenset(fields + optional),
    )
