"""The machine-readable zone of the card itself: is it there as it should be, whole, and consistent?

A zone is judged by what it says of itself. A character that was read unsurely, or that looks like another
with which the check digit would hold, speaks against nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.cards.mrz import FORMATS, CheckDigit, Zone, check_digits, parse_zone
from service.cards.mrz_codes import known_code
from service.cards.mrz_names import parse_names
from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.reading_limits import ACCUSING, READABLE
from service.checks.text.question import FIRST_GENERATION, JAPANESE
from service.reading.mrz import ZoneReading
from service.reading.mrz.fields import zone_box
from service.verdict import Basis, Effect, NextAction, Region, Result

__all__ = ["CHECKS", "surely_broken"]

_ICAO = frozenset({"icao.td1.residence_permit", "icao.td3.passport"})
_LOOK_ALIKE = ("0ODQ", "1I", "2Z", "5S", "6G", "8B")
"""Characters of OCR-B that readers mix up."""
_FEWEST_PX = 8.0
"""Pixels between characters below which no character is read surely enough to speak against a card."""
_FONT_LIKE = 0.93
"""Mean probability of the characters from which they look like OCR-B. Synthetic until calibrated."""
_FIELDS = {"number": "document_number", "birth": "date_of_birth", "expiry": "card_valid_until"}
"""Field behind each check digit that stands over one field."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A zone with the side that shows it."""

    side: str
    reading: ZoneReading
    zone: Zone


def _own(case: Case) -> _Shown | None:
    """The zone of the card itself, on whichever side it is."""
    for side in ("front", "back"):
        reading = case.zones.get(side)
        zone = parse_zone(reading.lines, case.today) if reading else None
        if reading is not None and zone is not None:
            return _Shown(side, reading, zone)
    return None


def _region(case: Case, shown: _Shown, cells: Iterable[tuple[int, int]] = ()) -> Region | None:
    box = zone_box(shown.reading, case.view(shown.side), tuple(cells))
    return Region(shown.side, box) if box else None


def _readable(reading: ZoneReading) -> bool:
    return reading.confidence >= READABLE


def _structure(case: Case) -> Finding:
    shown = _own(case)
    if shown is None:
        if case.layout_id in _ICAO:
            return Finding("mrz.structure.unreadable", next_action=NextAction.RETAKE_IMAGE)
        return Finding("mrz.structure.not_applicable")
    region = _region(case, shown)
    if not _readable(shown.reading):
        return Finding("mrz.structure.unreadable", region=region, next_action=NextAction.RETAKE_IMAGE)
    shape = FORMATS[shown.zone.format]
    reason = "as_expected" if shown.zone.code[:1] in shape.codes and shown.zone.code else "unknown_code"
    action = None if reason == "as_expected" else NextAction.MANUAL_REVIEW
    return Finding(
        f"mrz.structure.{reason}", measured=shown.reading.confidence, region=region, next_action=action
    )


def _swaps(reading: ZoneReading, check: CheckDigit) -> Iterable[list[str]]:
    """The zone with one character under a check digit replaced by each of its look-alikes."""
    for line, column in check.cells:
        sign = reading.lines[line][column]
        for other in (o for group in _LOOK_ALIKE if sign in group for o in group if o != sign):
            changed = list(reading.lines)
            changed[line] = changed[line][:column] + other + changed[line][column + 1 :]
            yield changed


def _explained(reading: ZoneReading, check: CheckDigit) -> bool:
    """Whether one look-alike misread would explain a wrong check digit."""
    shape = FORMATS[reading.decoded.format]
    signs = shape.signs()
    for changed in _swaps(reading, check):
        possible = all(
            sign in signs[line, column].value
            for line, text in enumerate(changed)
            for column, sign in enumerate(text)
            if sign != reading.lines[line][column]
        )
        if possible and all(c.holds for c in check_digits(changed, shape) if c.name == check.name):
            return True
    return False


def surely_broken(reading: ZoneReading) -> tuple[CheckDigit, ...]:
    """The check digits that are wrong though every character under them was read surely."""
    if reading.pitch < _FEWEST_PX:
        return ()
    confidences = reading.decoded.confidences
    return tuple(
        check
        for check in reading.decoded.checks
        if not check.holds
        and all(confidences[line][column] >= ACCUSING for line, column in check.cells)
        and not _explained(reading, check)
    )


