"""The holder's passport beside the card: do the two name the same person?

A passport that says something else calls for a person to look; it never decides, since names change, pages
are exchanged by mistake, and one of the two may have been misread.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.cards.lookalike import edits, fold
from service.cards.mrz import Zone, parse_zone
from service.cards.mrz_codes import comparable_code, japanese_name
from service.cards.mrz_names import NameMatch, compare_names, parse_names
from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.mrz import surely_broken
from service.checks.reading_limits import ACCUSING
from service.evidence import FieldReading
from service.reading.mrz import ZoneReading
from service.verdict import Basis, Effect, NextAction, Region, Result

__all__ = ["CHECKS"]

_COMPARED = ("name_latin", "date_of_birth", "sex", "nationality")
_SLIPS = 3
"""Characters by which two names may differ through misreading alone; a name has no check digit."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One field compared: ``agree``, ``differ``, or ``unclear``."""

    name: str
    word: str
    printed: FieldReading


def _printed(case: Case, name: str) -> FieldReading | None:
    """The card's own reading of a field: its face, or where that is not known, its zone."""
    return case.printed(name) or case.reading(name, "mrz")


def _name(zone: Zone, printed: str) -> str:
    names = parse_names(zone.name)
    match = compare_names(names, printed)
    if match in (NameMatch.SAME, NameMatch.TRUNCATED, NameMatch.REORDERED):
        return "agree"
    if match is NameMatch.PART:
        return "unclear"
    joined, other = fold(names.full), fold(printed)
    return "differ" if edits(joined, other) > _SLIPS else "unclear"


def _word(zone: Zone, name: str, value: str) -> str:
    """How one field of the zone compares with the card's value of it."""
    if name == "name_latin":
        return _name(zone, value)
    if name == "nationality":
        if not comparable_code(zone.nationality):
            return "unclear"
        return "agree" if japanese_name(zone.nationality) == value else "differ"
    found = (
        zone.birth.isoformat()
        if name == "date_of_birth" and zone.birth
        else zone.sex
        if name == "sex"
        else None
    )
    if found is None or "X" in (found, value):
        return "unclear"
    return "agree" if found == value else "differ"


def _confident(reading: ZoneReading, zone: Zone, name: str, printed: FieldReading) -> bool:
    """Whether both sides were read surely enough for a difference to count."""
    part = {"name_latin": "name", "date_of_birth": "birth"}.get(name, name)
    shares = (reading.decoded.confidences[line][column] for line, column in zone.cells(part))
    return printed.confidence >= ACCUSING and min(shares) >= ACCUSING


def _outcomes(case: Case, reading: ZoneReading, zone: Zone) -> list[_Outcome]:
    found = []
    for name in _COMPARED:
        printed = _printed(case, name)
        if printed is None or printed.value is None:
            continue
        word = _word(zone, name, printed.value)
        if word == "differ" and not (_confident(reading, zone, name, printed) and case.in_place):
            word = "unclear"
        found.append(_Outcome(name, word, printed))
    return found


def _named(outcomes: list[_Outcome], word: str) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
    names = sorted(outcome.name for outcome in outcomes if outcome.word == word)
    return frozenset(names), (("fields", ", ".join(names)),)


def _companion(case: Case) -> Finding:
    reading = case.zones.get("companion")
    zone = parse_zone(reading.lines, case.today) if reading else None
    if reading is None or zone is None:
        return Finding("cross.companion.unreadable", next_action=NextAction.RETAKE_IMAGE)
    if surely_broken(reading):
        return Finding("cross.companion.check_digit", next_action=NextAction.MANUAL_REVIEW)
    if not zone.holds:
        return Finding("cross.companion.unreadable", next_action=NextAction.RETAKE_IMAGE)
    outcomes = _outcomes(case, reading, zone)
    fields, params = _named(outcomes, "differ")
    if fields:
        worst = next(outcome.printed for outcome in outcomes if outcome.word == "differ")
        region = Region(worst.side.value, worst.box) if worst.side and worst.box else None
        return Finding("cross.companion.disagrees", fields=fields, params=params, region=region)
    fields, params = _named(outcomes, "agree")
    if not {"name_latin", "date_of_birth"} <= fields:
        _, unclear = _named(outcomes, "unclear")
        return Finding(
            "cross.companion.unclear", fields=fields, params=unclear, next_action=NextAction.MANUAL_REVIEW
        )
    expired = zone.expiry is not None and zone.expiry < case.today
    return Finding(
        f"cross.companion.{'agrees_expired' if expired else 'agrees'}", fields=fields, params=params
    )


CHECKS = (
    Check(
        id="cross.companion",
        title="The holder's passport names the same person",
        citation="ICAO Doc 9303-3 §4.6 and §6 A; BSI TR-03135-1 §5.7: across documents",
        basis=Basis.CROSS_SOURCE,
        effect=Effect.SUPPORTING,
        needs=("front", "companion"),
        reasons={
            "cross.companion.agrees": Result.PASS,
            "cross.companion.agrees_expired": Result.PASS,
            "cross.companion.unclear": Result.INCONCLUSIVE,
            "cross.companion.unreadable": Result.INCONCLUSIVE,
            "cross.companion.check_digit": Result.SUSPECT,
            "cross.companion.disagrees": Result.SUSPECT,
        },
        run=_companion,
        fields=frozenset(_COMPARED),
    ),
)
