"""The card without words, drawn at twice its size: curves of toothed wheels, screens of hair lines, bands."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.paint import HEIGHT, WIDTH, Colour, Ink, Picture
from scripts.specimens.style import Style, style_named
from scripts.specimens.third.pen import write

__all__ = ["BANDS", "PHOTO", "back_ground", "front_ground"]

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 as fractions of the card."""
BANDS: tuple[Box, ...] = ((0, 0.0405, 1, 0.1205), (0.2505, 0.513, 0.694, 0.6325), (0, 0.8765, 0.731, 0.953))
PHOTO: Box = (0.7125, 0.3055, 0.9675, 0.8495)
STRIP: Box = (0.0, 0.0, 0.0185, 1.0)
WHEELS = (
    ((0.30, 0.42), (96, 21, 62)),
    ((0.58, 0.30), (63, 11, 40)),
    ((0.17, 0.83), (72, 17, 47)),
    ((0.86, 0.17), (54, 13, 33)),
    ((0.53, 0.79), (81, 20, 49)),
)
"""Centres, fractions of the card; fixed wheel, rolling wheel and arm, pixels at 300 dpi."""
FINE = 2
VIOLET: Colour = (186, 172, 214)
OCHRE: Colour = (214, 206, 168)

Plane = NDArray[np.float32]


def _fields() -> tuple[Plane, Plane]:
    x = np.linspace(0, 1, FINE * WIDTH, dtype=np.float32)
    y = np.linspace(0, 1, FINE * HEIGHT, dtype=np.float32)
    xx, yy = np.meshgrid(x, y)
    return xx.astype(np.float32), yy.astype(np.float32)


def _paper(look: Style, mirrored: bool) -> Picture:
    """Three pale tones that run into each other aslant."""
    x, y = _fields()
    x = 1 - x if mirrored else x
    middle = np.exp(-(((x + 0.12 * y - 0.60) / 0.17) ** 2))
    right = (1 - middle) / (1 + np.exp(-(x - 0.6) * 16))
    shares = (1 - middle - right, middle, right)
    tones = [np.asarray(tone[::-1], np.float32) for tone in look.pale]
    mixed = sum(share[..., None] * tone for share, tone in zip(shares, tones, strict=True))
    return np.asarray(np.clip(mixed, 0, 255), np.uint8)


def _wheel(
    canvas: Picture, centre: tuple[float, float], radii: tuple[float, float, float], colour: Colour
) -> None:
    """The curve of a point on a wheel that rolls around another (an epitrochoid)."""
    fixed, rolling, arm = radii
    t = np.linspace(0, 2 * np.pi * rolling / np.gcd(int(fixed), int(rolling)), 6000)
    ratio = (fixed + rolling) / rolling
    x = centre[0] * WIDTH + (fixed + rolling) * np.cos(t) - arm * np.cos(ratio * t)
    y = centre[1] * HEIGHT + (fixed + rolling) * np.sin(t) - arm * np.sin(ratio * t)
    points = np.round(np.stack([x, y], 1) * FINE * 16).astype(np.int32)
    cv2.polylines(canvas, [points], False, colour[::-1], 1, cv2.LINE_AA, 4)


def _hair_lines(canvas: Picture, colour: Colour, pitch: float, lean: float, swell: float) -> None:
    """Parallel lines that bend in one long swell."""
    x = np.linspace(-20, WIDTH + 20, 90)
    rows = []
    for y0 in np.arange(-160.0, HEIGHT + 160, pitch):
        y = y0 + lean * x + swell * np.sin(x / 97.0 + y0 / 53.0)
        rows.append(np.round(np.stack([x, y], 1) * FINE * 16).astype(np.int32))
    cv2.polylines(canvas, rows, False, colour[::-1], 1, cv2.LINE_AA, 4)


