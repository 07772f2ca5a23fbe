"""What a chip holds as text or code, as readings of fields: nothing was recognised, so nothing was misread.

Generation 2: data sheet §2.2, §2.3. Travel documents: the machine-readable zone of DG1.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from service.cards.periods import INDEFINITE, Period
from service.cards.regions import nationalities
from service.cards.tables import Certainty
from service.chip.codes import CodeTables
from service.chip.emrtd.mrz import Mrz
from service.chip.model import ChipReading
from service.evidence import FieldReading

__all__ = ["chip_fields"]

DATES = {"C5": "card_valid_until", "C6": "date_of_birth", "CB": "permission_date", "CD": "stay_until"}
CODES = {"C9": "status_of_residence", "CA": "permission_type", "CC": "work_restriction"}
PRINTED_SEX = {"M": "男M.", "F": "女F."}
UNCONFIRMED = 0.80
"""Confidence of a name that is not confirmed as the printed one: it may agree, but never disagree."""


def chip_fields(chip: ChipReading, codes: CodeTables, *, trusted: bool) -> tuple[FieldReading, ...]:
    """The fields that the chip holds as text; ``trusted`` says that its signature holds under an anchor.

    What the signature does not cover is ``unsigned_chip`` whatever was trusted. A code that stands in no
    table has no value; ``raw`` shows it.
    """
    evidence = "signed" if trusted else "unsigned_chip"
    if chip.travel_document is not None:
        zone = chip.travel_document.mrz
        return tuple(_zone(zone, evidence)) if zone is not None and not zone.faults else ()
    if chip.generation != 2:
        return ()
    found = [*_dates(chip, evidence), *_coded(chip, codes, evidence)]
    if chip.card_number:
        found.append(_typed("card_number", chip.card_number, "unsigned_chip"))
    return tuple(found)


def _typed(
    name: str, value: str | None, evidence: str, *, raw: str | None = None, confidence: float = 1.0
) -> FieldReading:
    shown = raw if raw is not None else value or ""
    signs = (confidence,) * len(shown)
    return FieldReading(name, "chip", shown, value, confidence, signs, evidence=evidence)


def _dates(chip: ChipReading, evidence: str) -> Iterator[FieldReading]:
    for tag, name in DATES.items():
        text = chip.entries.get(tag)
        if text:
            yield _date(name, text, evidence)


def _date(name: str, text: str, evidence: str) -> FieldReading:
    """YYYYMMDD; something else, a stay without end among them, is shown as it stands."""
    try:
        moment = date(int(text[:4]), int(text[4:6]), int(text[6:])) if len(text) == 8 else None
    except ValueError:
        moment = None
    if moment is None or not text.isdigit():
        return _typed(name, None, evidence, raw=text)
    # As it is printed, so that a comparison sign by sign meets its like.
    printed = f"{text[:4]}年{text[4:6]}月{text[6:]}日"
    return _typed(name, moment.isoformat(), evidence, raw=printed)


def _coded(chip: ChipReading, codes: CodeTables, evidence: str) -> Iterator[FieldReading]:
    entries = chip.entries
    if code := entries.get("C7"):
        sex = codes.meaning("sex", code)
        yield _typed("sex", sex, evidence, raw=PRINTED_SEX.get(sex or "", code))
    if code := entries.get("C8"):
        yield _nationality(code, codes, evidence)
    if code := entries.get("CE"):
        period = _period(code)
        yield _meaning("period_of_stay", code, str(period) if period else None, evidence)
    for tag, name in CODES.items():
        if code := entries.get(tag):
            yield _meaning(name, code, codes.meaning(name, code) or chip.entry_texts.get(tag), evidence)


def _meaning(name: str, code: str, value: str | None, evidence: str) -> FieldReading:
    return _typed(name, value, evidence, raw=value or code)


def _nationality(code: str, codes: CodeTables, evidence: str) -> FieldReading:
    own = codes.meaning("nationality", code)
    if own is not None:
        return _typed("nationality", own, evidence)
    known = [item for item in nationalities().values() if item.code == code]
    if not known:
        return _typed("nationality", None, evidence, raw=code)
    sure = len(known) == 1 and known[0].provenance.certainty is Certainty.CONFIRMED
    return _typed("nationality", known[0].name, evidence, confidence=1.0 if sure else UNCONFIRMED)


def _period(code: str) -> Period | None:
    """CE: ``0000`` without end, ``YYMM``, or three digits of days."""
    if not code.isdigit() or len(code) not in (3, 4):
        return None
    if len(code) == 3:
        return Period(days=int(code)) if int(code) else None
    return Period(years=int(code[:2]), months=int(code[2:])) if int(code) else INDEFINITE


def _zone(zone: Mrz, evidence: str) -> Iterator[FieldReading]:
    yield _typed("document_number", zone.document_number, evidence)
    yield _typed("name_latin", zone.name, evidence)
    if sex := {"M": "M", "F": "F", "<": "X"}.get(zone.sex):
        yield _typed("sex", sex, evidence)
    named = [item for item in nationalities().values() if item.code == zone.nationality]
    value = named[0].name if named else None
    yield _typed("nationality", value, evidence, raw=value or zone.nationality, confidence=UNCONFIRMED)
    expiry = _short_date(zone.expiry, 2000)
    if expiry is not None:
        yield _typed("card_valid_until", expiry.isoformat(), evidence)
        # Two digits of a year: nobody is born after the document ends.
        born = _short_date(zone.birth, 2000)
        if born is not None and born > expiry:
            born = _short_date(zone.birth, 1900)
        if born is not None:
            yield _typed("date_of_birth", born.isoformat(), evidence)


def _short_date(text: str, century: int) -> date | None:
    try:
        return date(century + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        return None
