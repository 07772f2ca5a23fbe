from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from service.cards.layout import SideLayout
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Side
from service.reading.specimen_mark import find_specimen_marks

NOTHING_KNOWN = SideLayout()


def _paper() -> NDArray[np.uint8]:
    raster = np.full((RASTER_HEIGHT, RASTER_WIDTH, 3), (215, 240, 228), np.uint8)
    for row in range(0, RASTER_HEIGHT, 11):
        cv2.line(raster, (0, row), (RASTER_WIDTH, row + 30), (200, 230, 205), 1, cv2.LINE_AA)
    return raster


def _write(
    raster: NDArray[np.uint8], text: str, at: tuple[int, int], size: float, colour: tuple[int, int, int]
) -> NDArray[np.uint8]:
    cv2.putText(raster, text, at, cv2.FONT_HERSHEY_DUPLEX, size, colour, max(1, round(2 * size)), cv2.LINE_AA)
    return raster


def _band() -> NDArray[np.uint8]:
    raster = _paper()
    cv2.rectangle(raster, (700, 480), (990, 535), (25, 20, 225), -1)
    return _write(raster, "SAMPLE", (740, 522), 1.4, (255, 255, 255))


def _red() -> NDArray[np.uint8]:
    return _write(_paper(), "SPECIMEN", (600, 140), 1.5, (40, 40, 210))


def _slanting() -> NDArray[np.uint8]:
    layer = _write(np.full_like(_paper(), 255), "SAMPLE", (170, 380), 6.0, (60, 60, 200))
    turn = cv2.getRotationMatrix2D((RASTER_WIDTH / 2, RASTER_HEIGHT / 2), 25, 1.0)
    layer = cv2.warpAffine(layer, turn, (RASTER_WIDTH, RASTER_HEIGHT), borderValue=(255, 255, 255))
    mark = (layer.min(axis=2, keepdims=True) < 250) * 0.4
    return np.asarray(_paper() * (1 - mark) + layer * mark, np.uint8)


@pytest.mark.parametrize(
    ("raster", "word"), [(_band(), "SAMPLE"), (_red(), "SPECIMEN"), (_slanting(), "SAMPLE")]
)
def test_marks_are_found(raster: NDArray[np.uint8], word: str) -> None:
    marks = find_specimen_marks(raster, Side.FRONT, NOTHING_KNOWN)
    assert marks
    assert marks[0].text == word
    assert marks[0].confidence > 0.5


def test_other_words_are_no_marks() -> None:
    raster = _write(
        _write(_paper(), "SIMPLE", (600, 140), 1.5, (40, 40, 210)), "CARD", (60, 300), 2, (60, 60, 60)
    )
    assert find_specimen_marks(raster, Side.FRONT, NOTHING_KNOWN) == ()


def test_a_mark_inside_a_field_is_that_fields_text() -> None:
    raster = _write(_paper(), "SPECIMEN", (600, 140), 1.5, (110, 110, 110))
    assert find_specimen_marks(raster, Side.FRONT, NOTHING_KNOWN) != ()
    assert find_specimen_marks(raster, Side.FRONT, NOTHING_KNOWN, [(0.5, 0.1, 0.5, 0.2)]) == ()
