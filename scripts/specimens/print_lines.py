"""Single lines of print as a camera or scanner sees them: what the small reader is trained and tried on.

A line is drawn in one of many fonts, squeezed, laid on patterned paper between its neighbours, turned a
little, photographed at some resolution and compressed. Grey levels, 32 px high, as the reader is fed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

__all__ = ["LINE_HEIGHT", "PrintFont", "draw_line", "fonts_named", "look_alikes"]

LINE_HEIGHT = 32
EM = 44
"""Size at which a line is drawn before it is photographed, pixels."""
FONT_ROOT = Path("/usr/share/fonts")

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class PrintFont:
    """One face of one font file."""

    path: Path
    index: int
    japanese: bool

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        return _loaded(str(self.path), self.index, size)

    def holds(self, text: str) -> bool:
        """Whether every sign has a shape of its own: an absent one is drawn as a box."""
        absent = _glyph(self, "\U0010fffe")
        return all(sign.isspace() or _glyph(self, sign) != absent for sign in text)


@lru_cache(maxsize=256)
def _loaded(path: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, index=index, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=65536)
def _glyph(font: PrintFont, sign: str) -> bytes:
    return bytes(font.at(24).getmask(sign))


def fonts_named(names: Sequence[tuple[str, int, bool]]) -> list[PrintFont]:
    """The fonts of these file names that are installed, in the order given."""
    installed = {
        path.name: path for path in FONT_ROOT.rglob("*") if path.suffix.lower() in (".ttf", ".otf", ".ttc")
    }
    return [PrintFont(installed[name], index, ja) for name, index, ja in names if name in installed]


def look_alikes(
    signs: Sequence[str], others: Sequence[str], font: PrintFont, count: int = 12
) -> dict[str, list[str]]:
    """For each kanji among ``signs`` the ``count`` of ``others`` whose blurred shapes are nearest."""
    kanji = [sign for sign in signs if "\u4e00" <= sign <= "\u9fff"]
    shapes, pool = _shapes(kanji, font), _shapes(others, font)
    nearest = np.argsort(-(shapes @ pool.T), axis=1)[:, :count]
    return {sign: [others[i] for i in row] for sign, row in zip(kanji, nearest, strict=True)}


def _shapes(signs: Sequence[str], font: PrintFont) -> NDArray[np.float32]:
    """Blurred, centred pictures of signs as unit vectors, (signs, 576)."""
    rows = []
    for sign in signs:
        canvas = Image.new("L", (24, 24))
        ImageDraw.Draw(canvas).text((0, 22), sign, fill=255, font=font.at(23), anchor="ls")
        blurred = cv2.GaussianBlur(np.asarray(canvas, np.float32), (0, 0), 1.0).ravel()
        rows.append(blurred / max(1e-6, float(np.linalg.norm(blurred))))
    return np.asarray(rows, np.float32)


def draw_line(text: str, font: PrintFont, rng: np.random.Generator, latin: PrintFont | None = None) -> Grey:
    """One photographed line, (32, width) grey, dark print on lighter paper.

    ``latin`` is the font of digits and Latin letters where it is another one.
    """
    ink = _print(text, font, rng, latin)
    ink = _squeezed(ink, rng)
    height, width = ink.shape
    top, bottom = (int(height * rng.uniform(0.03, 0.24)) for _ in range(2))
    left, right = (int(height * rng.uniform(0.08, 0.45)) for _ in range(2))
    page = np.zeros((height + top + bottom, width + left + right), np.float32)
    page[top : top + height, left : left + width] = ink
    _neighbours(page, font, rng)
    page = _turned(page, rng)
    seen = _on_paper(page, rng)
    return _photographed(seen, rng)


def _print(
    text: str, font: PrintFont, rng: np.random.Generator, latin: PrintFont | None = None
) -> NDArray[np.float32]:
    """Ink 0 ... 1, cropped to the print; letters may be set apart and strokes made bolder."""
    base = int(1.2 * EM)
    scale = float(rng.uniform(0.85, 1.1))
    faces = {False: font.at(EM), True: latin.at(int(EM * scale)) if latin else font.at(EM)}
    apart = float(rng.choice([0.0, 0.0, rng.uniform(-0.04, 0.04), rng.uniform(0.0, 0.35)])) * EM
    places, x = [], 8.0
    for sign in text:
        places.append(x)
        x += faces[sign.isascii()].getlength(sign) + apart
    canvas = Image.new("L", (int(x) + 24, 2 * EM))
    drawing = ImageDraw.Draw(canvas)
    bold = int(rng.choice([0, 0, 0, 1, 2, 2, 3]))
    for sign, place in zip(text, places, strict=True):
        drawing.text((place, base), sign, fill=255, font=faces[sign.isascii()], anchor="ls")
    ink = np.asarray(canvas, np.float32) / 255
    if bold:
        ink = cv2.dilate(ink, np.ones((1 + int(rng.integers(0, bold + 1)), 1 + bold), np.uint8))
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.3), np.flatnonzero(ink.max(axis=0) > 0.3)
    if not rows.size:
        return np.zeros((EM, EM), np.float32)
    return np.asarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], np.float32)


def _squeezed(ink: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    if ink.shape[0] < 0.5 * EM:  # a line of low signs alone is not blown up to the whole height
        pad = int(0.25 * EM)
        ink = cv2.copyMakeBorder(ink, pad, pad, 0, 0, cv2.BORDER_CONSTANT, value=0)
    factor = float(rng.choice([1.0, rng.uniform(0.75, 1.15), rng.uniform(0.42, 0.85)]))
    width = max(8, round(ink.shape[1] * factor))
    return np.asarray(cv2.resize(ink, (width, ink.shape[0]), interpolation=cv2.INTER_AREA), np.float32)


def _neighbours(page: NDArray[np.float32], font: PrintFont, rng: np.random.Generator) -> None:
    """Feet or heads of the lines above and below, and an underline."""
    height, width = page.shape
    if rng.random() < 0.25:
        strip = _print("".join(rng.choice(list("日本国在留期間EDOTARI08"), 12)), font, rng)
        part = max(1, int(height * rng.uniform(0.02, 0.1)))
        start = int(rng.integers(0, max(1, width // 2)))
        piece = strip[-part:, : width - start] if rng.random() < 0.5 else strip[:part, : width - start]
        rows = slice(0, piece.shape[0]) if rng.random() < 0.5 else slice(height - piece.shape[0], height)
        area = page[rows, start : start + piece.shape[1]]
        np.maximum(area, piece, out=area)
    if rng.random() < 0.08:
        row = height - 1 - int(rng.integers(0, max(1, height // 16)))
        page[row - 1 : row + 1] = np.maximum(page[row - 1 : row + 1], float(rng.uniform(0.4, 1.0)))


def _turned(page: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Turned and slanted as much as rectifying leaves behind."""
    height, width = page.shape
    rise = float(rng.normal(0, 0.035)) * height
    slant = float(rng.normal(0, 0.03)) * height
    sides = np.array([[0, 0], [width, 0], [0, height]], np.float32)
    moved = sides + np.array([[slant, -rise], [slant, rise], [-slant, -rise]], np.float32)
    matrix = cv2.getAffineTransform(sides, moved.astype(np.float32))
    return np.asarray(cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_LINEAR), np.float32)


