"""Portraits as reliefs: a head made of bumps, lit from one side. No photograph of anybody is used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.faces import PHOTO_HEIGHT, PHOTO_WIDTH, SKIN_TONES

__all__ = ["portrait"]

HAIRS = ((30, 26, 26), (62, 44, 34), (112, 78, 48), (168, 130, 86), (150, 148, 146))
GARMENTS = ((52, 60, 84), (128, 60, 62), (70, 98, 78), (204, 198, 188), (60, 60, 66), (158, 136, 96))
WALLS = ((222, 226, 228), (206, 220, 236), (226, 218, 208), (212, 226, 216))
Plane = NDArray[np.float32]
Rng = np.random.Generator


@dataclass
class Sheet:
    """Colour under work with the places of its pixels: x -1 ... 1, y -4/3 ... 4/3."""

    rgb: NDArray[np.float32]
    x: Plane
    y: Plane

    def lay(self, cover: Plane, colour: NDArray[np.float32] | tuple[float, ...]) -> None:
        """Cover with a colour where ``cover`` is 1."""
        self.rgb += (np.asarray(colour, np.float32) - self.rgb) * np.clip(cover, 0, 1)[..., None]


def _sheet() -> Sheet:
    x, y = np.meshgrid(np.linspace(-1, 1, PHOTO_WIDTH), np.linspace(-4 / 3, 4 / 3, PHOTO_HEIGHT))
    rgb = np.zeros((PHOTO_HEIGHT, PHOTO_WIDTH, 3), np.float32)
    return Sheet(rgb, x.astype(np.float32), y.astype(np.float32))


def _bump(s: Sheet, x: float, y: float, wide: float, high: float) -> Plane:
    return np.asarray(np.exp(-(((s.x - x) / wide) ** 2) - ((s.y - y) / high) ** 2), np.float32)


def _inside(s: Sheet, x: float, y: float, wide: float, high: float, soft: float = 0.05) -> Plane:
    away = np.hypot((s.x - x) / wide, (s.y - y) / high)
    return np.asarray(np.clip((1 - away) / soft + 0.5, 0, 1), np.float32)


def _clouds(rng: Rng, cells: int) -> Plane:
    rough = rng.standard_normal((cells * 4 // 3, cells)).astype(np.float32)
    return np.asarray(
        cv2.resize(rough, (PHOTO_WIDTH, PHOTO_HEIGHT), interpolation=cv2.INTER_CUBIC), np.float32
    )


def _lit(height: Plane, light: NDArray[np.float64]) -> Plane:
    """Lambert's law on a relief."""
    down, across = np.gradient(height * 60)
    facing = (-across * light[0] - down * light[1] + light[2]) / np.sqrt(across**2 + down**2 + 1)
    return np.asarray(0.55 + 0.5 * np.clip(facing, 0, 1.2), np.float32)


def _relief(s: Sheet, wide: float, high: float, rng: Rng) -> Plane:
    dome = np.sqrt(np.clip(1 - (s.x / (wide * 1.08)) ** 2 - ((s.y - 0.02) / (high * 1.08)) ** 2, 0.01, 1))
    nose = float(rng.uniform(0.045, 0.075))
    out = 0.9 * dome + 0.22 * _bump(s, 0, 0.06, nose, 0.15) + 0.12 * _bump(s, 0, 0.16, nose * 1.7, 0.05)
    for side in (-1, 1):
        out -= 0.16 * _bump(s, 0.19 * side, -0.09, 0.11, 0.07)
        out += 0.08 * _bump(s, 0.22 * side, -0.21, 0.14, 0.05) + 0.07 * _bump(
            s, 0.26 * side, 0.13, 0.12, 0.12
        )
    return np.asarray(out + 0.07 * _bump(s, 0, 0.47, 0.14, 0.08), np.float32)


def _features(s: Sheet, skin: NDArray[np.float32], hair: NDArray[np.float32], rng: Rng) -> None:
    gap, size, eye = (
        float(rng.uniform(0.17, 0.21)),
        float(rng.uniform(0.07, 0.095)),
        float(rng.uniform(-0.12, -0.06)),
    )
    brow, lid = float(rng.uniform(0.010, 0.026)), float(rng.uniform(0.34, 0.5))
    for side in (-1, 1):
        x = side * gap
        s.lay(_inside(s, x, eye, size, size * lid, 0.25), (234, 230, 226))
        s.lay(_inside(s, x, eye, size * 0.40, size * 0.42, 0.2), (58, 42, 34))
        s.lay(_inside(s, x - 0.012, eye - 0.012, 0.011, 0.011, 0.5), (244, 244, 244))
        s.lay(0.75 * _inside(s, x, eye - size * lid * 0.95, size * 1.05, 0.012, 0.6), (44, 32, 30))
        s.lay(0.8 * _inside(s, x * 1.04, eye - 0.13, size * 1.45, brow, 0.5), hair * 0.9)
    mouth, width = float(rng.uniform(0.27, 0.32)), float(rng.uniform(0.12, 0.18))
    s.lay(0.8 * _inside(s, 0, mouth, width, 0.038, 0.3), skin * np.asarray((0.88, 0.62, 0.62), np.float32))
    s.lay(0.8 * _inside(s, 0, mouth - 0.004, width * 0.95, 0.007, 0.6), skin * 0.42)
    for side in (-1, 1):
        s.lay(0.6 * _inside(s, 0.035 * side, 0.185, 0.018, 0.010, 0.6), skin * 0.4)


