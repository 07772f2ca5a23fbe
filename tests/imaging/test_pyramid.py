"""Reduced copies: the same place in every copy, and a raster that does not depend on which one was used."""

from __future__ import annotations

import numpy as np
import pytest

from service.evidence import ImageMetadata, Picture, Quad, Role
from service.imaging.pyramid import halved, level, level_transform
from service.imaging.rectify import rectify


def ramp(reduced: bool) -> Picture:
    """A picture whose blue is its x and whose green is its y, in 1/16."""
    y, x = np.mgrid[0:2400, 0:3600]
    pixels = np.stack([x / 16, y / 16, np.zeros_like(x)], axis=2).astype(np.uint8)
    copies = halved(pixels) if reduced else ()
    return Picture(Role.FRONT, "0" * 64, "image/png", pixels, ImageMetadata("PNG"), copies)


def test_copies_are_halves_down_to_the_smallest() -> None:
    assert [copy.shape[:2] for copy in ramp(True).reduced] == [(1200, 1800)]
    assert halved(np.zeros((500, 900, 3), np.uint8)) == ()


@pytest.mark.parametrize(("scale", "halvings"), [(1.0, 0), (0.6, 0), (0.5, 1), (0.1, 1)])
def test_the_smallest_copy_that_is_large_enough(scale: float, halvings: int) -> None:
    assert level(ramp(True), scale)[1] == halvings


def test_a_place_is_the_same_in_every_copy() -> None:
    picture = ramp(True)
    x, y, _ = level_transform(1) @ np.array([1600.5, 800.5, 1.0])
    assert tuple(picture.reduced[0][round(y), round(x)][:2]) == (1600 // 16, 800 // 16)


def test_the_raster_does_not_depend_on_the_copy() -> None:
    quad = Quad(np.array([[300, 200], [3300, 260], [3280, 2150], [320, 2100]], np.float32))
    with_copies, _ = rectify(ramp(True), quad)
    without, _ = rectify(ramp(False), quad)
    assert int(np.abs(with_copies.astype(int) - without.astype(int)).max()) <= 1