def _on_paper(page: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Print on paper with a pattern and uneven light, 0 ... 255."""
    height, width = page.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    paper = np.full(page.shape, float(rng.uniform(120, 250)), np.float32)
    for _ in range(int(rng.integers(0, 3))):
        angle, period = float(rng.uniform(0, np.pi)), float(rng.uniform(4, 40))
        wave = np.sin(
            2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period + float(rng.uniform(0, 6.3))
        )
        paper += wave * float(rng.uniform(0, 14))
    paper += (x / max(1, width) - 0.5) * float(rng.normal(0, 20)) + (y / height - 0.5) * float(
        rng.normal(0, 8)
    )
    dark = paper * float(rng.uniform(0.05, 0.5))
    strength = page * float(rng.uniform(0.75, 1.0))
    seen = paper * (1 - strength) + dark * strength
    if rng.random() < 0.1:  # glare or fog takes the contrast
        seen = seen * 0.5 + 110
    return np.asarray(seen, np.float32)


def _photographed(seen: NDArray[np.float32], rng: np.random.Generator) -> Grey:
    """Sampled at some resolution, blurred, noisy, compressed, brought to 32 px."""
    small = int(
        rng.choice([rng.integers(11, 18), rng.integers(16, 30), rng.integers(24, 40)], p=[0.12, 0.5, 0.38])
    )
    width = max(6, round(seen.shape[1] * small / seen.shape[0]))
    pixels = cv2.resize(seen, (width, small), interpolation=cv2.INTER_AREA)
    blur = abs(float(rng.normal(0, 0.55))) * small / 24
    if blur > 0.2:
        pixels = cv2.GaussianBlur(pixels, (0, 0), blur)
    pixels = pixels + rng.normal(0, abs(float(rng.normal(0, 5))) + 0.5, pixels.shape).astype(np.float32)
    picture = np.clip(pixels, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 96))])
        picture = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    target = max(16, round(picture.shape[1] * LINE_HEIGHT / small))
    way = cv2.INTER_AREA if small > LINE_HEIGHT else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (target, LINE_HEIGHT), interpolation=way), np.uint8)
