"""Texts of one typeface: which finding is which, what is left open, and whose reading is trusted."""

from __future__ import annotations

from dataclasses import replace

import cv2
import pytest

from service.cards.layout import layout
from service.checks.case import Case
from service.evidence import FieldReading, LabelReading, Side
from service.imaging.forensics import Traces
from service.imaging.forensics.typefaces.dates import Typeface
from service.verdict import CheckResult, Result
from tests.checks.forensics.test_forensic_checks import case_of, result
from tests.imaging.forensics.cards import Pixels, traces
from tests.imaging.forensics.dated import BOXES, DATES, FULL, MORE, NAME, NUMBER, dated

FIELDS = dict(zip(("date_of_birth", "permission_date", "issue_date"), DATES, strict=True))
MORE_FIELDS = {
    "stay_until": "stay",
    "card_valid_until": "valid",
    "card_number": "number",
    "name_latin": "name",
}
KINDS = {field.name: field.kind for field in layout("jp.residence_card.gen1").front.fields}


def readings(confidence: float) -> tuple[FieldReading, ...]:
    texts, boxes = {**DATES, **FULL, "number": NUMBER, "name": NAME}, {**BOXES, **MORE}
    return tuple(
        FieldReading(name, "front", texts[line], None, confidence, side=Side.FRONT, box=boxes[line])
        for name, line in {**FIELDS, **MORE_FIELDS}.items()
    )


def case(card: Pixels, confidence: float = 0.99) -> Case:
    plain = traces(card)
    printed = readings(confidence)
    found = Traces.of(plain.picture, plain.view, printed, plain.photo, KINDS)
    return replace(case_of(found), fields=printed)


def said(card: Pixels, confidence: float = 0.99) -> CheckResult:
    return result("date_print", case(card, confidence))


def test_a_date_in_another_typeface_is_suspect_and_named() -> None:
    found = said(dated(odd="granted", face=cv2.FONT_HERSHEY_SIMPLEX, thick=1))
    assert (found.result, found.reason) == (Result.SUSPECT, "forensics.date_print.differ")
    assert found.fields == frozenset({"permission_date"})
    assert found.region is not None
    assert found.region.box == BOXES["granted"]
    assert found.margin is not None
    assert found.margin < 0


def test_dates_of_one_typeface_pass() -> None:
    assert said(dated()).reason == "forensics.date_print.alike"


def test_a_doubtful_reading_is_not_compared_sign_by_sign() -> None:
    odd = dated(odd="granted", face=cv2.FONT_HERSHEY_SIMPLEX, thick=1)
    assert said(odd, confidence=0.7).reason == "forensics.date_print.not_assessable"


@pytest.mark.parametrize("others", [0.80, 0.95])
def test_others_that_are_unlike_each_other_prove_nothing(others: float) -> None:
    seen = case(dated())
    seen.traces["front"].__dict__["typeface"] = Typeface("issue_date", 0.2, others)
    wanted = Result.INCONCLUSIVE if others < 0.9 else Result.SUSPECT
    assert result("date_print", seen).result is wanted


def test_signs_that_were_not_found_accuse_nobody() -> None:
    seen = case(dated())
    seen.traces["front"].__dict__["typeface"] = Typeface("issue_date", 0.43, 0.97)
    assert result("date_print", seen).reason == "forensics.date_print.not_assessable"


@pytest.mark.parametrize(
    ("id", "odd", "fields"),
    [
        ("full_width_print", "valid", {"card_valid_until"}),
        ("number_print", "number", {"card_number"}),
        ("name_print", "name", {"name_latin", "card_number"}),
    ],
)
def test_another_text_in_another_typeface_is_suspect(id: str, odd: str, fields: set[str]) -> None:
    found = result(id, case(dated(more=True, odd=odd, face=cv2.FONT_HERSHEY_SCRIPT_COMPLEX, thick=3)))
    assert (found.result, found.reason) == (Result.SUSPECT, f"forensics.{id}.differ")
    assert found.fields == fields
    assert found.region is not None
    assert found.region.box == MORE[odd]
    assert result(id, case(dated(more=True))).reason == f"forensics.{id}.alike"
    assert result(id, case(dated())).reason == f"forensics.{id}.not_assessable"
    assert result(id, case(dated(more=True, odd=odd), confidence=0.7)).result is Result.INCONCLUSIVE


@pytest.mark.parametrize("spot", ["number", "name", "valid", "granted"])
def test_grease_over_one_text_accuses_nobody(spot: str) -> None:
    """What is softer than the dates looks unlike them, whatever its face."""
    card = dated(more=True)
    x, y, w, h = {**BOXES, **MORE}[spot]
    place = card[
        round(y * 638) - 12 : round((y + h) * 638) + 12, round(x * 1012) - 16 : round((x + w) * 1012) + 16
    ]
    place[:] = cv2.GaussianBlur(place, (0, 0), 2.6)
    seen = case(card)
    for id in ("date_print", "full_width_print", "number_print", "name_print"):
        assert result(id, seen).result is not Result.SUSPECT
    clear = seen.traces["front"]
    clear.__dict__["edges"] = dict.fromkeys(clear.lines, 0.2)
    found = [
        result(id, seen).result for id in ("date_print", "full_width_print", "number_print", "name_print")
    ]
    assert Result.SUSPECT in found, "sharpness alone held it back"


def test_a_card_out_of_place_is_not_judged() -> None:
    odd = case(dated(odd="granted", face=cv2.FONT_HERSHEY_SIMPLEX, thick=1))
    astray = replace(odd, labels=(LabelReading("x", Side.FRONT, "在留カード", similarity=0.1),))
    assert result("date_print", astray).reason == "forensics.date_print.not_assessable"


def test_the_layout_says_which_dates_are_printed_alike() -> None:
    assert {name for name, kind in KINDS.items() if kind == "date"} == set(FIELDS)
    kinds = {"period_with_date", "date_full_width", "card_number", "latin_name"}
    assert {KINDS[name] for name in MORE_FIELDS} == kinds


def test_a_number_that_is_odd_itself_speaks_against_no_name() -> None:
    seen = case(dated(more=True, odd="number", face=cv2.FONT_HERSHEY_SCRIPT_COMPLEX, thick=3))
    assert result("name_print", seen).reason == "forensics.name_print.not_assessable"
    assert result("number_print", seen).reason == "forensics.number_print.differ"