def _check_digits(case: Case) -> Finding:
    shown = _own(case)
    if shown is None:
        missing = case.layout_id in _ICAO
        return Finding(f"mrz.check_digits.{'unreadable' if missing else 'not_applicable'}")
    reading = shown.reading
    broken = [check for check in reading.decoded.checks if not check.holds]
    if not broken:
        reason = "corrected" if reading.decoded.corrected else "hold"
        region = _region(case, shown, reading.decoded.corrected) if reading.decoded.corrected else None
        count = (("count", str(len(reading.decoded.corrected))),)
        return Finding(f"mrz.check_digits.{reason}", region=region, params=count, measured=0.0, threshold=0.0)
    sure = surely_broken(reading)
    if not sure:
        region = _region(case, shown, broken[0].cells)
        return Finding("mrz.check_digits.unreadable", region=region, next_action=NextAction.RETAKE_IMAGE)
    # The digit over all of them only repeats what a single one says, where one is wrong.
    worst = next((check for check in sure if check.name != "composite"), sure[0])
    aligned = len(broken) < len(reading.decoded.checks)
    return Finding(
        "mrz.check_digits.wrong",
        fields=frozenset({_FIELDS.get(worst.name, "document_number")}),
        measured=float(len(sure)),
        threshold=0.0,
        region=_region(case, shown, worst.cells),
        params=(("check", worst.name),),
        softened=not aligned,
    )


def _dates(zone: Zone) -> str | None:
    """What is wrong with a zone's dates, None where nothing is."""
    for name, day in (("birth", zone.birth), ("expiry", zone.expiry)):
        if day is None and zone.field(name).isdigit():
            return "impossible_date"
    if zone.birth and zone.expiry and zone.expiry <= zone.birth:
        return "out_of_order"
    return None


def _contents(zone: Zone) -> tuple[str, tuple[str, ...]]:
    """Outcome of the rules for fields, with the parts of the zone that led to it."""
    wrong_dates = _dates(zone)
    if wrong_dates:
        return wrong_dates, ("birth", "expiry")
    names = parse_names(zone.name)
    if not names.primary or zone.name.startswith("<") or "<<" in zone.name.rstrip("<").partition("<<")[2]:
        return "name_form", ("name",)
    if not zone.number or zone.sex is None:
        return "incomplete", ("number", "sex")
    if not known_code(zone.issuer) or not known_code(zone.nationality):
        return "unknown_state", ("issuer", "nationality")
    return "as_expected", ()


def _fields(case: Case) -> Finding:
    shown = _own(case)
    if shown is None:
        missing = case.layout_id in _ICAO
        return Finding(f"mrz.fields.{'unreadable' if missing else 'not_applicable'}")
    if not shown.zone.holds or not _readable(shown.reading):
        return Finding("mrz.fields.unreadable", next_action=NextAction.RETAKE_IMAGE)
    outcome, parts = _contents(shown.zone)
    cells = tuple(cell for part in parts for cell in shown.zone.cells(part))
    confidences = shown.reading.decoded.confidences
    sure = all(confidences[line][column] >= ACCUSING for line, column in cells)
    against = outcome in ("impossible_date", "out_of_order")
    action = (
        NextAction.MANUAL_REVIEW
        if outcome not in ("as_expected", "impossible_date", "out_of_order")
        else None
    )
    if against and (not sure or shown.reading.pitch < _FEWEST_PX):
        outcome, action = "unreadable", NextAction.RETAKE_IMAGE
    region = _region(case, shown, cells) if cells else None
    return Finding(f"mrz.fields.{outcome}", region=region, next_action=action)


