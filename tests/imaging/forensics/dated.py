"""Cards with dates and a number in the drawing library's fonts: one sign, one shape, or an odd one."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Box
from tests.imaging.forensics.cards import Pixels, finished, ground

DATES = {"birth": "1992年03月21日", "granted": "2021年03月29日", "issued": "2021年09月13日"}
BOXES: dict[str, Box] = {name: (0.12, 0.2 + 0.2 * i, 0.26, 0.055) for i, name in enumerate(DATES)}
FULL = {"stay": "2026年03月29日", "valid": "2026年03月29日まで有効"}
NUMBER = "AB19203261CD"
NAME = "ABIDA CAROL"
MORE: dict[str, Box] = {
    "stay": (0.12, 0.76, 0.458, 0.055),
    "valid": (0.12, 0.88, 0.628, 0.055),
    "number": (0.60, 0.06, 0.24, 0.055),
    "name": (0.12, 0.10, 0.22, 0.040),
}
_DIGIT, _KANJI, _HIGH = 20, 31, 28
_FULL = 43
"""Step between full-width signs."""
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


def _full_width(sign: str, face: int, thick: int) -> NDArray[np.uint8]:
    """A sign in a cell of its own; kana and further kanji are drawn as two strokes."""
    if sign in _STROKES or sign.isdigit():
        narrow = _sign(sign, face, thick)
    else:
        narrow = np.zeros((_HIGH + 4, _KANJI), np.uint8)
        cv2.line(narrow, (4, 8), (27, 8), 255, thick, cv2.LINE_AA)
        cv2.line(narrow, (15, 3), (12, 27), 255, thick, cv2.LINE_AA)
    left = (_FULL - narrow.shape[1]) // 2
    return np.pad(narrow, ((0, 0), (left, _FULL - narrow.shape[1] - left)))


def _printed(
    card: NDArray[np.float32], box: Box, signs: list[NDArray[np.uint8]], blur: float, left: int
) -> None:
    line = cv2.GaussianBlur(np.hstack(signs), (0, 0), blur).astype(np.float32)[..., None] / 255
    top, at = round(box[1] * RASTER_HEIGHT), round(box[0] * RASTER_WIDTH) - left
    place = card[top : top + line.shape[0], at : at + line.shape[1]]
    place[:] = place * (1 - line) + 25 * line


def dated(
    texts: dict[str, str] = DATES,
    odd: str | None = None,
    face: int = cv2.FONT_HERSHEY_COMPLEX,
    thick: int = 2,
    blur: float = 0.8,
    more: bool = False,
) -> Pixels:
    """A card with three dates; ``odd`` is printed in another ``face``, with strokes ``thick`` pixels wide.

    ``more`` adds two full-width dates, a card number and a name.
    """
    card = ground(noise=1.0)
    for name, text in texts.items():
        own = name == odd
        signs = [_sign(s, face if own else cv2.FONT_HERSHEY_COMPLEX, thick if own else 2) for s in text]
        _printed(card, BOXES[name], signs, blur, 0)
    return finished(_with_more(card, odd, face, thick, blur) if more else card)


def _with_more(
    card: NDArray[np.float32], odd: str | None, face: int, thick: int, blur: float
) -> NDArray[np.float32]:
    """The card with its full-width dates, one of them underlined, its number and its name."""
    for name, text in {**FULL, "number": NUMBER, "name": NAME}.items():
        own = name == odd
        draw = _full_width if name in FULL else _sign
        signs = [draw(s, face if own else cv2.FONT_HERSHEY_COMPLEX, thick if own else 2) for s in text]
        _printed(card, MORE[name], signs, blur, 6 if name in FULL else 0)
    x, y, w, h = MORE["stay"]
    foot = round((y + h) * RASTER_HEIGHT) + 1
    cv2.line(card, (round(x * RASTER_WIDTH), foot), (round((x + w) * RASTER_WIDTH), foot), (25, 25, 25), 2)
    return card
