"""Two texts and two pictures: how far the texts are apart in what the recogniser sees."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from service.reading.recogniser import recogniser
from service.reading.two_pictures import Apart, LineSigns, texts_apart


def shown(text: str, blur: float = 0.0) -> LineSigns:
    """What the recogniser sees in a drawn line of letters and digits."""
    (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 2)
    picture: NDArray[np.uint8] = np.full((height + base + 16, width + 24, 3), 235, np.uint8)
    cv2.putText(picture, text, (12, height + 8), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (20, 20, 20), 2, cv2.LINE_AA)
    if blur:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), blur), np.uint8)
    reader = recogniser()
    return LineSigns(reader.log_probabilities([picture])[0], reader)


def seen(*signs: dict[str, float]) -> LineSigns:
    """Steps with these probabilities, a blank after each."""
    reader = recogniser()
    width = reader.log_probabilities([np.full((48, 64, 3), 255, np.uint8)])[0].shape[1]
    steps = np.full((2 * len(signs), width), 1e-9)
    steps[1::2, reader.blank] = 1.0
    for row, said in zip(steps[::2], signs, strict=True):
        for sign, probability in said.items():
            (number,) = reader.classes(sign) or [0]
            row[number] = probability
    return LineSigns(np.log(steps), reader)


def test_another_digit_is_far_apart_and_the_same_text_is_not() -> None:
    one, same, other = shown("AB1234"), shown("AB1234", blur=1.5), shown("AB1284")
    assert texts_apart("AB1234", "AB1234", one, same) == Apart()
    apart = texts_apart("AB1234", "AB1284", one, other)
    assert apart is not None
    assert apart.known == apart.exchanged > 7
    assert apart.kanji == 0


def test_a_wrong_reading_that_its_own_picture_does_not_bear_is_near() -> None:
    one, same = shown("AB1234"), shown("AB1234", blur=1.5)
    apart = texts_apart("AB1234", "AB1284", one, same)
    assert apart is not None
    assert apart.known < 0.1


def test_a_near_second_choice_is_no_other_text() -> None:
    chip = seen({"山": 0.9, "市": 0.1}, {"北": 1.0})
    printed = seen({"市": 1.0}, {"北": 1.0})
    apart = texts_apart("山北", "市北", chip, printed)
    assert apart is not None
    assert apart.kanji == apart.exchanged == pytest.approx(np.log(9), abs=0.01)
    sure = texts_apart("山北", "市北", seen({"山": 1.0}, {"北": 1.0}), printed)
    assert sure is not None
    assert sure.exchanged > 20


def test_a_sign_more_is_no_exchange() -> None:
    chip, printed = seen({"北": 1.0}, {"市": 1.0}), seen({"北": 1.0}, {"川": 1.0}, {"市": 1.0})
    apart = texts_apart("北市", "北川市", chip, printed)
    assert apart is not None
    assert apart.kanji > 10
    assert apart.exchanged == 0


def test_what_stands_beside_a_field_in_its_row_does_not_count() -> None:
    row = seen({"A": 1.0}, {"B": 1.0}, {"7": 1.0}, {"8": 1.0})
    apart = texts_apart("AB", "AB", row, row)
    assert apart == Apart()
    both = texts_apart("AB", "AC", row, seen({"A": 1.0}, {"C": 1.0}, {"5": 1.0}))
    assert both is not None
    assert both.known > 20


def test_text_that_was_never_read_is_weighed_in_the_print_alone_and_exchanges_nothing() -> None:
    printed = seen({"市": 0.6, "山": 0.4}, {"北": 1.0})
    apart = texts_apart("山北", "市北", None, printed)
    assert apart is not None
    assert apart.kanji == pytest.approx(np.log(1.5), abs=0.01)
    rare = texts_apart("山北", "市北", None, seen({"市": 1.0}, {"北": 1.0}))
    assert rare is not None
    assert rare.kanji > 20  # as a holder's rare sign would be that is always read as a common one
    assert rare.exchanged == 0


def test_nothing_is_said_of_signs_that_the_recogniser_does_not_know() -> None:
    row = seen({"北": 1.0})
    assert texts_apart("北", "\U0002000b", row, row) is None


def test_look_alikes_are_no_difference() -> None:
    row = seen({"0": 1.0}, {"北": 1.0})
    assert texts_apart("0北", "O北", row, row) == Apart()
