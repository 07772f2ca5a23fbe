"""What office machines make of a picture at 600 dpi: dots in rows, scattered dots, black ink alone."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.paint import Picture

__all__ = ["DPI", "grey_print", "inkjet_print", "laser_print"]

Rng = np.random.Generator
Plane = NDArray[np.float32]
DPI = 600
INKS = np.array([[210, 150, 20], [120, 30, 205], [25, 225, 240], [38, 34, 34]], np.float32)
"""BGR of cyan, magenta, yellow and black on white."""
ANGLES = (15.0, 75.0, 0.0, 45.0)


def _separations(picture: Picture) -> list[Plane]:
    """Cyan, magenta, yellow and black, 0 ... 1; most of the grey goes into black."""
    ink = 1 - picture.astype(np.float32) / 255
    black = ink.min(axis=2)
    coloured = ink - 0.75 * black[..., None]
    return [coloured[..., 2], coloured[..., 1], coloured[..., 0], 0.75 * black]


def _rows_of_dots(level: Plane, pitch: float, degrees: float) -> Plane:
    """Clustered dots: their size stands for the level."""
    height, width = level.shape
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    turn, step = np.deg2rad(degrees), 2 * np.pi / pitch
    u = (xx * np.cos(turn) + yy * np.sin(turn)) * step
    v = (-xx * np.sin(turn) + yy * np.cos(turn)) * step
    threshold = 0.5 + 0.25 * (np.cos(u) + np.cos(v))
    return np.asarray(level > threshold, np.float32)


def _scattered_mask(rng: Rng) -> Plane:
    """Thresholds without low frequencies, equally many of each: dots that keep away from each other."""
    noise = rng.standard_normal((192, 192)).astype(np.float32)
    for _ in range(3):
        rough = noise - cv2.GaussianBlur(noise, (0, 0), 1.6, borderType=cv2.BORDER_REFLECT_101)
        ranks = np.empty(rough.size, np.float32)
        ranks[np.argsort(rough, axis=None)] = np.linspace(0, 1, rough.size, dtype=np.float32)
        noise = ranks.reshape(rough.shape)
    return noise


def _scattered_dots(level: Plane, rng: Rng, cell: int) -> Plane:
    height, width = level.shape
    mask = np.kron(_scattered_mask(rng), np.ones((cell, cell), np.float32))
    tiled = np.tile(mask, (height // mask.shape[0] + 1, width // mask.shape[1] + 1))
    return np.asarray(level > tiled[:height, :width], np.float32)


def _on_paper(covers: list[Plane], inks: NDArray[np.float32], rng: Rng, spread: float) -> Picture:
    """Inks one over the other on office paper."""
    height, width = covers[0].shape
    paper = np.array([246, 249, 250], np.float32) - float(rng.uniform(0, 14))
    out = np.broadcast_to(paper, (height, width, 3)).astype(np.float32)
    for cover, ink in zip(covers, inks, strict=True):
        soft = np.clip(cv2.GaussianBlur(cover, (0, 0), spread), 0, 1)[..., None]
        out = out * (1 - soft * (1 - ink / 255))
    fibre = rng.standard_normal((height // 4 + 1, width // 4 + 1)).astype(np.float32)
    grain = cv2.resize(fibre, (width, height), interpolation=cv2.INTER_CUBIC) * float(rng.uniform(0.8, 2.2))
    return np.asarray(np.clip(out + grain[..., None], 0, 255), np.uint8)


def laser_print(picture: Picture, rng: Rng) -> Picture:
    """A colour laser copy: rosettes of 106 to 200 lines an inch."""
    pitch = DPI / float(rng.choice([106, 120, 133, 141, 150, 166, 200]))
    turned = float(rng.uniform(-4, 4))
    covers = [
        _rows_of_dots(level, pitch * float(rng.uniform(0.98, 1.02)), angle + turned)
        for level, angle in zip(_separations(picture), ANGLES, strict=True)
    ]
    return _on_paper(covers, INKS, rng, float(rng.uniform(0.5, 0.9)))


def inkjet_print(picture: Picture, rng: Rng) -> Picture:
    """An inkjet copy: scattered dots of 300 or 600 an inch."""
    cell = int(rng.choice([1, 2]))
    covers = [_scattered_dots(level, rng, cell) for level in _separations(picture)]
    return _on_paper(covers, INKS, rng, float(rng.uniform(0.6, 1.2)))


def grey_print(picture: Picture, rng: Rng) -> Picture:
    """A black-and-white copy from a laser or inkjet machine."""
    luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32) / 255
    contrast = np.clip((1 - luma) * float(rng.uniform(0.9, 1.25)) - float(rng.uniform(0, 0.08)), 0, 1)
    level = np.asarray(contrast, np.float32)
    if rng.random() < 0.6:
        cover = _rows_of_dots(
            level, DPI / float(rng.choice([85, 106, 133, 150])), 45 + float(rng.normal(0, 2))
        )
    else:
        cover = _scattered_dots(level, rng, int(rng.choice([1, 2])))
    return _on_paper([cover], INKS[3:], rng, float(rng.uniform(0.5, 1.1)))
