"""Pages of invented travel documents with a machine-readable zone, and what scanners and phones make of them.

Every page carries SPECIMEN 見本 in large letters. The design is nobody's: random bands, waves and labels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from scripts.specimens.clutter import backdrop
from scripts.specimens.faces import photograph
from scripts.specimens.fonts import FONT_FILES, font
from scripts.specimens.mrz_text import Holder, zone

__all__ = ["CAPTURES", "SIZES_MM", "Page", "Shot", "capture", "draw_page"]

Rng = np.random.Generator
Pixels = NDArray[np.uint8]

FONT_FILES.setdefault("ocr_b", ("OCRB.otf", 0, "fonts-ocr-b"))
FONT_FILES.setdefault("ocr_b_sharp", ("OCRBS.otf", 0, "fonts-ocr-b"))

SIZES_MM = {
    "TD1": (85.6, 53.98), "TD2": (105.0, 74.0), "TD3": (125.0, 88.0),
    "MRV-A": (120.0, 80.0), "MRV-B": (105.0, 74.0),
}  # fmt: skip
PITCH_MM = 2.54
EM_MM = PITCH_MM / 0.72297
LABELS = (
    "Surname / Nom", "Given names / Prénoms", "Nationality", "Date of birth / Geburtsdatum", "Sex",
    "Place of birth", "Date of issue", "Date of expiry", "Authority", "Personal No.", "Type", "Code",
    "Remarks", "Height", "Domicile",
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """One page and the truth about its zone."""

    pixels: Pixels
    """BGR."""
    lines: tuple[str, ...]
    corners: NDArray[np.float32]
    """(4, 2) x, y of the zone's print: top left, top right, bottom right, bottom left."""


@dataclass(frozen=True)
class Shot:
    """One picture of a page."""

    pixels: Pixels
    lines: tuple[str, ...]
    corners: NDArray[np.float32]


