"""Bar codes: does the face carry one where its layout has none, and does a code say what is printed?"""

from __future__ import annotations

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.reading_limits import ACCUSING, READABLE
from service.evidence import Side
from service.reading.barcodes import PlacedBarcode
from service.verdict import Basis, Effect, NextAction, Region, Result

__all__ = ["CHECKS"]

_NUMBERS = ("card_number", "document_number")
_ELSEWHERE = frozenset({"front", "back", "mrz", "chip"})


def _region(code: PlacedBarcode) -> Region:
    return Region(code.side.value, code.box)


def _presence(case: Case) -> Finding:
    inside = [code for code in case.barcodes if code.inside]
    sides = [side for side in (Side.FRONT, Side.BACK) if case.view(side.value) is not None]
    known = case.layout.sides if case.layout else {}
    stated = {side: known[side.value].barcodes for side in sides if side.value in known}
    against = [code for code in inside if stated.get(code.side) == "none"]
    for code in against:
        # What sticks on a back may be somebody's label; the front shows the layout and nothing else.
        if code.code.sure and code.side is Side.FRONT and case.in_place:
            return Finding("barcode.presence.unexpected", region=_region(code))
    if against:
        region = _region(against[0])
        return Finding("barcode.presence.doubtful", region=region, next_action=NextAction.MANUAL_REVIEW)
    if inside:
        return Finding("barcode.presence.unconfirmed", region=_region(inside[0]))
    if stated and set(stated.values()) == {"none"}:
        return Finding("barcode.presence.none")
    return Finding("barcode.presence.not_applicable")


def _payload(case: Case) -> Finding:
    coded = [f for f in case.fields if f.source == "barcode" and f.name in _NUMBERS]
    shown = [f for f in case.fields if f.source in _ELSEWHERE and f.name in _NUMBERS and f.value]
    if not coded:
        return Finding("barcode.payload.not_applicable")
    code = coded[0]
    region = Region(code.side.value, code.box) if code.side and code.box else None
    if any(f.value == code.value for f in shown):
        return Finding("barcode.payload.agrees", region=region)
    sure = [f for f in shown if f.confidence >= ACCUSING and f.name == code.name]
    if code.confidence >= READABLE and sure and case.in_place:
        return Finding("barcode.payload.disagrees", region=region)
    return Finding("barcode.payload.unreadable", region=region, next_action=NextAction.RETAKE_IMAGE)


CHECKS = (
    Check(
        id="barcode.presence",
        title="There are bar codes only where the layout has them",
        citation="card data sheet §1.1: no code on the first generation's front or back",
        basis=Basis.RULE,
        effect=Effect.SUPPORTING,
        needs=("front|back",),
        reasons={
            "barcode.presence.none": Result.PASS,
            "barcode.presence.unexpected": Result.SUSPECT,
            "barcode.presence.doubtful": Result.INCONCLUSIVE,
            "barcode.presence.unconfirmed": Result.INCONCLUSIVE,
        },
        run=_presence,
    ),
    Check(
        id="barcode.payload",
        title="A bar code says what is printed beside it",
        citation="ICAO Doc 9303-2 Appendix C; BSI TR-03135-1 §5.9",
        basis=Basis.CROSS_SOURCE,
        effect=Effect.SUPPORTING,
        needs=("front|back",),
        reasons={
            "barcode.payload.agrees": Result.PASS,
            "barcode.payload.disagrees": Result.SUSPECT,
            "barcode.payload.unreadable": Result.INCONCLUSIVE,
        },
        run=_payload,
        fields=frozenset({"card_number"}),
    ),
)
