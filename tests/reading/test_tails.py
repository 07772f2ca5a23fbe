"""Q and O of a card number, told by the tail in the print, whatever a reader said."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from service.reading.ink import TextBox
from service.reading.recogniser import TextLine
from service.reading.tails import with_tails

STEP, HIGH, LEFT, TOP = 20, 22, 60, 60
BOX = TextBox(LEFT, TOP, LEFT + 12 * STEP, TOP + HIGH)
READ = tuple((i + 0.5) / 12 for i in range(12))


def printed(text: str, blur: float = 0.8) -> NDArray[np.uint8]:
    """A number on a pale band; Q is an O with a tail below the line, J reaches below it too."""
    plane = np.zeros((HIGH + 2 * TOP, 12 * STEP + 2 * LEFT), np.uint8)
    for i, sign in enumerate(text):
        x, foot = LEFT + i * STEP, TOP + HIGH - 1
        if sign in "OQ":
            cv2.ellipse(plane, (x + 9, TOP + HIGH // 2), (7, HIGH // 2 - 1), 0, 0, 360, 255, 3, cv2.LINE_AA)
        elif sign == "J":
            cv2.line(plane, (x + 9, TOP), (x + 9, foot + 6), 255, 3, cv2.LINE_AA)
        else:
            cv2.rectangle(plane, (x + 4, TOP + 1), (x + 14, foot - 1), 255, 3)
        if sign == "Q":
            cv2.line(plane, (x + 8, foot - 5), (x + 17, foot + 6), 255, 5, cv2.LINE_AA)
    soft = cv2.GaussianBlur(plane, (0, 0), blur).astype(np.float32)[..., None] / 255
    band = np.full((*plane.shape, 3), (240, 212, 136), np.float32)
    return np.asarray(band * (1 - soft) + 30 * soft, np.uint8)


def read(text: str, claim: float = 0.98) -> TextLine:
    return TextLine(text, claim, (claim,) * len(text), READ)


@pytest.mark.parametrize("true", ["QA12345678BB", "AQ12345678BB", "AA12345678QB", "AA12345678BQ"])
@pytest.mark.parametrize("sign", ["O", "0"])
def test_an_o_with_a_tail_is_a_q(true: str, sign: str) -> None:
    line = with_tails(printed(true), BOX, read(true.replace("Q", sign)))
    assert line.text == true
    assert 0.9 <= line.confidence < 0.98


@pytest.mark.parametrize("blur", [0.5, 1.5])
def test_an_o_without_a_tail_stays_as_sure_as_it_was(blur: float) -> None:
    assert with_tails(printed("OA12345678BO", blur), BOX, read("OA12345678BO")) == read("OA12345678BO")


def test_a_neighbour_that_reaches_below_proves_nothing() -> None:
    line = with_tails(printed("QO12345678BB"), BOX, read("QO12345678BB"))
    assert line.text == "QO12345678BB"
    assert with_tails(printed("AA12345678OJ"), BOX, read("AA12345678OJ")).text == "AA12345678OJ"


@pytest.mark.parametrize("text", ["QA1234567", "QA123456789012", "AB12345678CD", ""])
def test_what_is_no_number_or_has_no_o_is_left_alone(text: str) -> None:
    line = TextLine(text, 0.9, (0.9,) * len(text), READ[: len(text)])
    assert with_tails(printed("QA12345678BB"), BOX, line) is line


def test_a_blank_band_gives_no_tails() -> None:
    blank = np.full_like(printed("AA12345678BB"), 200)
    assert with_tails(blank, BOX, read("OA12345678BB")) == read("OA12345678BB")