def _paper(rng: Rng, width: int, height: int) -> Pixels:
    """Ground print: a gradient, bands, families of waves."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    first, second = rng.uniform(170, 252, 3), rng.uniform(170, 252, 3)
    share = (x * rng.uniform(0, 1) / width + y * rng.uniform(0, 1) / height)[..., None] / 2
    out = first * (1 - share) + second * share
    for _ in range(int(rng.integers(1, 4))):
        bend = rng.uniform(4, 30) * np.sin(x / rng.uniform(20, 120) + rng.uniform(0, 6))
        angle = rng.uniform(0, np.pi)
        wave = np.sin((x * np.cos(angle) + (y + bend) * np.sin(angle)) * 2 * np.pi / rng.uniform(5, 22))
        lines = (wave > rng.uniform(0.5, 0.9)) if rng.random() < 0.6 else 0.5 * wave
        out = out - lines[..., None] * rng.uniform(2, 34) * rng.uniform(0.2, 1, 3)
    if rng.random() < 0.5:
        out[: int(height * rng.uniform(0.1, 0.3))] *= rng.uniform(0.5, 1, 3)
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def _labels(rng: Rng, draw: ImageDraw.ImageDraw, size: tuple[int, int], dot: float, bottom: float) -> None:
    """Captions and values in columns, down to the zone."""
    width, height = size
    fonts = ("sans", "sans_bold", "serif", "narrow", "mono_sans")
    caption, value = (str(k) for k in rng.choice(fonts, 2))
    step = rng.uniform(5.0, 8.0) * dot
    for left in (0.34, 0.66):
        y = 0.16 * height
        while y + step < bottom:
            text = str(rng.choice(LABELS))
            shade = int(rng.integers(20, 120))
            draw.text(
                (left * width, y), text, fill=(shade,) * 3, font=font(caption, max(6, round(1.7 * dot)))
            )
            word = "".join(chr(65 + int(i)) for i in rng.integers(26, size=int(rng.integers(3, 12))))
            draw.text((left * width, y + 1.9 * dot), word, fill=(25,) * 3, font=font(value, round(2.6 * dot)))
            y += step


def draw_page(rng: Rng, who: Holder, format: str = "TD3", dpi: int = 300, blank: bool = False) -> Page:
    """One page of an invented document at up to 300 dpi; ``blank`` leaves the zone out."""
    dot = min(dpi, 300) / 25.4
    wide, high = SIZES_MM[format]
    width, height = round(wide * dot), round(high * dot)
    lines = zone(who, format)
    spacing = rng.uniform(4.0, 4.4) if len(lines) == 3 else rng.uniform(4.0, 6.7)
    canvas = Image.fromarray(_paper(rng, width, height))
    draw = ImageDraw.Draw(canvas)
    foot = rng.uniform(5.5, 10.0) if format != "TD1" else rng.uniform(4.0, 6.0)
    bases = [height - (foot + spacing * i) * dot for i in reversed(range(len(lines)))]
    top = bases[0] - 3.4 * dot
    if rng.random() < 0.85:
        shot = photograph(int(rng.integers(40)), int(rng.integers(4)), str(rng.choice(["M", "F"])), 34, "a")
        tall = max(20, round(min(0.85 * top, 0.5 * height)))
        face = cv2.resize(shot, (round(tall * 0.75), tall), interpolation=cv2.INTER_AREA)
        canvas.paste(Image.fromarray(face[..., ::-1]), (round(0.03 * width), round(0.12 * height)))
    heading = "".join(chr(65 + int(i)) for i in rng.integers(26, size=7))
    draw.text(
        (0.34 * width, 0.03 * height), heading, fill=(40, 40, 90), font=font("sans_bold", round(4 * dot))
    )
    _labels(rng, draw, (width, height), dot, top)
    mark = font("gothic_noto_bold", round(0.11 * height))
    draw.text((0.36 * width, 0.32 * height), "SPECIMEN 見本", fill=(190, 90, 90), font=mark)
    left = (wide - PITCH_MM * len(lines[0])) / 2 * dot + rng.normal(0, 0.6) * dot
    shade = int(rng.integers(0, 70))
    if not blank:
        key = "ocr_b" if rng.random() < 0.7 else "ocr_b_sharp"
        _print(draw, lines, (left, bases, dot), (shade,) * 3, key)
    right = left + PITCH_MM * len(lines[0]) * dot
    corners = np.array(
        [[left, bases[0] - 2.6 * dot], [right, bases[0] - 2.6 * dot], [right, bases[-1]], [left, bases[-1]]]
    )
    return Page(np.ascontiguousarray(np.asarray(canvas)[..., ::-1]), lines, corners.astype(np.float32))


def _print(
    draw: ImageDraw.ImageDraw, lines: tuple[str, ...], place: tuple[float, list[float], float],
    ink: tuple[int, int, int], key: str,
) -> None:  # fmt: skip
    left, bases, dot = place
    face = font(key, round(EM_MM * dot))
    for base, line in zip(bases, lines, strict=True):
        for index, sign in enumerate(line):
            draw.text((left + index * PITCH_MM * dot, base), sign, fill=ink, font=face, anchor="ls")


CAPTURES = ("scan", "small", "tiny", "blurred", "phone", "hard_phone", "turned", "upside_down")
"""Degradations, from a flat-bed scan to a bad photograph."""


def capture(page: Page, rng: Rng, kind: str) -> Shot:
    """A picture of a page in one of CAPTURES."""
    height, width = page.pixels.shape[:2]
    if kind in ("phone", "hard_phone"):
        return _phone(page, rng, hard=kind == "hard_phone")
    target = {"scan": 1.0, "small": 700 / width, "tiny": 400 / width, "blurred": 0.7}.get(kind, 0.8)
    size = (round(width * target), round(height * target))
    pixels = cv2.resize(page.pixels, size, interpolation=cv2.INTER_AREA)
    corners = page.corners * target
    if kind == "blurred":
        pixels = cv2.GaussianBlur(pixels, (0, 0), rng.uniform(1.5, 2.3))
    turns = {"turned": int(rng.choice((1, 3))), "upside_down": 2}.get(kind, 0)
    for _ in range(turns):
        corners = np.stack([pixels.shape[0] - 1 - corners[:, 1], corners[:, 0]], axis=1)
        pixels = np.rot90(pixels, -1)
    shot = _compressed(np.ascontiguousarray(pixels), int(rng.integers(60, 95)))
    return Shot(shot, page.lines, corners.astype(np.float32))


def _compressed(pixels: NDArray[np.generic], quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _phone(page: Page, rng: Rng, hard: bool) -> Shot:
    """A photograph in perspective on a table, with uneven light, blur and noise."""
    long = int(rng.integers(1000, 1600) if hard else rng.integers(1600, 2400))
    size = (long, round(long * 0.75))
    height, width = page.pixels.shape[:2]
    zoom = size[0] * rng.uniform(0.7, 0.92) / max(width, height * 1.35)
    angle = np.deg2rad(rng.uniform(-8, 8) if hard else rng.uniform(-4, 4))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    quad = (flat - flat.mean(0)) * zoom @ turn.T + np.array(size) / 2
    quad += rng.normal(0, (0.022 if hard else 0.01) * size[0], (4, 2))
    matrix = cv2.getPerspectiveTransform(flat.astype(np.float32), quad.astype(np.float32))
    ground = backdrop(rng, size)
    laid = cv2.warpPerspective(page.pixels, matrix, size, flags=cv2.INTER_AREA)
    alpha = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, size)[..., None]
    x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]))
    light = 1 + rng.uniform(-0.3, 0.3) * x + rng.uniform(-0.3, 0.3) * y
    out = (laid * alpha + ground * (1 - alpha)) * light[..., None] * rng.uniform(0.7, 1.05)
    out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.9, 1.5) if hard else rng.uniform(0.6, 1.0))
    out = out + rng.normal(0, rng.uniform(3, 9) if hard else rng.uniform(1, 4), out.shape)
    pixels = _compressed(np.clip(out, 0, 255).astype(np.uint8), int(rng.integers(55, 90)))
    corners = cv2.perspectiveTransform(page.corners[None], matrix)[0]
    return Shot(pixels, page.lines, np.asarray(corners, np.float32))
