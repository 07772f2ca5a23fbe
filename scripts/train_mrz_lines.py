"""Lines of OCR-B for training the reader: drawn, bent, blurred, printed on busy ground, and labelled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from scripts.specimens.mrz_text import ALPHABET, FORMATS, holder, zone

__all__ = ["COLUMN", "HEIGHT", "IGNORED", "PITCH", "Line", "draw_line"]

Rng = np.random.Generator
Plane = NDArray[np.float32]

PITCH, HEIGHT, COLUMN = 20, 32, 4
"""Pixels from character to character, of a line's crop, and of a column of the answer."""
SHOWN = 14
"""Characters' worth of width in a training picture."""
GAP = len(ALPHABET)
IGNORED = -100
FONTS = ("OCRB.otf", "OCRBS.otf")
FONT_FOLDER = "/usr/share/fonts/opentype/ocr-b/"
FINE = 2
"""Lines are drawn this much finer."""


@dataclass(frozen=True)
class Line:
    """One training picture."""

    pixels: NDArray[np.uint8]
    """(32, width) grey."""
    target: NDArray[np.int64]
    """(width / 4,) class of each column: of ALPHABET, GAP, or IGNORED."""


@lru_cache(maxsize=4)
def _glyphs(name: str) -> dict[str, Plane]:
    """Coverage of each sign in a cell three pitches wide and high, centred on the height of capitals."""
    side = 3 * PITCH * FINE
    font: Any = ImageFont.truetype(FONT_FOLDER + name, round(PITCH * FINE / 0.72297))
    box = font.getmask("H").getbbox()
    capital = font.getbbox("H")
    middle = capital[3] - (box[3] - box[1]) / 2
    cells = {}
    for sign in ALPHABET:
        cell = Image.new("L", (side, side))
        ImageDraw.Draw(cell).text((PITCH * FINE, side / 2 - middle), sign, fill=255, font=font)
        cells[sign] = (np.asarray(cell, np.float32) / np.float32(255)).astype(np.float32)
    return cells


def _text(rng: Rng) -> str:
    kind = rng.random()
    if kind < 0.45:
        return "".join(ALPHABET[int(i)] for i in rng.integers(37, size=SHOWN + 4))
    if kind < 0.6:
        return "".join("0O1I5S8B2ZQD6GUVMNK<CG"[int(i)] for i in rng.integers(22, size=SHOWN + 4))
    line = str(rng.choice(zone(holder(rng), str(rng.choice(list(FORMATS))))))
    start = int(rng.integers(0, max(1, len(line) - SHOWN)))
    return line[start : start + SHOWN + 4]


def _strip(rng: Rng, text: str, cells: dict[str, Plane], width: int, x0: float) -> tuple[Plane, Plane]:
    """Coverage (3 pitches high) of a text that starts at ``x0``, and the centre of each sign."""
    side = 3 * PITCH * FINE
    out = np.zeros((side, width * FINE), np.float32)
    step = PITCH * FINE * rng.uniform(0.90, 1.10)
    centres = np.array([x0 * FINE + (i + 0.5) * step for i in range(len(text))], np.float32)
    wobble = rng.normal(0, 0.35, (len(text), 2)) if rng.random() < 0.3 else np.zeros((len(text), 2))
    for sign, centre, (dx, dy) in zip(text, centres, wobble, strict=True):
        left, top = round(float(centre + dx) - side / 2), round(float(dy))
        a, b = max(left, 0), min(left + side, out.shape[1])
        if sign == " " or a >= b:
            continue
        cell = np.roll(cells[sign], top, axis=0) if top else cells[sign]
        out[:, a:b] = np.maximum(out[:, a:b], cell[:, a - left : b - left])
    return out, (centres / FINE).astype(np.float32)


