"""The card without words: pale colours, wave and lattice lines, bands. A loose imitation, not the design."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.paint import HEIGHT, WIDTH, Colour, Ink, Picture, area, ink
from scripts.specimens.style import STYLES, Style

__all__ = ["HEADER", "PHOTO", "VALIDITY", "WORK_BOX", "back_ground", "front_ground", "moj_mark", "strip"]

HEADER = (0.0, 0.043, 1.0, 0.119)
WORK_BOX = (0.248, 0.511, 0.695, 0.633)
VALIDITY = (0.0, 0.8755, 0.733, 0.954)
PHOTO = (0.711, 0.306, 0.968, 0.850)
"""x0, y0, x1, y1."""
STRIP_WIDTH = 0.017


def _gradient(style: Style) -> NDArray[np.float32]:
    left, middle, right = (np.asarray(c[::-1], np.float32) for c in style.pale)
    x = np.linspace(0, 1, WIDTH, dtype=np.float32)[None, :, None]
    y = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None, None]
    bump = np.clip(1 - np.abs(x - 0.56 - 0.05 * np.sin(5 * y)) / 0.13, 0, 1)
    side = np.clip((x - 0.4) / 0.3, 0, 1)
    return np.asarray((left * (1 - side) + right * side) * (1 - bump) + middle * bump, np.float32)


def _lines(canvas: Picture, rows: list[NDArray[np.float64]], colour: Colour, thick: int = 1) -> None:
    points = [np.round(r * 16).astype(np.int32) for r in rows]
    cv2.polylines(canvas, points, False, colour[::-1], thick, cv2.LINE_AA, 4)


def _waves(style: Style, canvas: Picture, rng: np.random.Generator) -> None:
    x = np.linspace(-10, WIDTH + 10, 140)
    phase = rng.uniform(0, 6)
    for y0, count, gap in ((150, 6, 7.0), (420, 7, 6.0), (560, 5, 8.0)):
        amplitude = rng.uniform(8, 15)
        rows = []
        for i in range(count):
            y = y0 + gap * i + amplitude * np.sin(x / rng.uniform(46, 50) + phase) * np.cos(x / 310 + y0)
            rows.append(np.stack([x, y], 1))
        _lines(canvas, rows, style.line)


def _ovals(style: Style, canvas: Picture) -> None:
    t = np.linspace(0, 2 * np.pi, 90)
    for cx, cy, turns in ((250, 300, 18), (860, 120, 14), (900, 600, 12)):
        rows = [
            np.stack([cx + (30 + 8 * k) * np.cos(t) * 1.2, cy + (22 + 7 * k) * np.sin(t + 0.05 * k)], 1)
            for k in range(turns)
        ]
        _lines(canvas, rows, style.line)


def _lattice(style: Style, canvas: Picture) -> None:
    white = (246, 248, 252)
    step = 46 if style.name == "a" else 38
    for x in range(380, 780, step):
        for sign in (-1, 1):
            y = np.linspace(0, HEIGHT, 40)
            wobble = 5 * np.sin(y / 22)
            _lines(canvas, [np.stack([x + sign * ((y * 0.7) % 200 - 100) + wobble, y], 1)], white)


def _grain(style: Style, base: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    low = cv2.resize(
        rng.normal(0, 1, (9, 14)).astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC
    )
    green = np.asarray(style.line[::-1], np.float32)
    blot = np.clip(low - 0.5, 0, 1)[..., None] * 0.5
    return np.asarray(base * (1 - blot) + green * blot, np.float32)


def _band(canvas: Picture, box: tuple[float, float, float, float], style: Style) -> None:
    area(canvas, box, style.band, 0.97)
    height, width = canvas.shape[:2]
    y0, y1 = round(box[1] * height), round(box[3] * height)
    x0, x1 = round(box[0] * width), round(box[2] * width)
    part = canvas[y0:y1, x0:x1].astype(np.float32)
    yy, xx = np.mgrid[0 : y1 - y0, 0 : x1 - x0]
    step = 5.3 if style.name == "a" else 6.7
    texture = np.sin(xx / step * 2.2 + np.sin(yy / step)) * np.sin(yy / step * 2.0)
    canvas[y0:y1, x0:x1] = np.clip(part + 4.0 * texture[..., None], 0, 255).astype(np.uint8)


def strip(canvas: Picture, colour: Colour = (176, 206, 176), alpha: float = 0.75) -> None:
    """The strip along the left edge, in the colour of one angle."""
    area(canvas, (0.0, 0.0, STRIP_WIDTH, 1.0), colour, alpha)


def moj_mark(canvas: Picture, colour: Colour) -> None:
    """The lozenge with three letters at the centre right, in the colour of one angle."""
    height, width = canvas.shape[:2]
    x0, y0, x1, y1 = 0.561 * width, 0.751 * height, 0.689 * width, 0.806 * height
    mid, side = (y0 + y1) / 2, 0.034 * width
    bar0, bar1 = x0 + side * 0.75, x1 - side * 0.75
    shapes = [
        [(bar0, y0), (bar1, y0), (bar1 - side * 0.3, mid), (bar1, y1), (bar0, y1), (bar0 + side * 0.3, mid)],
        [(x0, mid), (x0 + side * 0.4, y0), (x0 + side * 0.8, mid), (x0 + side * 0.4, y1)],
        [(x1, mid), (x1 - side * 0.4, y0), (x1 - side * 0.8, mid), (x1 - side * 0.4, y1)],
    ]  # fmt: skip
    for shape in shapes:
        points = np.round(np.asarray(shape) * 16).astype(np.int32)
        cv2.fillPoly(canvas, [points], colour[::-1], cv2.LINE_AA, 4)
    letters = Ink("MOJ", 0.6005, 0.7925, 0.042, "sans_bold", colour=(248, 236, 238))
    ink(canvas, letters)


@lru_cache(maxsize=8)
def _front(name: str, variant: int) -> Picture:
    style = STYLES[name]
    rng = np.random.default_rng([style.background_seed, variant])
    canvas = np.clip(_grain(style, _gradient(style), rng), 0, 255).astype(np.uint8)
    lines = canvas.copy()
    _waves(style, lines, rng)
    _ovals(style, lines)
    _lattice(style, lines)
    canvas = np.asarray(cv2.addWeighted(lines, 0.6, canvas, 0.4, 0), np.uint8)
    for box in (HEADER, WORK_BOX, VALIDITY):
        _band(canvas, box, style)
    return canvas


def front_ground(style: Style, variant: int = 0) -> Picture:
    """The front without words, without strip and mark; a fresh copy."""
    return _front(style.name, variant).copy()


@lru_cache(maxsize=4)
def _back(name: str) -> Picture:
    style = STYLES[name]
    rng = np.random.default_rng([style.background_seed, 99])
    canvas = np.clip(_grain(style, _gradient(style)[:, ::-1], rng), 0, 255).astype(np.uint8)
    _waves(style, canvas, rng)
    return canvas


def back_ground(style: Style) -> Picture:
    """The back without words; a fresh copy."""
    return _back(style.name).copy()
