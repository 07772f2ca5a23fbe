"""The quadrilateral of a soft mask, also where something took a bite of it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from service.imaging.geometry import edge_lengths
from service.imaging.quads import fit_quad

Array = NDArray[np.float32]
UPRIGHT = np.array([[10.3, 14.6], [52.1, 14.6], [52.1, 41.2], [10.3, 41.2]], dtype=np.float32)
SEEN_AT_AN_ANGLE = np.array([[9.2, 17.5], [50.7, 12.1], [55.4, 44.8], [12.9, 40.3]], dtype=np.float32)


def mask_of(corners: Array) -> Array:
    """Share of each of 64 x 64 cells that the quad covers."""
    fine = np.zeros((1024, 1024), dtype=np.uint8)
    cv2.fillPoly(fine, [np.round(((corners + 0.5) * 16 - 0.5) * 16).astype(np.int32)], 255, cv2.LINE_8, 4)
    share = cv2.resize(fine, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.asarray(share, dtype=np.float32)


def error(mask: Array, truth: Array) -> float:
    """Largest corner error in cells."""
    found = fit_quad(mask, (mask > 0.5).astype(np.uint8))
    assert found is not None
    return min(float(np.linalg.norm(np.roll(found, k, axis=0) - truth, axis=1).max()) for k in range(4))


@pytest.mark.parametrize("truth", [UPRIGHT, SEEN_AT_AN_ANGLE], ids=["upright", "angle"])
def test_corners_lie_between_the_cells(truth: Array) -> None:
    assert error(mask_of(truth), truth) < 0.2


def test_a_missing_piece_of_an_edge_costs_little() -> None:
    mask = mask_of(SEEN_AT_AN_ANGLE)
    mask[38:48, 26:32] = 0
    assert error(mask, SEEN_AT_AN_ANGLE) < 0.8


def test_a_thin_appendage_is_no_part_of_the_card() -> None:
    mask = mask_of(UPRIGHT)
    mask[2:15, 30:33] = 1
    assert error(mask, UPRIGHT) < 0.8


def test_a_line_is_no_quad() -> None:
    mask = np.zeros((64, 64), dtype=np.float32)
    mask[20, 5:50] = 1
    found = fit_quad(mask, (mask > 0.5).astype(np.uint8))
    assert found is None or edge_lengths(found).min() < 4