def _weight(rng: Rng, strip: Plane) -> Plane:
    """Thicker or thinner strokes, as ink spreads or a ribbon wears."""
    amount = rng.normal(0, 0.9)
    size = 2 * min(3, round(abs(amount))) + 1
    if size > 1:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        strip = np.asarray((cv2.dilate if amount > 0 else cv2.erode)(strip, kernel), np.float32)
    if rng.random() < 0.25:
        speck = cv2.resize(rng.random((strip.shape[0] // 5, strip.shape[1] // 5)).astype(np.float32),
                           strip.shape[::-1], interpolation=cv2.INTER_LINEAR)  # fmt: skip
        strip = strip * (speck > rng.uniform(0.05, 0.3))
    return strip


def _ground(rng: Rng, height: int, width: int) -> Plane:
    """Paper -1 ... 1 under the print: gradients, waves, blotches, stripes."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    out = rng.normal(0, 0.25) * (x / width - 0.5) + rng.normal(0, 0.2) * (y / height - 0.5)
    for _ in range(int(rng.integers(0, 4))):
        angle, period = rng.uniform(0, np.pi), rng.uniform(3, 40)
        bend = rng.uniform(0, 6) * np.sin(x / rng.uniform(15, 60) + rng.uniform(0, 6))
        wave = np.sin((x * np.cos(angle) + (y + bend) * np.sin(angle)) * (2 * np.pi / period))
        out = out + rng.uniform(0.05, 0.35) * (np.sign(wave - 0.7) if rng.random() < 0.4 else wave)
    cells = rng.normal(0, rng.uniform(0, 0.4), (int(rng.integers(2, 8)), int(rng.integers(2, 40))))
    return np.asarray(out + cv2.resize(cells.astype(np.float32), (width, height)), np.float32)


def _capture(rng: Rng, picture: Plane) -> NDArray[np.uint8]:
    """Blur, few pixels, noise and JPEG, then back to the size that the reader wants."""
    height, width = picture.shape
    fine = float(rng.uniform(0.24, 1.1) if rng.random() < 0.7 else rng.uniform(1.0, 1.6))
    sigma = float(rng.uniform(0.2, 0.55 if fine < 0.5 else 1.5))
    size = (max(8, round(width * fine)), max(6, round(height * fine)))
    mode = cv2.INTER_AREA if rng.random() < 0.7 else cv2.INTER_LINEAR
    small = cv2.resize(picture, size, interpolation=mode)
    if fine > 0.45 or rng.random() < 0.5:
        small = cv2.GaussianBlur(small, (0, 0), sigma * min(1.0, 1.6 * fine) + 0.05)
    if rng.random() < 0.15 and fine > 0.6:
        length = int(rng.integers(2, 5))
        kernel = np.ones((1, length) if rng.random() < 0.5 else (length, 1), np.float32) / length
        small = cv2.filter2D(small, -1, kernel)
    if rng.random() < 0.2:
        small = small + rng.uniform(0.3, 1.2) * (small - cv2.GaussianBlur(small, (0, 0), 1.0))
    small = small + rng.normal(0, rng.uniform(0, 9), small.shape)
    pixels = np.clip(small, 0, 255).astype(np.uint8)
    if rng.random() < 0.65:
        quality = int(rng.integers(22 if fine > 0.6 else 45, 96))
        _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        pixels = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    up = cv2.INTER_CUBIC if fine < 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=up), np.uint8)


def _labels(text: str, centres: Plane, slant: float, width: int) -> NDArray[np.int64]:
    columns = (np.arange(width // COLUMN) + 0.5) * COLUMN - 0.5
    away = np.abs(columns[:, None] - centres[None, :] - slant)
    nearest = away.argmin(axis=1)
    least = away[np.arange(len(columns)), nearest]
    signs = np.array([ALPHABET.find(sign) for sign in text])[nearest]
    target = np.where(least < 0.24 * PITCH, signs, np.where(least > 0.36 * PITCH, GAP, IGNORED))
    return np.where(target == -1, GAP, target).astype(np.int64)


def draw_line(rng: Rng) -> Line:
    """One training picture, 32 px high."""
    width = SHOWN * PITCH
    cells = _glyphs(FONTS[0] if rng.random() < 0.7 else FONTS[1])
    text = _text(rng)
    x0 = rng.uniform(-2.5, 0) * PITCH
    if rng.random() < 0.3:
        x0 = rng.uniform(0, 5) * PITCH
    elif rng.random() < 0.3:
        text = text[: int(rng.integers(4, SHOWN))]
    strip, centres = _strip(rng, text, cells, width, x0)
    strip = _weight(rng, strip)
    canvas = strip
    if rng.random() < 0.5:
        other, _ = _strip(rng, _text(rng), cells, width, rng.uniform(-2, 4) * PITCH)
        away = round(rng.uniform(1.35, 2.0) * PITCH * FINE) * int(rng.choice((-1, 1)))
        canvas = np.maximum(strip, np.roll(other, away, axis=0))
    high, wide = canvas.shape
    angle, shear = rng.normal(0, 0.011), rng.normal(0, 0.06)
    tall = rng.uniform(0.82, 1.18)
    drop = rng.uniform(-4, 4) if rng.random() < 0.8 else rng.uniform(-6, 6)
    place = np.array([[1, shear, -shear * high / 2], [angle, tall, high / 2 * (1 - tall) - angle * wide / 2]])
    place[1, 2] += drop * FINE + (HEIGHT * FINE - high) / 2
    canvas = cv2.warpAffine(canvas, place, (wide, HEIGHT * FINE), flags=cv2.INTER_LINEAR)
    canvas = cv2.resize(canvas, (width, HEIGHT), interpolation=cv2.INTER_AREA)
    slant = shear * drop
    paper, contrast = rng.uniform(90, 250), rng.uniform(35, 200)
    ground = paper + _ground(rng, HEIGHT, width) * rng.uniform(0, 0.7) * contrast * 0.6
    ink = max(5.0, paper - contrast) + rng.normal(0, 6)
    picture = np.asarray(ground * (1 - canvas) + ink * canvas, np.float32)
    if rng.random() < 0.06:
        cv2.line(picture, (0, int(rng.integers(0, 32))), (width, int(rng.integers(0, 32))), float(ink), 1)
    return Line(_capture(rng, picture), _labels(text, centres, slant, width))
