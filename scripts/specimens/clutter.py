"""What lies under a card that is photographed: procedural tables, cloths, papers and keyboards."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.fonts import font
from scripts.specimens.paint import Picture

__all__ = ["BACKDROPS", "backdrop"]

Rng = np.random.Generator
Plane = NDArray[np.float32]
BASE = (800, 600)
"""Drawn at this size and enlarged."""


def _fractal(rng: Rng, octaves: tuple[tuple[int, int], ...]) -> Plane:
    width, height = BASE
    out = np.zeros((height, width), np.float32)
    for weight, (nx, ny) in enumerate(octaves):
        cells = rng.normal(0, 1, (ny, nx)).astype(np.float32)
        out += cv2.resize(cells, BASE, interpolation=cv2.INTER_CUBIC) / (weight + 1)
    return out


def _tinted(field: Plane, colour: tuple[float, ...], depth: float) -> Picture:
    return np.clip(np.asarray(colour, np.float32) * (1 + depth * field[..., None]), 0, 255).astype(np.uint8)


def _wood(rng: Rng) -> Picture:
    x, y = np.meshgrid(np.arange(BASE[0], dtype=np.float32), np.arange(BASE[1], dtype=np.float32))
    warp = _fractal(rng, ((4, 3), (9, 5)))
    grain = np.sin(y / rng.uniform(3, 9) + 7 * warp) * 0.5 + 0.4 * _fractal(rng, ((8, 200), (20, 300)))
    planks = (np.abs((y + 40) % rng.integers(140, 260)) < 2).astype(np.float32)
    colour = [(96, 140, 188), (60, 92, 138), (150, 184, 214), (44, 60, 84)][int(rng.integers(4))]
    return _tinted((0.6 * grain - 4 * planks + 0.0 * x).astype(np.float32), colour, 0.13)


def _fabric(rng: Rng) -> Picture:
    x, y = np.meshgrid(np.arange(BASE[0], dtype=np.float32), np.arange(BASE[1], dtype=np.float32))
    a, b = rng.uniform(1.6, 5, 2)
    weave = np.sin(x / a * 3) * np.sin(y / b * 3) + 0.8 * _fractal(rng, ((3, 2), (6, 5)))
    checks = (
        0.9 * ((x // rng.integers(40, 90)) % 2 + (y // rng.integers(40, 90)) % 2)
        if rng.random() < 0.5
        else 0.0
    )
    return _tinted((weave + checks).astype(np.float32), tuple(rng.uniform(50, 200, 3)), 0.13)


def _plain(rng: Rng) -> Picture:
    level = float(rng.choice([60, 120, 190, 225]))
    colour = tuple(np.clip(level + rng.normal(0, 10, 3), 20, 250))
    return _tinted(_fractal(rng, ((3, 2), (40, 30))), colour, 0.03)


@lru_cache(maxsize=1)
def _glyphs() -> str:
    return "申請者は次の書類を提出してください。氏名住所電話番号年月日ABCDEFGhijklmnop0123456789"


def _paper(rng: Rng) -> Picture:
    from PIL import Image, ImageDraw

    canvas = Image.fromarray(_tinted(_fractal(rng, ((3, 2), (6, 6))), (238, 242, 244), 0.015))
    draw = ImageDraw.Draw(canvas)
    glyphs, size = _glyphs(), int(rng.integers(9, 22))
    for y in range(12, BASE[1], int(size * 1.9)):
        text = "".join(glyphs[int(i)] for i in rng.integers(len(glyphs), size=int(rng.integers(8, 60))))
        draw.text((int(rng.integers(10, 60)), y), text, fill=(60, 58, 56), font=font("gothic_ipa", size))
    for _ in range(int(rng.integers(0, 4))):
        x, y = (int(v) for v in rng.integers(0, 500, 2))
        draw.rectangle(
            (x, y, x + int(rng.integers(80, 300)), y + int(rng.integers(30, 160))), outline=(90, 90, 90)
        )
    return np.asarray(canvas, np.uint8)


def _keys(rng: Rng) -> Picture:
    dark = rng.random() < 0.6
    canvas = np.full((BASE[1], BASE[0], 3), 30 if dark else 200, np.uint8)
    size = int(rng.integers(44, 76))
    for row, y in enumerate(range(-10, BASE[1], size)):
        for x in range(-size + row % 3 * size // 3, BASE[0], size):
            shade = int(rng.integers(50, 66) if dark else rng.integers(228, 244))
            cv2.rectangle(canvas, (x + 4, y + 4), (x + size - 4, y + size - 4), (shade, shade, shade), -1)
            sign = "QWERTYUIOPASDFGHJKLZXCVBNM"[int(rng.integers(26))]
            ink = (190, 190, 190) if dark else (60, 60, 60)
            cv2.putText(
                canvas,
                sign,
                (x + 10, y + size // 2),
                cv2.FONT_HERSHEY_SIMPLEX,
                size / 90,
                ink,
                1,
                cv2.LINE_AA,
            )
    return canvas


def _desk(rng: Rng) -> Picture:
    """A table with papers, a pen, a cup and other cards' worth of rectangles on it."""
    canvas = _wood(rng) if rng.random() < 0.6 else _plain(rng)
    for _ in range(int(rng.integers(3, 8))):
        centre = tuple(float(v) for v in rng.uniform(0, 1, 2) * BASE)
        size = tuple(float(v) for v in rng.uniform(40, 330, 2))
        box = cv2.boxPoints((centre, size, float(rng.uniform(0, 180)))).astype(np.int32)
        colour = tuple(float(v) for v in rng.uniform(40, 250, 3))
        cv2.fillPoly(canvas, [box + 4], (40, 40, 40), cv2.LINE_AA)
        cv2.fillPoly(canvas, [box], colour, cv2.LINE_AA)
    start, end = rng.uniform(0, 1, 2) * BASE, rng.uniform(0, 1, 2) * BASE
    pen = tuple(float(v) for v in rng.uniform(0, 200, 3))
    cv2.line(
        canvas, tuple(start.astype(int)), tuple(end.astype(int)), pen, int(rng.integers(6, 14)), cv2.LINE_AA
    )
    cup = tuple(int(v) for v in rng.uniform(0, 1, 2) * BASE)
    cv2.circle(canvas, cup, int(rng.integers(40, 80)), (230, 232, 236), -1, cv2.LINE_AA)
    cv2.circle(canvas, cup, int(rng.integers(24, 38)), (40, 50, 70), -1, cv2.LINE_AA)
    return canvas


BACKDROPS = {"wood": _wood, "fabric": _fabric, "plain": _plain, "paper": _paper, "keys": _keys, "desk": _desk}


def backdrop(rng: Rng, size: tuple[int, int], name: str | None = None) -> Picture:
    """A background of ``size`` (width, height), BGR; ``name`` is a key of BACKDROPS, None any."""
    chosen = name or str(rng.choice(list(BACKDROPS)))
    return np.asarray(cv2.resize(BACKDROPS[chosen](rng), size, interpolation=cv2.INTER_LINEAR), np.uint8)
