"""Ink as a press lays it on: it darkens the ground instead of hiding it, and spreads a little."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from scripts.specimens.fonts import font
from scripts.specimens.paint import Ink, Picture

__all__ = ["natural_width", "write"]

FINE = 3
"""Sub-pixels along a pixel."""
SPREAD = 0.55
"""Sigma of the ink's spread, pixels at 300 dpi."""

Cover = NDArray[np.float32]


def _key(run: Ink, sign: str) -> tuple[str, float]:
    return (run.latin, run.latin_scale) if run.latin and sign.isascii() else (run.kanji, 1.0)


def natural_width(run: Ink, height: int, width: int) -> float:
    """Length of a line without squeezing, fraction of the card's width."""
    if run.pitch:
        return run.pitch * len(run.text)
    em = run.em * height
    return sum(float(font(key, 200).getlength(s)) / 200 * em * k for s in run.text
               for key, k in [_key(run, s)]) / width  # fmt: skip


@lru_cache(maxsize=2048)
def _signs(run: Ink, height: int, width: int) -> tuple[Cover, float, float]:
    """Coverage of a line at sub-pixel size, with its left and top in pixels of the card."""
    em, reach = run.em * height * FINE, natural_width(run, height, width) * width * FINE
    pad, base = int(em * 0.5), int(em * 1.3)
    sheet = Image.new("L", (int(reach) + 2 * pad + 1, int(em * 1.9)), 0)
    pen, x = ImageDraw.Draw(sheet), float(pad)
    for sign in run.text:
        key, scale = _key(run, sign)
        face = font(key, max(8, round(em * scale)))
        own = float(face.getlength(sign))
        step = run.pitch * width * FINE if run.pitch else own
        start = x + (step - own) / 2 if run.pitch else x
        pen.text((start, base), sign, fill=255, font=face, anchor="ls", stroke_width=em * run.bold / 100)
        x += step
    limit = run.max_width * width * FINE if run.max_width else reach
    squeeze = min(run.squeeze, limit / max(reach, 1.0))
    cover = np.asarray(np.asarray(sheet, np.float32) / 255, np.float32)
    if squeeze != 1.0:
        size = (max(1, round(cover.shape[1] * squeeze)), cover.shape[0])
        cover = np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_AREA), np.float32)
    return cover, run.x * width - pad * squeeze / FINE, run.base * height - base / FINE


def write(picture: Picture, run: Ink, strength: float = 1.0) -> None:
    """Print one line. On a picture without colour (the chip's text) the ink is black."""
    height, width = picture.shape[:2]
    cover, left, top = _signs(run, height, width)
    x0, y0 = int(np.floor(left)), int(np.floor(top))
    size = (cover.shape[1] // FINE + 3, cover.shape[0] // FINE + 3)
    shift = np.array([[1 / FINE, 0, left - x0], [0, 1 / FINE, top - y0]], np.float32)
    soft = cv2.GaussianBlur(cover, (0, 0), SPREAD * FINE * height / 638)
    mask = cv2.warpAffine(soft, shift, size, flags=cv2.INTER_AREA) * strength
    ys, xs = slice(max(0, y0), min(height, y0 + size[1])), slice(max(0, x0), min(width, x0 + size[0]))
    if ys.start >= ys.stop or xs.start >= xs.stop:
        return
    own = mask[ys.start - y0 : ys.stop - y0, xs.start - x0 : xs.stop - x0]
    part = picture[ys, xs].astype(np.float32)
    if picture.ndim == 2:
        picture[ys, xs] = np.clip(part * (1 - own), 0, 255).astype(np.uint8)
        return
    kept = 1 - own[..., None] * (1 - np.asarray(run.colour[::-1], np.float32) / 255)
    picture[ys, xs] = np.clip(part * kept, 0, 255).astype(np.uint8)
