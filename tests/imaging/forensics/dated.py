"""Cards with three dates in the drawing library's fonts: one sign, one shape, unless told otherwise."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Box
from tests.imaging.forensics.cards import Pixels, finished, ground

DATES = {"birth": "1992年03月21日", "granted": "2021年03月29日", "issued": "2021年09月13日"}
BOXES: dict[str, Box] = {name: (0.12, 0.2 + 0.2 * i, 0.26, 0.055) for i, name in enumerate(DATES)}
_DIGIT, _KANJI, _HIGH = 20, 31, 28
_STROKES = {
    "年": (
        ((4, 6), (27, 6)),
        ((6, 14), (26, 14)),
        ((2, 20), (29, 20)),
        ((16, 6), (16, 28)),
        ((8, 1), (4, 9)),
    ),
    "月": (
        ((8, 3), (8, 27)),
        ((8, 3), (24, 3)),
        ((24, 3), (24, 27)),
        ((8, 11), (24, 11)),
        ((8, 18), (24, 18)),
    ),
    "日": (
        ((7, 3), (7, 27)),
        ((7, 3), (25, 3)),
        ((25, 3), (25, 27)),
        ((7, 15), (25, 15)),
        ((7, 27), (25, 27)),
    ),
}


def _sign(sign: str, face: int, thick: int) -> NDArray[np.uint8]:
    if sign in _STROKES:
        plane = np.zeros((_HIGH + 4, _KANJI), np.uint8)
        for start, end in _STROKES[sign]:
            cv2.line(plane, start, end, 255, thick, cv2.LINE_AA)
        return plane
    plane = np.zeros((_HIGH + 4, _DIGIT), np.uint8)
    cv2.putText(plane, sign, (2, _HIGH - 2), face, 0.85, 255, thick, cv2.LINE_AA)
    return plane


def dated(
    texts: dict[str, str] = DATES,
    odd: str | None = None,
    face: int = cv2.FONT_HERSHEY_COMPLEX,
    thick: int = 2,
    blur: float = 0.8,
) -> Pixels:
    """A card with three dates; ``odd`` is printed in another ``face``, with strokes ``thick`` pixels wide."""
    card = ground(noise=1.0)
    for name, text in texts.items():
        x, y, _, _ = BOXES[name]
        own = name == odd
        signs = [_sign(s, face if own else cv2.FONT_HERSHEY_COMPLEX, thick if own else 2) for s in text]
        line = cv2.GaussianBlur(np.hstack(signs), (0, 0), blur).astype(np.float32)[..., None] / 255
        top, left = round(y * RASTER_HEIGHT), round(x * RASTER_WIDTH)
        place = card[top : top + line.shape[0], left : left + line.shape[1]]
        place[:] = place * (1 - line) + 25 * line
    return finished(card)