def _presence(case: Case) -> Finding:
    shown = _own(case)
    if case.layout_id not in JAPANESE:
        if shown is not None and shown.zone.issuer == "JPN" and shown.zone.format == "TD1":
            region = _region(case, shown)
            return Finding("mrz.presence.unconfirmed", region=region, next_action=NextAction.MANUAL_REVIEW)
        return Finding("mrz.presence.not_applicable")
    if shown is None:
        return Finding("mrz.presence.none")
    region = _region(case, shown)
    sure = shown.zone.holds and shown.reading.confidence >= ACCUSING and case.in_place
    if not sure:
        return Finding("mrz.presence.doubtful", region=region, next_action=NextAction.MANUAL_REVIEW)
    if case.layout_id in FIRST_GENERATION:
        return Finding("mrz.presence.unexpected", region=region)
    return Finding("mrz.presence.unconfirmed", region=region, next_action=NextAction.MANUAL_REVIEW)


def _font(case: Case) -> Finding:
    shown = _own(case)
    if shown is None:
        return Finding("mrz.font.not_applicable")
    likeness = shown.reading.confidence
    reason = "ocr_b" if likeness >= _FONT_LIKE else "unclear"
    return Finding(f"mrz.font.{reason}", measured=likeness, threshold=_FONT_LIKE, region=_region(case, shown))


_INCONCLUSIVE = Result.INCONCLUSIVE

CHECKS = (
    Check(
        id="mrz.presence",
        title="There is a machine-readable zone only where the layout has one",
        citation="card data sheet §1.1: no zone on the front of the first generation; ICAO Doc 9303-5 §4.2",
        basis=Basis.RULE,
        effect=Effect.SUPPORTING,
        needs=("front|back",),
        reasons={
            "mrz.presence.none": Result.PASS,
            "mrz.presence.unexpected": Result.SUSPECT,
            "mrz.presence.doubtful": _INCONCLUSIVE,
            "mrz.presence.unconfirmed": _INCONCLUSIVE,
        },
        run=_presence,
    ),
    Check(
        id="mrz.structure",
        title="The machine-readable zone has the lines and the document code of its format",
        citation="ICAO Doc 9303-4 §4.2, 9303-5 §4.2, 9303-6 §4.2, 9303-7 §4.2",
        basis=Basis.RULE,
        effect=Effect.SUPPORTING,
        needs=("front|back",),
        reasons={
            "mrz.structure.as_expected": Result.PASS,
            "mrz.structure.unknown_code": _INCONCLUSIVE,
            "mrz.structure.unreadable": _INCONCLUSIVE,
        },
        run=_structure,
    ),
    Check(
        id="mrz.check_digits",
        title="Every check digit of the machine-readable zone is right",
        citation="ICAO Doc 9303-3 §4.9",
        basis=Basis.CHECKSUM,
        effect=Effect.DECISIVE,
        needs=("front|back",),
        reasons={
            "mrz.check_digits.hold": Result.PASS,
            "mrz.check_digits.corrected": Result.PASS,
            "mrz.check_digits.unreadable": _INCONCLUSIVE,
            "mrz.check_digits.wrong": Result.FAIL,
        },
        run=_check_digits,
    ),
    Check(
        id="mrz.fields",
        title="The fields of the machine-readable zone follow its rules",
        citation="ICAO Doc 9303-3 §4.6 to §4.8 and §5",
        basis=Basis.RULE,
        effect=Effect.SUPPORTING,
        needs=("front|back",),
        reasons={
            "mrz.fields.as_expected": Result.PASS,
            "mrz.fields.incomplete": _INCONCLUSIVE,
            "mrz.fields.name_form": _INCONCLUSIVE,
            "mrz.fields.unknown_state": _INCONCLUSIVE,
            "mrz.fields.unreadable": _INCONCLUSIVE,
            "mrz.fields.impossible_date": Result.SUSPECT,
            "mrz.fields.out_of_order": Result.SUSPECT,
        },
        run=_fields,
        fields=frozenset({"date_of_birth", "card_valid_until"}),
    ),
    Check(
        id="mrz.font",
        title="The machine-readable zone is printed in OCR-B",
        citation="ICAO Doc 9303-3 §4.3; BSI TR-03135-1 §5.5.4.1",
        basis=Basis.STATISTICAL,
        effect=Effect.INFORMATIVE,
        needs=("front|back",),
        reasons={"mrz.font.ocr_b": Result.PASS, "mrz.font.unclear": _INCONCLUSIVE},
        run=_font,
    ),
)