def _band(canvas: Picture, box: Box, look: Style) -> None:
    """A tint that deepens to the right, ruled in lines of its own ink."""
    height, width = canvas.shape[:2]
    x0, y0, x1, y1 = (
        round(box[0] * width),
        round(box[1] * height),
        round(box[2] * width),
        round(box[3] * height),
    )
    ramp = np.linspace(8, -8, x1 - x0, dtype=np.float32)[None, :, None]
    tint = np.asarray(look.band[::-1], np.float32) + ramp
    rows = np.arange(y1 - y0, dtype=np.float32)[:, None, None]
    ruled = tint + 5.0 * np.sin(rows * (2 * np.pi / 7.3))
    part = canvas[y0:y1, x0:x1].astype(np.float32)
    canvas[y0:y1, x0:x1] = np.clip(0.12 * part + 0.88 * ruled, 0, 255).astype(np.uint8)


def _small(canvas: Picture) -> Picture:
    return np.asarray(cv2.resize(canvas, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=2)
def _drawn(look: Style, mirrored: bool) -> Picture:
    """Paper and lines; the fonts and bands of a look do not matter here."""
    canvas = _paper(look, mirrored)
    lines = canvas.copy()
    _hair_lines(lines, look.line, 5.2, 0.21, 6.0)
    _hair_lines(lines, OCHRE, 9.7, -0.34, 11.0)
    for centre, radii in WHEELS:
        _wheel(lines, centre, radii, VIOLET)
    return np.asarray(cv2.addWeighted(lines, 0.72, canvas, 0.28, 0), np.uint8)


def _mark(canvas: Picture, look: Style) -> None:
    """Three lozenges in a row, the film between two of its colours; letters left open."""
    x0, y0, x1, y1 = 0.562, 0.7515, 0.6875, 0.8055
    height, width = canvas.shape[:2]
    mask = np.zeros((height, width), np.float32)
    for left, right in ((x0, x0 + 0.034), (x0 + 0.020, x1 - 0.020), (x1 - 0.034, x1)):
        inset = min(0.016, (right - left) / 2)
        outline = [(left, (y0 + y1) / 2), (left + inset, y0), (right - inset, y0), (right, (y0 + y1) / 2),
                   (right - inset, y1), (left + inset, y1)]  # fmt: skip
        points = np.round(np.asarray(outline) * (width, height) * 16).astype(np.int32)
        cv2.fillPoly(mask, [points], 1.0, cv2.LINE_AA, 4)
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    there, other = (np.asarray(c[::-1], np.float32) for c in (look.mark, (178, 120, 96)))
    film = there + (other - there) * np.clip((across - x0) / (x1 - x0), 0, 1)
    canvas[:] = np.clip(canvas + (film - canvas) * mask[..., None] * 0.9, 0, 255).astype(np.uint8)


def _strip(canvas: Picture) -> None:
    """The strip at the left edge, green above and rosy below."""
    height, width = canvas.shape[:2]
    right = round(STRIP[2] * width)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    green, rose = np.asarray((182, 208, 168), np.float32), np.asarray((196, 186, 214), np.float32)
    film = green + (rose - green) * (0.5 + 0.5 * np.tanh((down - 0.62) * 6))
    part = canvas[:, :right].astype(np.float32)
    canvas[:, :right] = np.clip(part * 0.35 + film * 0.65, 0, 255).astype(np.uint8)


@lru_cache(maxsize=4)
def _front(look: Style) -> Picture:
    canvas = _drawn(style_named(look.name), mirrored=False).copy()
    for box in BANDS:
        _band(canvas, box, look)
    _mark(canvas, look)
    _strip(canvas)
    small = _small(canvas)
    for letter, x in zip("MOJ", (0.588, 0.6135, 0.640), strict=True):
        pale = Ink(letter, x, 0.7915, 0.040, "gothic_ipaex", colour=(70, 40, 60))
        write(small, pale, 0.8)
    return small


def front_ground(look: Style) -> Picture:
    """The front without words; a fresh copy."""
    return _front(look).copy()


@lru_cache(maxsize=2)
def back_ground(look: Style) -> Picture:
    """The back without words; copy it before writing on it."""
    return _small(_drawn(look, mirrored=True))
