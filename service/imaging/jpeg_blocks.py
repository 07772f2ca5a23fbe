"""The blocks of a JPEG file that lie on the card: their lowest frequencies, as the file's coder saw them.

A JPEG file is stored in blocks of 8 x 8 pixels, whose frequencies are rounded to steps (ITU-T T.81). The grid
of the blocks belongs to the file as stored, not to the picture as it is turned upright.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Picture
from service.imaging.decode import as_stored

__all__ = ["FREQUENCIES", "SIDE", "Blocks", "card_blocks"]

Floats = NDArray[np.float32]
SIDE = 8
"""Pixels along a block."""
FREQUENCIES = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (0, 3), (3, 0))
"""Row and column of the frequencies that are looked at: higher ones are mostly zero."""
_CLIPPED = (1, 254)
"""Levels of a colour from which it may have been cut off between two savings, which moves the luma too."""
_FEW = 3000
"""Blocks of a first look."""


def _basis() -> Floats:
    """(64, 9): each frequency's wave, of unit length."""
    x = np.arange(SIDE)
    waves = [
        np.sqrt((1 if k == 0 else 2) / SIDE) * np.cos((2 * x + 1) * k * np.pi / (2 * SIDE)) for k in range(4)
    ]
    return np.stack([np.outer(waves[u], waves[v]).ravel() for u, v in FREQUENCIES], 1).astype(np.float32)


_BASIS = _basis()


@dataclass(frozen=True)
class Blocks:
    """Blocks whose centres lie on the card, without any clipped pixel."""

    frequencies: Floats
    """(n, 9) in levels of luma, not divided by the steps."""
    places: Floats
    """(n, 2) centres, fractions of the card."""
    shifted: Floats
    """(m, 9) the same of blocks half a block aside: what the frequencies were before any rounding."""


def card_blocks(picture: Picture, homography: NDArray[np.float64], *, few: bool = False) -> Blocks | None:
    """The blocks of the card; ``few`` leaves rows of blocks out until some thousands remain.

    ``homography`` maps raster to picture pixels. None where card or picture hold less than two blocks.
    """
    stored = as_stored(picture.pixels, picture.metadata.orientation)
    if min(stored.shape[:2]) < 2 * SIDE:
        return None
    upright = _to_upright(picture, stored.shape[:2])
    to_card = np.diag([1 / RASTER_WIDTH, 1 / RASTER_HEIGHT, 1.0]) @ np.linalg.inv(homography) @ upright
    corners = np.array([[[0, 0], [1, 0], [1, 1], [0, 1]]], np.float64)
    outline = cv2.perspectiveTransform(corners, np.linalg.inv(to_card))[0]
    outline = np.clip(np.nan_to_num(outline), 0, stored.shape[1::-1])
    (x0, y0), (x1, y1) = ((int(v) // SIDE for v in end) for end in (outline.min(0), outline.max(0)))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return None
    step = -(-(x1 - x0) * (y1 - y0) // _FEW) if few else 1
    rows = range(y0, y1 - 1, step)
    found = [_row(stored, row, x0, x1, to_card) for row in rows]
    return Blocks(*(np.concatenate([part[i] for part in found]) for i in range(3)))


def _row(
    stored: NDArray[np.uint8], row: int, x0: int, x1: int, to_card: NDArray[np.float64]
) -> tuple[Floats, Floats, Floats]:
    """One row of blocks: frequencies, places, frequencies of the row half a block aside."""
    half = SIDE // 2
    strip = stored[row * SIDE : row * SIDE + SIDE + half, x0 * SIDE : x1 * SIDE]
    luma = cv2.cvtColor(strip.astype(np.float32), cv2.COLOR_BGR2GRAY)
    blue, green, red = cv2.split(strip)
    darkest, lightest = cv2.min(cv2.min(blue, green), red), cv2.max(cv2.max(blue, green), red)
    whole = (darkest > _CLIPPED[0]) & (lightest < _CLIPPED[1])
    own, clear = _transformed(luma[:SIDE], whole[:SIDE])
    aside, also = _transformed(luma[half:, half:-half], whole[half:, half:-half])
    across = np.arange(x0, x1) * SIDE + (SIDE - 1) / 2
    centres = np.stack([across, np.full(len(across), row * SIDE + (SIDE - 1) / 2)], 1)
    places = cv2.perspectiveTransform(centres[None], to_card)[0].astype(np.float32)
    inside = ((places > 0) & (places < 1)).all(1)
    return own[clear & inside], places[clear & inside], aside[also & inside[:-1] & inside[1:]]


def _transformed(luma: Floats, whole: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_]]:
    """(n, 9) frequencies of a row of blocks, and which hold no clipped pixel."""
    return np.asarray(_in_blocks(luma) @ _BASIS, np.float32), np.asarray(_in_blocks(whole).all(1), np.bool_)


def _in_blocks(row: NDArray[Any]) -> NDArray[Any]:
    """(n, 64) pixels of each block of a row."""
    count = row.shape[1] // SIDE
    return row.reshape(SIDE, count, SIDE).transpose(1, 0, 2).reshape(count, SIDE * SIDE)


def _to_upright(picture: Picture, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Affine map from the stored file's pixels to the upright picture's, by where its corners went."""
    right, bottom = picture.width - 1, picture.height - 1
    ends = np.array([[[0, 0], [right, 0]], [[0, bottom], [right, bottom]]], np.float64)
    origin, along, down = (
        as_stored(ends, picture.metadata.orientation)[at] for at in ((0, 0), (0, 1), (1, 0))
    )
    height, width = shape
    columns = np.stack([(along - origin) / (width - 1), (down - origin) / (height - 1), origin], 1)
    return np.vstack([columns, [0, 0, 1]])
