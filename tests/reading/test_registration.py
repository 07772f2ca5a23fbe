from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from service.cards.layout import layout
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH
from service.reading.ink import TextBox, find_lines, ink_map
from service.reading.registration import find_labels, fit_correction

SIZE = (RASTER_WIDTH, RASTER_HEIGHT)
FRONT = layout("jp.residence_card.gen1").front


def _card() -> NDArray[np.uint8]:
    """Striped bars, as dense as text, where the labels stand."""
    raster = np.full((RASTER_HEIGHT, RASTER_WIDTH, 3), 225, np.uint8)
    for label in FRONT.labels:
        x, y, w, h = (round(v * s) for v, s in zip(label.box, SIZE * 2, strict=True))
        for left in range(x, x + w - 2, 5):
            raster[y : y + h, left : left + 3] = 30
        raster[y + h // 2, x : x + w] = 30
    return raster


@pytest.mark.parametrize("seed", range(4))
def test_corners_one_and_a_half_millimetres_off_are_mended(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corners = np.array([[0, 0], [SIZE[0], 0], [SIZE[0], SIZE[1]], [0, SIZE[1]]], np.float32)
    moved = (corners + rng.uniform(-18, 18, (4, 2))).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, moved)
    raster = cv2.warpPerspective(_card(), matrix, SIZE, borderValue=(225, 225, 225))
    correction = fit_correction(find_labels(ink_map(raster), FRONT.labels))
    assert correction is not None
    probe = np.array([[[60, 60], [500, 320], [60, 600], [700, 60]]], np.float64)
    expected = cv2.perspectiveTransform(probe, matrix.astype(np.float64))
    found = cv2.perspectiveTransform(probe, correction.homography)
    assert np.abs(found - expected).max() < 6.5  # 0.55 mm; the corners were up to 18 px off


def test_blank_paper_gives_no_correction() -> None:
    blank = np.full((RASTER_HEIGHT, RASTER_WIDTH, 3), 225, np.uint8)
    assert fit_correction(find_labels(ink_map(blank), FRONT.labels)) is None


def test_lines_are_found_tightly_and_neighbours_left_out() -> None:
    raster = np.full((100, 400, 3), 230, np.uint8)
    raster[30:50, 60:62] = 20
    for left in range(60, 160, 4):
        raster[30:50, left : left + 2] = 20
    raster[30:50, 0:3] = 20
    raster[52, 40:390] = 20
    raster[30:50, 300:330:4] = 20
    assert find_lines(ink_map(raster), TextBox(0, 20, 400, 60), 1, guard=8) == [TextBox(60, 30, 158, 50)]
