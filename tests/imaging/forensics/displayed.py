"""A card on a table, and the cells of a display over both or over one of them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from service.imaging.forensics import Traces
from tests.imaging.forensics.cards import finished, ground, portrayed, traces

FRAME = 300
"""Pixels of table on every side."""
HEIGHT, WIDTH = (side + 2 * FRAME for side in ground().shape[:2])


def cells(
    wave: tuple[float, float], tilt: tuple[float, float] = (0.0, 0.0), depth: float = 3.0
) -> NDArray[np.float32]:
    """A pattern of ``wave`` periods a pixel in the middle, on a plane whose scale changes by ``tilt`` over
    the picture's width, (height, width, 1)."""
    yy, xx = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    x, y = xx - WIDTH / 2, yy - HEIGHT / 2
    away = 1 + (x * tilt[0] + y * tilt[1]) / WIDTH
    phase = 2 * np.pi * (wave[0] * x + wave[1] * y) / away
    return np.asarray(depth * np.cos(phase)[..., None], np.float32)


def on_card() -> NDArray[np.float32]:
    """1 on the card and 0 beside it, (height, width, 1)."""
    mask = np.zeros((HEIGHT, WIDTH, 1), np.float32)
    mask[FRAME:-FRAME, FRAME:-FRAME] = 1
    return mask


def laid(pattern: NDArray[np.float32], table: float = 140.0, *, portrait: bool = True) -> Traces:
    """A card on an even table of a grey level, both with a sensor's noise, under a pattern."""
    rng = np.random.default_rng(5)
    whole = np.full((HEIGHT, WIDTH, 3), table) + rng.normal(0, 2.0, (HEIGHT, WIDTH, 3))
    card = portrayed(ground()) if portrait else ground()
    whole[FRAME:-FRAME, FRAME:-FRAME] = card
    pixels = finished(whole + pattern)
    raster = np.ascontiguousarray(pixels[FRAME:-FRAME, FRAME:-FRAME])
    plain = traces(raster)
    shift = np.array([[1, 0, FRAME], [0, 1, FRAME], [0, 0, 1]], np.float64)
    view = replace(plain.view, homography=shift)
    return replace(plain, picture=replace(plain.picture, pixels=pixels), view=view)


def coarsely_saved(found: Traces, quality: int) -> Traces:
    """The same picture from a JPEG file."""
    _, file = cv2.imencode(".jpg", found.picture.pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    pixels = np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)
    return replace(found, picture=replace(found.picture, pixels=pixels))
