"""Full-width dates, card number and name beside the half-width dates: of their face, or not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from service.evidence import Box
from service.imaging.forensics.typefaces.date_line import cut_dates
from service.imaging.forensics.typefaces.dates import Typeface
from service.imaging.forensics.typefaces.full_width import compare_full_width, cut_full_width
from service.imaging.forensics.typefaces.name_line import compare_name
from service.imaging.forensics.typefaces.number_line import compare_number, cut_number
from tests.imaging.forensics.cards import Pixels, finished, ground
from tests.imaging.forensics.dated import BOXES, DATES, FULL, MORE, NAME, NUMBER, dated
from tests.imaging.forensics.test_typeface import grey

SCRIPT = cv2.FONT_HERSHEY_SCRIPT_COMPLEX


def full_width(card: Pixels, texts: dict[str, str] = FULL) -> Typeface | None:
    luma = grey(card)
    dates = cut_dates(luma, BOXES, DATES)
    cut = {name: cut_full_width(luma, text, MORE[name], dates) for name, text in texts.items()}
    return compare_full_width({name: line for name, line in cut.items() if line}, dates)


def number(card: Pixels, text: str = NUMBER, box: Box = MORE["number"]) -> Typeface | None:
    luma = grey(card)
    dates = cut_dates(luma, BOXES, DATES)
    cut = cut_number(luma, text, box, dates)
    return compare_number("number", cut, dates) if cut else None


def name(card: Pixels, text: str = NAME, box: Box = MORE["name"], kanji: bool = False) -> Typeface | None:
    luma = grey(card)
    dates = cut_dates(luma, BOXES, DATES)
    cut = cut_number(luma, NUMBER, MORE["number"], dates)
    return compare_name("name", luma, text, box, cut, dates, kanji_below=kanji) if cut else None


@pytest.mark.parametrize("blur", [0.8, 1.8])
def test_print_of_one_face_is_alike(blur: float) -> None:
    card = dated(more=True, blur=blur)
    for found in (full_width(card), number(card), name(card)):
        assert found is not None
        assert found.apart < 0.045
        assert found.others > 0.95


@pytest.mark.parametrize("odd", list(FULL))
def test_the_full_width_date_in_another_face_is_seen(odd: str) -> None:
    found = full_width(dated(more=True, odd=odd, face=SCRIPT, thick=3))
    assert found is not None
    assert found.apart > 0.055


def test_a_full_width_date_is_named_by_its_kanji() -> None:
    card = dated(more=True)
    x, y, w, h = (round(v * side) for v, side in zip(MORE["valid"], (1012, 638, 1012, 638), strict=True))
    place = card[y - 4 : y + h + 4, x - 8 : x + w]
    place[:] = cv2.erode(place, np.ones((3, 3), np.uint8))  # a bolder hand
    found = full_width(card)
    assert found is not None
    assert found.odd == "valid"


def test_one_full_width_date_is_compared_by_its_kanji_alone() -> None:
    found = full_width(dated(more=True), {"valid": FULL["valid"]})
    assert found is not None
    assert (found.odd, found.apart < 0.045) == ("valid", True)


def test_a_number_in_another_face_is_seen() -> None:
    found = number(dated(more=True, odd="number", face=SCRIPT, thick=3))
    assert found is not None
    assert (found.odd, found.apart > 0.070) == ("number", True)


def test_one_misread_digit_makes_no_number_odd() -> None:
    found = number(dated(more=True), NUMBER.replace("3261", "3761"))
    assert found is not None
    assert found.apart < 0.045


@pytest.mark.parametrize(
    ("text", "box"),
    [("AB1920326CD", MORE["number"]), ("AB45784578CD", MORE["number"]), (NUMBER, (0.0, 0.0, 0.2, 0.05))],
    ids=["no number", "no digit of the dates", "at the rim"],
)
def test_a_number_that_cannot_be_compared_is_left(text: str, box: Box) -> None:
    assert number(dated(more=True), text, box) is None


def test_a_name_in_another_face_is_seen() -> None:
    found = name(dated(more=True, odd="name", face=SCRIPT, thick=3))
    assert found is not None
    assert (found.odd, found.apart > 0.055) == ("name", True)


def test_a_name_is_compared_on_one_line_of_common_length() -> None:
    card = dated(more=True)
    x, y, w, _ = MORE["name"]
    assert name(card, "EUNJI HYUN") is None  # no letter of the number
    assert name(card, " ".join([NAME] * 3)) is None
    assert name(card, box=(x, y, w, 0.08)) is None
    found = name(card, box=(x, y, w, 0.08), kanji=True)
    assert found is not None
    assert found.apart < 0.045


def test_nothing_is_compared_without_dates_or_print() -> None:
    luma = grey(finished(ground()))
    assert cut_number(luma, NUMBER, MORE["number"], {}) is None
    assert cut_full_width(luma, FULL["stay"], MORE["stay"], {}) is None
    dates = cut_dates(grey(dated()), BOXES, DATES)
    assert cut_full_width(luma, FULL["stay"], MORE["stay"], dates) is None
    assert cut_full_width(luma, "無期限", MORE["stay"], dates) is None
    assert compare_full_width({}, dates) is None
