"""A fingerprint of a card's ground: what is between its texts, in about a thousand small numbers.

Two cards made from one retouched picture share its dust, its grain and the traces of the eraser; two genuine
cards share the printed design alone. What a design is shows only beside many cards, so nothing is subtracted
here: the numbers are linear in the picture, and whoever compares cards takes out first what they have in
common (``service.archive.links.common``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box

__all__ = ["BLOCKS", "GROUND_NUMBERS", "REGIONS", "ground_print", "region_box"]

_SIZE: Final = (506, 319)
"""Width and height at which the ground is looked at: 150 dpi."""
_FINE, _COARSE = 1.0, 4.0
"""Standard deviations of the band that is looked at, pixels: 0.17 to 0.7 mm."""
_INK_LEVELS = 22.0
"""Grey levels that ink lies below what is around it."""
_INK_SHARE = 0.06
"""Share of ink around a pixel from which it is text; a single speck stays: it may be what cards share."""
_CLIP_LEVELS = 5.0
"""No place counts for more than this, grey levels: one scratch is not the card."""
_GLARE = 250.0
_ROWS, _COLUMNS = 4, 6
REGIONS = _ROWS * _COLUMNS
_NUMBERS = 48
"""Numbers that one region gives."""
GROUND_NUMBERS = REGIONS * _NUMBERS
BLOCKS: Final = tuple(
    tuple(r * _COLUMNS + c for r in (row, row + 1) for c in (column, column + 1))
    for row in range(0, _ROWS, 2)
    for column in range(0, _COLUMNS, 2)
)
"""Regions that are compared together where the whole ground does not agree."""
_LEAST_GROUND = 0.08
"""Share of the card that must be ground: a card that is covered or black has no fingerprint."""
_RMS = 24.0

Plane = NDArray[np.float32]


def region_box(region: int) -> Box:
    """Place of a region, 0 ... ``REGIONS`` - 1, on the card."""
    row, column = divmod(region, _COLUMNS)
    return column / _COLUMNS, row / _ROWS, 1 / _COLUMNS, 1 / _ROWS


def ground_print(raster: NDArray[np.uint8], hidden: Sequence[Box] = ()) -> NDArray[np.int8] | None:
    """(1152,) int8 of a (638, 1012, 3) BGR raster, region by region; None where hardly any ground is seen.

    ``hidden`` are places that are no ground: the photo, the seal, what looks different with the angle.
    """
    grey = cv2.resize(cv2.cvtColor(raster, cv2.COLOR_BGR2GRAY), _SIZE, interpolation=cv2.INTER_AREA)
    luma = grey.astype(np.float32)
    seen = _ground(luma, hidden)
    if float(seen.mean()) < _LEAST_GROUND:
        return None
    band = np.clip(_band(luma, seen), -_CLIP_LEVELS, _CLIP_LEVELS)
    numbers = _sketch(band)
    rms = float(np.sqrt(np.mean(numbers**2)))
    if rms == 0.0:
        return None
    return np.clip(np.round(numbers * (_RMS / rms)), -127, 127).astype(np.int8)


def _ground(luma: Plane, hidden: Sequence[Box]) -> Plane:
    """1 where ground is seen, 0 on text, glare and hidden places."""
    paper = cv2.morphologyEx(luma, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    ink = (paper - luma > _INK_LEVELS).astype(np.float32)
    text = ink * (cv2.blur(ink, (41, 15)) > _INK_SHARE)
    seen = (cv2.dilate(text, np.ones((9, 9), np.uint8)) == 0) & (luma < _GLARE)
    height, width = luma.shape
    for x, y, w, h in hidden:
        rows = slice(max(0, round(y * height) - 4), round((y + h) * height) + 4)
        seen[rows, max(0, round(x * width) - 4) : round((x + w) * width) + 4] = False
    return np.asarray(seen, np.float32)


def _band(luma: Plane, seen: Plane) -> Plane:
    """Fine minus coarse mean of the ground alone, 0 elsewhere."""
    centred = (luma - float(luma.mean())) * seen
    fine, coarse = (
        cv2.GaussianBlur(centred, (0, 0), s) / np.maximum(cv2.GaussianBlur(seen, (0, 0), s), 0.05)
        for s in (_FINE, _COARSE)
    )
    return np.asarray((fine - coarse) * seen, np.float32)


@lru_cache(maxsize=1)
def _signs(size: int) -> Plane:
    signs = np.random.default_rng(20120709).choice([-1.0, 1.0], (size, _NUMBERS))
    return np.asarray(signs, np.float32)


def _sketch(band: Plane) -> Plane:
    """Every second pixel of each region, seen through random signs: likeness stays, the picture does not."""
    thin = band[::2, ::2]
    high, wide = thin.shape[0] // _ROWS, thin.shape[1] // _COLUMNS
    cut = thin[: high * _ROWS, : wide * _COLUMNS]
    regions = cut.reshape(_ROWS, high, _COLUMNS, wide).transpose(0, 2, 1, 3).reshape(REGIONS, high * wide)
    return np.asarray((regions @ _signs(high * wide)).reshape(-1), np.float32)
