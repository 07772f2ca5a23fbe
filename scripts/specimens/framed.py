"""A display with its surroundings: its window, its frame and the room behind it are in the picture too."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.capture import Shot
from scripts.specimens.clutter import backdrop
from scripts.specimens.display import OUTLINE, cell_light, pattern_of, shown_part, taken
from scripts.specimens.paint import Picture
from scripts.specimens.sensor import look_at

__all__ = ["on_framed_display"]

Rng = np.random.Generator


@dataclass(frozen=True)
class _Scene:
    """A display and the room behind it, in pixels of the shown picture."""

    pixels: Picture
    start: tuple[int, int]
    """Where the shown picture lies."""
    lit: NDArray[np.float32]
    """1 where the display shows something, 0 on its frame and in the room."""
    glass: NDArray[np.float32]
    """1 on the display and its frame."""


def _scene(shown: Picture, rng: Rng) -> _Scene:
    """The shown picture in its window, the ground of the program, the frame of the display, and the room."""
    high, wide = shown.shape[:2]
    x, y = around = (round(0.7 * wide), round(0.7 * high))
    size = (wide + 2 * x, high + 2 * y)
    room = backdrop(rng, size).astype(np.float32) * float(rng.uniform(0.15, 0.6))
    canvas = np.asarray(cv2.GaussianBlur(room, (0, 0), wide * float(rng.uniform(0.004, 0.02))), np.uint8)
    left, right, top, bottom = (int(v) for v in rng.uniform(0, 0.45, 4) * (wide, wide, high, high))
    left, top = left * int(rng.random() < 0.7), top * int(rng.random() < 0.7)
    frame = max(6, round(wide * float(rng.uniform(0.012, 0.05))))
    x0, y0, x1, y1 = x - left, y - top, x + wide + right, y + high + bottom
    bezel = tuple(float(v) for v in rng.uniform(6, 26) + rng.normal(0, 1.5, 3))
    cv2.rectangle(canvas, (x0 - frame, y0 - frame), (x1 + frame, y1 + frame), bezel, -1)
    glass, lit = np.zeros(canvas.shape[:2], np.float32), np.zeros(canvas.shape[:2], np.float32)
    glass[max(0, y0 - frame) : y1 + frame, max(0, x0 - frame) : x1 + frame] = 1
    lit[y0:y1, x0:x1] = 1
    level = float(rng.choice([4, 30, 48, 240]))
    canvas[y0:y1, x0:x1] = np.clip(level + rng.normal(0, 2, 3), 0, 255).astype(np.uint8)
    if top > 0.1 * high:
        bar = round(0.05 * high)
        canvas[y - bar : y, x : x + wide] = round(min(250, level + 16))
    canvas[y : y + high, x : x + wide] = shown
    return _Scene(canvas, around, lit, glass)


def _reflection(size: tuple[int, int], rng: Rng) -> NDArray[np.float32]:
    """What the glass shows of the room: one soft light, share of white."""
    x, y = np.meshgrid(
        np.linspace(0, 1, size[0], dtype=np.float32), np.linspace(0, 1, size[1], dtype=np.float32)
    )
    at, wide = rng.uniform(-0.2, 1.2, 2), float(rng.uniform(0.15, 0.5))
    spot = np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / wide**2)
    return np.asarray(0.002 + float(rng.uniform(0, 0.05)) * spot, np.float32)


def on_framed_display(shot: Shot, rng: Rng) -> Shot:
    """A picture on a display from a little farther away: window, frame and room are seen."""
    shown, corners = shown_part(shot, rng)
    scene = _scene(shown, rng)
    target = OUTLINE * np.array([shown.shape[1], shown.shape[0]], np.float32) + np.array(
        scene.start, np.float32
    )
    pose = look_at(rng, target, (0.62, 0.95))
    planes = cell_light(
        pose,
        float(rng.uniform(700, 2000)) / shown.shape[1],
        rng,
        pattern_of(rng),
        float(rng.uniform(0.35, 0.6)),
    )
    lit, glass = (cv2.warpPerspective(mask, pose.matrix, pose.size) for mask in (scene.lit, scene.glass))
    light = (pose.warp(scene.pixels).astype(np.float32) / 255) ** 2.2
    glow = float(rng.uniform(0.0, 0.012)) * lit + _reflection(pose.size, rng) * glass
    light = light * (1 + (np.dstack(planes) - 1) * lit[..., None]) * 0.95 + glow[..., None]
    light = 255 * np.clip(light, 0, 1) ** (1 / 2.2)
    return taken(light.astype(np.float32), pose.points(corners + np.array(scene.start, np.float32)), rng)
