"""Drawing of text and areas on a card picture. Lengths are fractions of the card; pictures are BGR."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from scripts.specimens.fonts import font

__all__ = ["HEIGHT", "WIDTH", "Colour", "Ink", "Picture", "area", "ink", "rounded_mask"]

WIDTH = 1012
HEIGHT = 638
"""ID-1 at 300 dpi, the finest that is ever drawn."""
Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]
"""RGB."""

OVERSAMPLING = 2


@dataclass(frozen=True)
class Ink:
    """One line of text: where it stands and with what it is written."""

    text: str
    x: float
    """Left edge, fraction of the card's width."""
    base: float
    """Baseline, fraction of the card's height."""
    em: float
    """Size of the em, fraction of the card's height."""
    kanji: str
    """Font key of Japanese signs."""
    latin: str | None = None
    """Font key of ASCII signs; None: the same as ``kanji``."""
    pitch: float | None = None
    """Fixed advance of every sign, fraction of the width; None: natural advances."""
    max_width: float | None = None
    """The line is condensed to this, fraction of the width."""
    colour: Colour = (20, 20, 22)
    bold: float = 0.0
    """Thickening in 1/100 em."""
    latin_scale: float = 1.0
    """Em of the ASCII signs in ems of the line."""
    squeeze: float = 1.0
    """Horizontal scale of the whole line."""


def _advance(run: Ink, sign: str, em: float) -> float:
    key = run.latin if run.latin and sign.isascii() else run.kanji
    scale = run.latin_scale if run.latin and sign.isascii() else 1.0
    return float(font(key, 100).getlength(sign)) / 100 * em * scale


@lru_cache(maxsize=4096)
def _mask(run: Ink, width: int, height: int) -> tuple[NDArray[np.uint8], int, int, int]:
    """Coverage of a line (0 ... 255), its left and top pixel, and the natural width in pixels."""
    s = OVERSAMPLING
    em = run.em * height * s
    pitch = run.pitch * width * s if run.pitch else None
    advances = [pitch or _advance(run, sign, em) for sign in run.text]
    total = sum(advances)
    pad = int(em * 0.4) + 2
    canvas = Image.new("L", (int(total) + 2 * pad, int(em * 1.7) + 2 * pad), 0)
    draw = ImageDraw.Draw(canvas)
    x, base = float(pad), pad + int(em * 1.2)
    for sign, advance in zip(run.text, advances, strict=True):
        ascii_sign = bool(run.latin) and sign.isascii()
        size = max(6, round(em * (run.latin_scale if ascii_sign else 1.0)))
        face = font(run.latin if ascii_sign and run.latin else run.kanji, size)
        slack = (advance - _advance(run, sign, em)) / 2 if pitch else 0.0
        stroke = em * run.bold / 100
        draw.text((x + slack, base), sign, fill=255, font=face, anchor="ls", stroke_width=stroke)
        x += advance
    squeeze = run.squeeze
    if run.max_width and total * squeeze > run.max_width * width * s:
        squeeze = run.max_width * width * s / total
    left, top = run.x * width - pad * squeeze / s, run.base * height - base / s
    x0, y0 = int(np.floor(left)), int(np.floor(top))
    matrix = np.array([[squeeze / s, 0, left - x0], [0, 1 / s, top - y0]], np.float32)
    out = (int(canvas.width * squeeze / s) + 2, canvas.height // s + 2)
    soft = cv2.GaussianBlur(np.asarray(canvas), (0, 0), 0.45 * s / 2)
    mask = cv2.warpAffine(soft, matrix, out, flags=cv2.INTER_LINEAR)
    return np.asarray(mask, np.uint8), x0, y0, int(total * squeeze / s)


def _clip(
    mask: NDArray[np.uint8], x: int, y: int, width: int, height: int
) -> tuple[slice, slice, slice, slice]:
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(width, x + mask.shape[1]), min(height, y + mask.shape[0])
    return slice(y0, y1), slice(x0, x1), slice(y0 - y, y1 - y), slice(x0 - x, x1 - x)


def ink(picture: Picture, run: Ink, strength: float = 1.0) -> float:
    """Write one line; the right end of the text as a fraction of the width."""
    height, width = picture.shape[:2]
    mask, x, y, length = _mask(run, width, height)
    ys, xs, my, mx = _clip(mask, x, y, width, height)
    if ys.start < ys.stop and xs.start < xs.stop:
        part = picture[ys, xs].astype(np.float32)
        m = mask[my, mx].astype(np.float32) * (strength / 255)
        if picture.ndim == 3:
            part += (np.asarray(run.colour[::-1], np.float32) - part) * m[..., None]
        else:
            part += (0 - part) * m
        picture[ys, xs] = np.clip(part, 0, 255).astype(np.uint8)
    return float(run.x + length / width)


def area(
    picture: Picture, box: tuple[float, float, float, float], colour: Colour, alpha: float = 1.0
) -> None:
    """Fill x0, y0, x1, y1 (fractions) with a colour."""
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = box
    part = picture[round(y0 * height) : round(y1 * height), round(x0 * width) : round(x1 * width)]
    blended = part.astype(np.float32) * (1 - alpha) + np.asarray(colour[::-1], np.float32) * alpha
    part[:] = blended.astype(np.uint8)


@lru_cache(maxsize=8)
def rounded_mask(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.float32]:
    """Coverage (0 ... 1) of the card with its rounded corners of about 3 mm."""
    radius = round(width * 3.0 / 85.6)
    mask = np.zeros((height * 2, width * 2), np.uint8)
    r = radius * 2
    cv2.rectangle(mask, (r, 0), (width * 2 - r - 1, height * 2 - 1), 255, -1)
    cv2.rectangle(mask, (0, r), (width * 2 - 1, height * 2 - r - 1), 255, -1)
    for cx in (r, width * 2 - r - 1):
        for cy in (r, height * 2 - r - 1):
            cv2.circle(mask, (cx, cy), r, 255, -1)
    small = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small / 255, np.float32)