def _hair(
    s: Sheet, hair: NDArray[np.float32], wide: float, high: float, rng: Rng, sex: str
) -> tuple[Plane, Plane]:
    """What falls behind the head, and what lies on it."""
    long = sex == "F" and rng.random() < 0.75
    behind = _inside(
        s, 0, -0.10 + (0.38 if long else 0), wide + 0.13, high * (1.35 if long else 1.02) + 0.05, 0.08
    )
    line = (
        float(rng.uniform(-0.42, -0.28)) + 0.10 * np.sin(3.0 * s.x + rng.uniform(-1.5, 1.5)) + 0.55 * s.x**2
    )
    crown = _inside(s, 0, -0.06, wide + 0.05, high + 0.07, 0.06) * np.clip((line - s.y) / 0.05 + 0.5, 0, 1)
    return behind, np.asarray(crown if rng.random() < 0.93 else crown * 0, np.float32)


def _shaken(rgb: NDArray[np.float32], rng: Rng) -> NDArray[np.float32]:
    """Every head turned, sized and placed in its own way."""
    matrix = cv2.getRotationMatrix2D(
        (PHOTO_WIDTH / 2, PHOTO_HEIGHT / 2), rng.normal(0, 3), rng.uniform(0.9, 1.12)
    )
    matrix[:, 2] += rng.uniform(-9, 9), rng.uniform(-8, 14)
    return np.asarray(
        cv2.warpAffine(rgb, matrix, (PHOTO_WIDTH, PHOTO_HEIGHT), borderMode=cv2.BORDER_REPLICATE), np.float32
    )


@lru_cache(maxsize=64)
def portrait(face: int, tone: int, sex: str, age: int) -> NDArray[np.uint8]:
    """The portrait of one person, (347, 260, 3) BGR."""
    rng, s = np.random.default_rng([face, tone, 3]), _sheet()
    wall = np.asarray(WALLS[int(rng.integers(len(WALLS)))], np.float32)
    s.rgb[:] = wall * (1.02 - 0.06 * (s.y + 1.3) / 2.6)[..., None]
    grey = age > 55 or rng.random() < 0.05
    hair = np.asarray(HAIRS[4 if grey else int(rng.integers(4 if tone < 2 else 2))], np.float32)
    wide, high = float(rng.uniform(0.43, 0.51)), float(rng.uniform(0.60, 0.68))
    angle = float(rng.uniform(-0.8, 0.8))
    light = np.array([np.sin(angle) * 0.6, -0.35, 0.75])
    skin = np.asarray(SKIN_TONES[tone], np.float32) * rng.uniform(0.96, 1.04, 3).astype(np.float32)
    strands = (1 + 0.16 * np.sin(70 * s.x + 4 * _clouds(rng, 6)) + 0.06 * _clouds(rng, 30))[..., None]
    behind, crown = _hair(s, hair, wide, high, rng, sex)
    s.lay(behind, hair * strands * 0.85)
    s.lay(_inside(s, 0, 0.72, wide * 0.55, 0.36, 0.12), skin * 0.80)
    cloth = np.asarray(GARMENTS[int(rng.integers(len(GARMENTS)))], np.float32)
    weave = 1 + 0.10 * np.sin(s.x * rng.uniform(8, 40) + s.y * rng.uniform(-30, 30)) + 0.05 * _clouds(rng, 14)
    s.lay(_inside(s, 0, 1.45, 0.92, 0.60, 0.05), cloth * weave[..., None])
    s.lay(_inside(s, 0, 0.90, wide * 0.45, 0.15, 0.2), skin * 0.86)
    for side in (-1, 1):
        s.lay(_inside(s, side * (wide + 0.01), 0.0, 0.05, 0.11, 0.3), skin * 0.85)
    shade = _lit(_relief(s, wide, high, rng), light) * (1 + 0.02 * _clouds(rng, 24))
    s.lay(_inside(s, 0, 0.02, wide, high, 0.04), skin * shade[..., None])
    _features(s, skin, hair, rng)
    if sex == "M" and rng.random() < 0.3:
        chin = _inside(s, 0, 0.38, wide * 0.8, 0.26, 0.4) * np.clip(0.5 + 0.4 * _clouds(rng, 60), 0, 1)
        s.lay(np.asarray(0.45 * chin * (s.y > 0.2), np.float32), hair)
    s.lay(crown, hair * strands)
    if rng.random() < 0.25:
        for side in (-1, 1):
            rim = _inside(s, 0.19 * side, -0.09, 0.145, 0.115, 0.04) - _inside(
                s, 0.19 * side, -0.09, 0.125, 0.095, 0.04
            )
            s.lay(0.85 * rim, (46, 42, 44))
    final = cv2.GaussianBlur(_shaken(s.rgb, rng), (0, 0), 0.6) + rng.normal(0, 1.3, s.rgb.shape)
    return np.ascontiguousarray(np.clip(final, 0, 255)[..., ::-1].astype(np.uint8))
