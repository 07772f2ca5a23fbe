"""A picture on a display, photographed again: what its cells send to the camera."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scripts.specimens.capture import Shot
from scripts.specimens.paint import Picture
from scripts.specimens.sensor import Pose, developed, look_at

__all__ = ["OUTLINE", "cell_light", "on_display", "pattern_of", "shown_part", "taken"]

Rng = np.random.Generator
Plane = NDArray[np.float32]
OUTLINE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)


def cell_light(pose: Pose, per_pixel: float, rng: Rng, pattern: str, blur: float) -> tuple[Plane, ...]:
    """How much light each colour of the display sends to every camera pixel, mean 1; planes B, G, R."""
    x, y = pose.places()
    x, y = x * per_pixel, y * per_pixel
    frequency = per_pixel / pose.scale
    """Display cells for one camera pixel."""
    wide, high = float(rng.uniform(0.22, 0.33)), float(rng.uniform(0.70, 0.90))
    planes = []
    for channel, phase in enumerate((2 / 3, 1 / 3, 0.0)):
        u, v, width = x, y, wide
        if pattern == "diamond" and channel != 1:
            u, v = np.asarray((x + y) / 2, np.float32), np.asarray((x - y) / 2, np.float32)
            width, phase = 0.5, 0.25
        if pattern == "square":
            phase, width = 0.0, 0.80
        planes.append(
            _aperture(np.asarray(u - phase, np.float32), width, frequency, blur)
            * _aperture(v, high, frequency, blur)
        )
    return tuple(planes)


def _aperture(u: Plane, width: float, frequency: float, blur: float) -> Plane:
    """A row of slits, as the lens passes its first harmonics."""
    out = np.ones_like(u)
    for k in (1, 2):
        passed = float(np.exp(-2 * (np.pi * blur * frequency * k) ** 2)) * np.sinc(0.8 * k * frequency)
        strength = float(2 * np.sinc(width * k) * passed)
        if abs(strength) > 0.004:
            out += strength * np.cos(2 * np.pi * k * u).astype(np.float32)
    return out


def shown_part(shot: Shot, rng: Rng) -> tuple[Picture, NDArray[np.float32]]:
    """The part of a captured picture that is shown, and the card's corners in it."""
    low, high = shot.corners.min(axis=0), shot.corners.max(axis=0)
    margin = (high - low) * rng.uniform(0.02, 0.10)
    x0, y0 = (int(v) for v in np.maximum(low - margin, 0))
    x1, y1 = (int(v) for v in high + margin)
    shown = np.ascontiguousarray(shot.pixels[y0:y1, x0:x1])
    return shown, (shot.corners - np.array([x0, y0])).astype(np.float32)


def pattern_of(rng: Rng) -> str:
    """How the cells of a display are laid out."""
    return str(rng.choice(["stripes", "diamond", "square"], p=[0.6, 0.25, 0.15]))


def on_display(shot: Shot, rng: Rng) -> Shot:
    """A captured picture shown on a display and photographed from near by."""
    shown, corners = shown_part(shot, rng)
    frame = OUTLINE * np.array([shown.shape[1], shown.shape[0]], np.float32)
    pose = look_at(rng, frame, (0.85, 1.15))
    per_pixel = float(rng.uniform(700, 2000)) / shown.shape[1]
    pattern = pattern_of(rng)
    planes = cell_light(pose, per_pixel, rng, pattern, float(rng.uniform(0.35, 0.6)))
    light = (pose.warp(shown).astype(np.float32) / 255) ** 2.2
    light *= np.dstack(planes)
    light = 255 * np.clip(light * 0.95 + float(rng.uniform(0.0, 0.03)), 0, 1) ** (1 / 2.2)
    return taken(light.astype(np.float32), pose.points(corners), rng)


def taken(light: NDArray[np.float32], corners: NDArray[np.float32], rng: Rng) -> Shot:
    """The light that reaches the sensor (0 ... 255, BGR) as a phone's picture."""
    return Shot(developed(light, rng), corners, "phone", None, int(rng.integers(75, 96)))
