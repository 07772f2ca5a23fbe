"""Drawn faces: smooth implicit shapes with continuous shading. No photograph of anybody is used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["PHOTO_HEIGHT", "PHOTO_WIDTH", "SKIN_TONES", "photograph"]

PHOTO_WIDTH = 260
PHOTO_HEIGHT = 347
"""4:3 upright, as large as the photo stands on a card at 300 dpi."""

Plane = NDArray[np.float32]

SKIN_TONES = (
    (246, 218, 200), (238, 200, 172), (226, 184, 148), (207, 160, 120),
    (182, 132, 94), (150, 102, 70), (116, 76, 52), (82, 54, 40),
)  # fmt: skip
"""RGB, lightest to darkest."""
HAIR = ((28, 24, 24), (52, 36, 28), (96, 62, 38), (150, 106, 62), (200, 170, 110), (120, 116, 114))
CLOTHES = (
    (40, 48, 66),
    (120, 44, 52),
    (60, 92, 80),
    (188, 184, 176),
    (70, 70, 74),
    (150, 120, 70),
    (86, 110, 150),
)
BACKDROPS = ((196, 216, 232), (232, 232, 230), (208, 222, 214), (214, 206, 220), (178, 200, 222))


@dataclass(frozen=True)
class Canvas:
    """Colour under work and the coordinates of its pixels: x -1 ... 1, y -1.33 ... 1.33."""

    rgb: NDArray[np.float32]
    x: Plane
    y: Plane

    def paint(self, mask: NDArray[Any], colour: NDArray[Any] | tuple[float, ...]) -> None:
        """Blend a colour in where the mask (0 ... 1) is set."""
        m = mask[..., None]
        self.rgb[:] = self.rgb * (1 - m) + np.asarray(colour, np.float32) * m

    def shade(self, mask: Plane, factor: float) -> None:
        """Multiply where the mask is set."""
        self.rgb[:] = self.rgb * (1 + (factor - 1) * mask[..., None])


@lru_cache(maxsize=1)
def _grid() -> tuple[Plane, Plane]:
    xs = np.linspace(-1, 1, PHOTO_WIDTH, dtype=np.float32)
    ys = np.linspace(-4 / 3, 4 / 3, PHOTO_HEIGHT, dtype=np.float32)
    x, y = np.meshgrid(xs, ys)
    return x.astype(np.float32), y.astype(np.float32)


def _soft(distance: Plane, edge: float) -> Plane:
    """1 inside (negative distance), 0 outside, smooth over ``edge``."""
    return np.asarray(np.clip(0.5 - distance / edge, 0, 1), np.float32)


def _oval(
    c: Canvas, cx: float, cy: float, rx: float, ry: float, edge: float = 0.04, power: float = 2.0
) -> Plane:
    d = (np.abs((c.x - cx) / rx) ** power + np.abs((c.y - cy) / ry) ** power) ** (1 / power) - 1
    return _soft((d * min(rx, ry)).astype(np.float32), edge)


def _noise(rng: np.random.Generator, cells: int) -> Plane:
    small = rng.normal(0, 1, (cells * 4 // 3, cells)).astype(np.float32)
    return np.asarray(
        cv2.resize(small, (PHOTO_WIDTH, PHOTO_HEIGHT), interpolation=cv2.INTER_CUBIC), np.float32
    )


@dataclass(frozen=True)
class Traits:
    """Numbers that make one face differ from another."""

    width: float
    height: float
    jaw: float
    eye_y: float
    eye_gap: float
    eye_size: float
    brow: float
    nose: float
    mouth_y: float
    mouth_w: float
    smile: float
    hair_style: int
    hair: tuple[int, int, int]
    glasses: bool
    beard: float
    wrinkles: float
    light: float
    clothes: tuple[int, int, int]
    backdrop: tuple[int, int, int]
    cx: float


def _traits(rng: np.random.Generator, sex: str, age: int, tone: int) -> Traits:
    u = rng.uniform
    shades = 5 if tone < 2 else 2
    hair = HAIR[int(rng.integers(shades))] if age < 50 or rng.random() < 0.4 else HAIR[5]
    return Traits(
        width=u(0.40, 0.50), height=u(0.56, 0.68), jaw=u(1.9, 2.6),
        eye_y=u(-0.16, -0.05), eye_gap=u(0.16, 0.22),
        eye_size=u(0.055, 0.085), brow=u(0.6, 1.5), nose=u(0.06, 0.11), mouth_y=u(0.24, 0.32),
        mouth_w=u(0.11, 0.19), smile=u(-0.1, 0.35),
        hair_style=int(rng.choice([0, 1, 2, 3, 4] if sex == "F" else [3, 4, 5, 5, 6])),
        hair=hair, glasses=bool(rng.random() < 0.3),
        beard=float(u(0.2, 0.9)) if sex == "M" and rng.random() < 0.35 else 0,
        wrinkles=min(1.0, max(0.0, (age - 30) / 35)), light=float(rng.choice([-1, 1]) * u(0.3, 0.9)),
        clothes=CLOTHES[int(rng.integers(len(CLOTHES)))],
        backdrop=BACKDROPS[int(rng.integers(len(BACKDROPS)))],
        cx=u(-0.05, 0.05),
    )  # fmt: skip


def _hair_back(c: Canvas, t: Traits, texture: Plane) -> None:
    colour = np.asarray(t.hair, np.float32) * (1 + 0.14 * texture[..., None])
    if t.hair_style in (0, 1):  # long, shoulder length
        low = 0.75 if t.hair_style == 0 else 0.45
        c.paint(_oval(c, t.cx, (low - 0.75) / 2, t.width + 0.17, (low + 0.80) / 1.75, 0.08, 2.8), colour)
    elif t.hair_style == 2:  # scarf
        c.paint(_oval(c, t.cx, 0.0, t.width + 0.16, t.height + 0.22, 0.06, 2.2), np.asarray(t.clothes) * 1.1)
    elif t.hair_style == 4:  # curls
        bumps = 0.05 * np.sin(c.x * 38) * np.cos(c.y * 34)
        d = np.hypot((c.x - t.cx) / (t.width + 0.17), (c.y + 0.28) / 0.58) - 1 + bumps
        c.paint(_soft(d.astype(np.float32), 0.12), colour * 0.95)


def _hair_front(c: Canvas, t: Traits, texture: Plane) -> None:
    colour = np.asarray(t.hair, np.float32) * (1 + 0.16 * texture[..., None])
    if t.hair_style in (2, 6):
        return
    line = {0: -0.34, 1: -0.26, 3: -0.36, 4: -0.36, 5: -0.40}[t.hair_style]
    cap = _oval(c, t.cx, -0.10, t.width + 0.05, t.height + 0.06, 0.05)
    parting = 0.09 * np.sin(3.2 * (c.x - t.cx) + t.light) + 0.5 * (c.x - t.cx) ** 2
    c.paint(cap * _soft((c.y - line - parting).astype(np.float32), 0.06), colour)


def _eyes(c: Canvas, t: Traits, rng: np.random.Generator) -> None:
    iris = (60, 40, 28) if rng.random() < 0.75 else (88, 110, 120)
    for side in (-1, 1):
        ex = t.cx + side * t.eye_gap
        c.shade(_oval(c, ex, t.eye_y - 0.01, t.eye_size * 1.9, t.eye_size * 1.3, 0.10), 0.90)
        c.paint(_oval(c, ex, t.eye_y, t.eye_size * 1.2, t.eye_size * 0.55, 0.02), (240, 238, 234))
        c.paint(_oval(c, ex, t.eye_y, t.eye_size * 0.52, t.eye_size * 0.52, 0.02), iris)
        c.paint(_oval(c, ex, t.eye_y, t.eye_size * 0.24, t.eye_size * 0.24, 0.02), (16, 14, 14))
        c.paint(_oval(c, ex + 0.015, t.eye_y - 0.015, 0.012, 0.012, 0.02), (250, 250, 250))
        c.shade(_oval(c, ex, t.eye_y - t.eye_size * 0.55, t.eye_size * 1.25, 0.014, 0.02), 0.35)
        slope = -side * 0.10 * (c.x - ex)
        d = (
            np.hypot(
                (c.x - ex) / (t.eye_size * 1.55), (c.y - t.eye_y + 0.12 + slope) / (0.018 * t.brow + 0.008)
            )
            - 1
        )
        c.paint(0.85 * _soft((d * 0.03).astype(np.float32), 0.03), np.asarray(t.hair) * 0.8)


def _nose_mouth(c: Canvas, t: Traits, skin: Plane) -> None:
    ridge = _oval(c, t.cx + 0.03 * np.sign(t.light), 0.05, 0.035, 0.17, 0.10)
    c.shade(ridge, 0.90)
    c.shade(_oval(c, t.cx, 0.02, 0.018, 0.16, 0.06), 1.08)
    c.shade(_oval(c, t.cx, 0.165, t.nose, 0.032, 0.06), 0.82)
    for side in (-1, 1):
        c.shade(_oval(c, t.cx + side * t.nose * 0.5, 0.17, 0.02, 0.012, 0.02), 0.5)
    curve = t.mouth_y - t.smile * 0.9 * (c.x - t.cx) ** 2 / t.mouth_w
    lips = np.hypot((c.x - t.cx) / t.mouth_w, (c.y - curve) / 0.042) - 1
    c.paint(0.75 * _soft((lips * 0.04).astype(np.float32), 0.03), skin * np.asarray((0.86, 0.58, 0.58)))
    line = np.hypot((c.x - t.cx) / t.mouth_w, (c.y - curve) / 0.008) - 1
    c.shade(_soft((line * 0.01).astype(np.float32), 0.02), 0.45)
    c.shade(_oval(c, t.cx, t.mouth_y + 0.085, t.mouth_w * 0.6, 0.02, 0.06), 0.88)


def _extras(c: Canvas, t: Traits, texture: Plane, face: Plane) -> None:
    if t.beard:
        area = (
            face * np.clip((c.y - 0.16) / 0.12, 0, 1) * (1 - _oval(c, t.cx, t.mouth_y, t.mouth_w, 0.05, 0.05))
        )
        c.paint((t.beard * 0.6 * area * np.clip(0.8 + 0.25 * texture, 0, 1)).astype(np.float32), t.hair)
    for side in (-1, 1):
        fold = np.abs(c.x - t.cx - side * (0.15 + 0.35 * (c.y - 0.1))) / 0.02
        c.shade(
            t.wrinkles * _soft((fold - 1).astype(np.float32), 1) * _oval(c, t.cx, 0.2, 0.4, 0.12, 0.1), 0.82
        )
    if t.glasses:
        for side in (-1, 1):
            ex = t.cx + side * t.eye_gap
            outer, inner = (_oval(c, ex, t.eye_y, r, r * 0.78, 0.015, 3) for r in (0.155, 0.135))
            c.paint(0.9 * (outer - outer * inner), (40, 36, 40))
            c.shade(inner, 1.04)
        bridge = (np.abs(c.y - t.eye_y + 0.02) < 0.01) & (np.abs(c.x - t.cx) < t.eye_gap - 0.145)
        c.paint(bridge.astype(np.float32), (40, 36, 40))


def _backdrop(c: Canvas, t: Traits, model: str, rng: np.random.Generator) -> None:
    slope = 0.06 * c.x * np.sign(t.light) - (0.05 * c.y if model == "a" else 0.04 * np.hypot(c.x, c.y))
    c.rgb[:] = np.asarray(t.backdrop, np.float32) * (1 + slope[..., None])
    if model == "b":
        c.rgb[:] += 3.5 * _noise(rng, 6)[..., None]


def _garment(c: Canvas, t: Traits, body: Plane, rng: np.random.Generator) -> None:
    """Stripes, checks or lapels, so that clothes tell people apart."""
    kind, step = int(rng.integers(4)), float(rng.uniform(0.09, 0.2))
    slant = float(rng.uniform(-0.5, 0.5))
    if kind == 0:
        pattern = np.sign(np.sin((c.y + slant * c.x) * 2 * np.pi / step))
    elif kind == 1:
        pattern = np.sign(np.sin(c.x * 2 * np.pi / step)) * np.sign(np.sin(c.y * 2 * np.pi / step))
    elif kind == 2:
        pattern = np.sign(np.abs(c.x - t.cx) - (1.28 - c.y) * float(rng.uniform(0.35, 0.7)))
    else:
        pattern = np.sin((c.x + slant * c.y) * 2 * np.pi / (2 * step))
    c.shade((body * (0.5 + 0.5 * pattern)).astype(np.float32), float(rng.choice([0.6, 0.75, 1.35])))


def _own_geometry(rgb: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """No two heads stand alike: turn, size, place, and a soft unevenness of every face."""
    turn, scale = np.deg2rad(rng.normal(0, 3.5)), float(rng.uniform(0.88, 1.14))
    rows, columns = np.mgrid[0:PHOTO_HEIGHT, 0:PHOTO_WIDTH].astype(np.float32)
    x, y = columns - PHOTO_WIDTH / 2, rows - PHOTO_HEIGHT / 2
    dx, dy = rng.uniform(-14, 14), rng.uniform(-10, 16)
    map_x = (np.cos(turn) * x + np.sin(turn) * y) / scale + PHOTO_WIDTH / 2 + dx + 4.0 * _noise(rng, 5)
    map_y = (np.cos(turn) * y - np.sin(turn) * x) / scale + PHOTO_HEIGHT / 2 + dy + 4.0 * _noise(rng, 5)
    warped = cv2.remap(
        rgb,
        map_x.astype(np.float32),
        map_y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    return np.asarray(warped, np.float32)


def _mottled(c: Canvas, where: Plane, rng: np.random.Generator, depth: float) -> None:
    """Uneven light and colour of skin and hair at the size of a few millimetres."""
    field = 0.6 * _noise(rng, 9) + 0.5 * _noise(rng, 18)
    c.rgb[:] = c.rgb * (1 + depth * field * where)[..., None]


@lru_cache(maxsize=64)
def photograph(face: int, tone: int, sex: str, age: int, model: str = "a") -> NDArray[np.uint8]:
    """The drawn photograph of one person, (347, 260, 3) BGR; the two models differ in light and grain."""
    rng = np.random.default_rng([face, tone, age])
    t = _traits(rng, sex, age, tone)
    c = Canvas(np.zeros((PHOTO_HEIGHT, PHOTO_WIDTH, 3), np.float32), *_grid())
    _backdrop(c, t, model, rng)
    texture = np.clip(_noise(rng, 40) * 0.6 + 0.5 * np.sin(26 * c.x + 6 * _noise(rng, 5)), -1.5, 1.5)
    _hair_back(c, t, texture)
    sheen = 1.0 if model == "a" else 0.7
    skin = np.asarray(SKIN_TONES[tone], np.float32) * (1 + rng.uniform(-0.03, 0.03, 3).astype(np.float32))
    light = 1 + 0.16 * sheen * t.light * (c.x - t.cx) / t.width - 0.10 * (c.y + 0.2)
    tinted = (skin * light[..., None]).astype(np.float32)
    c.paint(_oval(c, t.cx, 0.62, t.width * 0.50, 0.40, 0.05, 3), tinted * 0.84)
    body = _oval(c, t.cx * 0.5, 1.42, 0.86, 0.58, 0.05, 2.4)
    c.paint(
        body,
        np.asarray(t.clothes, np.float32) * (1 + 0.12 * (light[..., None] - 1) + 0.03 * texture[..., None]),
    )
    _garment(c, t, body, rng)
    c.paint(_oval(c, t.cx, 0.88, t.width * 0.42, 0.17, 0.05), tinted * 0.88)
    for side in (-1, 1):
        c.paint(_oval(c, t.cx + side * (t.width + 0.005), 0.02, 0.055, 0.11, 0.03), tinted * 0.86)
    face_mask = _oval(c, t.cx, 0.0, t.width, t.height, 0.03, t.jaw)
    round_off = np.clip(1.04 - 0.22 * (((c.x - t.cx) / t.width) ** 2 + (c.y / t.height) ** 2), 0.6, 1.1)
    c.paint(face_mask, tinted * round_off[..., None] + 2.0 * _noise(rng, 12)[..., None])
    for side in (-1, 1):
        c.paint(0.12 * _oval(c, t.cx + side * 0.26, 0.12, 0.12, 0.09, 0.2), (214, 110, 100))
    _mottled(c, face_mask, rng, 0.07)
    _eyes(c, t, rng)
    _nose_mouth(c, t, tinted)
    _extras(c, t, texture, face_mask)
    _hair_front(c, t, texture)
    _mottled(c, ((c.rgb.mean(2) < 170) * (1 - face_mask)).astype(np.float32), rng, 0.12)
    c.rgb[:] = _own_geometry(c.rgb, rng)
    if model == "b":
        c.rgb[:] = cv2.GaussianBlur(c.rgb, (0, 0), 0.7) * 1.02 - 3
        c.rgb[:] += rng.normal(0, 2.0, c.rgb.shape).astype(np.float32)
    return np.ascontiguousarray(np.clip(c.rgb, 0, 255)[..., ::-1].astype(np.uint8))
