"""Printed and coded My Numbers, all made up, are black before anybody reads; nothing else is touched."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from service.evidence import CaptureKind, Location, Role
from service.imaging.rectify import rectify
from service.reading import clearing
from service.reading.barcodes import read_barcodes
from service.reading.clearing import clear, clear_print, read_cleared
from service.reading.my_number import black_out_print, find_print
from tests.reading.codes import (
    GROUPED,
    MY_NUMBER,
    Pixels,
    back,
    code,
    front,
    on_table,
    picture,
    printed,
    with_code,
)


def _black(pixels: Pixels) -> float:
    return float((pixels.max(axis=2) == 0).mean())


@pytest.mark.parametrize("text", [MY_NUMBER, GROUPED, f"個人番号 {GROUPED}"])
@pytest.mark.parametrize("turn", [None, cv2.ROTATE_180, cv2.ROTATE_90_CLOCKWISE])
def test_a_printed_number_is_gone(text: str, turn: int | None) -> None:
    if turn is not None and text != GROUPED:
        pytest.skip("one form is enough for turned pictures")
    pixels, location = on_table(printed(back(), text))
    seen = picture(pixels if turn is None else np.asarray(cv2.rotate(pixels, turn), np.uint8))
    if turn is not None:
        location = Location((), 0, CaptureKind.SCAN) if turn == cv2.ROTATE_90_CLOCKWISE else location
    cleared = black_out_print(seen, location)
    assert cleared is not seen
    assert _black(cleared.pixels) > _black(seen.pixels) + 0.003
    assert black_out_print(cleared, location) is cleared


def test_only_the_line_itself_is_black() -> None:
    pixels, location = on_table(printed(back(), GROUPED))
    cleared = black_out_print(picture(pixels), location)
    raster, _ = rectify(cleared, location.quads[0])
    original, _ = rectify(picture(pixels), location.quads[0])
    changed = np.flatnonzero(np.any(np.abs(raster.astype(int) - original) > 30, axis=2).any(axis=1))
    assert changed.min() / 638 > 0.86
    assert changed.max() / 638 < 0.98


def test_a_doubtful_digit_in_groups_of_four_is_no_way_out() -> None:
    """Grouped like a My Number it goes, though its last digit does not check."""
    wrong = GROUPED[:-1] + str((int(GROUPED[-1]) + 1) % 10)
    assert len(find_print(printed(back(), wrong))) == 1


@pytest.mark.parametrize("text", ["402817365098", "AB12345678CD", "2021年04月28日", "03-1234-5678"])
def test_other_numbers_stay(text: str) -> None:
    assert find_print(printed(back(), text)) == ()


def test_a_genuine_back_is_left_as_it_is() -> None:
    pixels, location = on_table(back())
    seen = picture(pixels)
    assert black_out_print(seen, location) is seen


@pytest.mark.parametrize("role", [Role.FRONT, Role.BACK, Role.COMPANION])
def test_a_code_with_the_number_is_black_in_every_copy(role: Role) -> None:
    large = cv2.resize(with_code(back(), code(MY_NUMBER), 700, 80), None, fx=3, fy=3)
    cleared = clear(picture(np.asarray(large, np.uint8), role))
    assert cleared.blacked_out
    assert cleared.picture.reduced
    for copy in (cleared.picture.pixels, *cleared.picture.reduced):
        assert read_barcodes(picture(copy)) == ()


def test_another_code_stays_readable() -> None:
    seen = picture(with_code(back(), code("AB12345678CD"), 700, 80))
    cleared = clear(seen)
    assert cleared.picture is seen
    assert not cleared.blacked_out


def test_a_known_front_is_read_without_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own numbers must stay as they are, and the search would cost time."""

    def forbidden(*_: object) -> None:
        raise AssertionError("searched")

    monkeypatch.setattr(clearing, "clear_print", forbidden)
    pixels, location = on_table(front())
    cleared, reading = read_cleared(clear(picture(pixels, Role.FRONT)), location)
    assert reading.view is not None
    assert reading.view.layout == "jp.residence_card.gen1"
    assert not cleared.blacked_out


def test_a_back_sent_as_a_front_is_read_from_the_blackened_picture() -> None:
    pixels, location = on_table(printed(back(), GROUPED))
    cleared, reading = read_cleared(clear(picture(pixels, Role.FRONT)), location)
    assert cleared.blacked_out
    assert reading.view is not None
    again = clear_print(cleared, location)
    assert again is cleared
    assert not any(MY_NUMBER in "".join(field.raw.split()) for field in reading.fields)
    assert find_print(reading.view.raster) == ()
