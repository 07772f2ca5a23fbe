"""The light that a tilted card is seen in, and what its laminate throws back."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scripts.specimens.paint import HEIGHT, WIDTH

__all__ = ["LIGHTS", "Light", "draw_light", "reflection"]

Rng = np.random.Generator
LIGHTS = ("lamp", "window", "diffuse", "mixed")
"""``mixed``: a lamp in a bright room, that is mirrored by the laminate but hardly colours a film."""


@dataclass(frozen=True)
class Light:
    """One room: how much of the light comes from one place, and where the card throws it."""

    kind: str
    direct: float
    """Share of the light that comes from one direction: a film in even light shows its mean colour."""
    offset_deg: float
    """Angle of the card at which the film is seen straight."""
    gloss: float
    """Height of the reflection, levels of 255."""
    size: tuple[float, float]
    """Half widths of the reflection, pixels of the 1012 x 638 card."""
    centre: tuple[float, float]
    """Place of the reflection at no tilt, fractions of the card."""
    speed: float
    """How far the reflection runs, card heights per degree."""
    shade: float
    """Strength of the shadow of a hand that wanders over the card."""


def draw_light(rng: Rng, kind: str, style: str, *, matt: bool = False) -> Light:
    """A room of one kind; ``matt``: the card has no gloss."""
    if kind not in LIGHTS:
        raise ValueError(f"no such light: {kind}")
    if kind == "mixed":
        lamp = draw_light(rng, str(rng.choice(["lamp", "window"])), style, matt=matt)
        return replace(lamp, kind=kind, direct=float(rng.uniform(0.03, 0.5)))
    direct = {"lamp": rng.uniform(0.85, 1.0), "window": rng.uniform(0.6, 0.85), "diffuse": 0.0}[kind]
    height = {"lamp": rng.uniform(70, 190), "window": rng.uniform(40, 95), "diffuse": 0.0}[kind]
    spread = rng.uniform(60, 130) if kind == "lamp" else rng.uniform(150, 260)
    if style == "b":
        spread *= 1.25
    return Light(
        kind=kind,
        direct=float(direct),
        offset_deg=float(rng.uniform(-3, 3)),
        gloss=0.0 if matt else float(height),
        size=(float(spread * rng.uniform(1.0, 1.8)), float(spread)),
        centre=(float(rng.uniform(0.15, 0.85)), float(rng.uniform(-0.5, 0.1))),
        speed=float(rng.uniform(0.03, 0.06)),
        shade=float(rng.uniform(0.0, 0.25)),
    )


def reflection(
    light: Light, angle_deg: float, axis: str, share: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """White that the laminate adds at an angle, and the share of light (0 ... 1) that a shadow leaves."""
    yy, xx = np.mgrid[0:HEIGHT:4, 0:WIDTH:4].astype(np.float32)
    run = light.speed * angle_deg
    along = (light.centre[1] + run) * HEIGHT
    across = light.centre[0] * WIDTH
    if axis == "horizontal":
        across, along = (light.centre[1] + run) * HEIGHT * 1.6, light.centre[0] * HEIGHT
    if axis == "rotate":
        along = (0.3 + 0.2 * np.sin(np.deg2rad(angle_deg))) * HEIGHT
    added = light.gloss * np.exp(
        -(((xx - across) / light.size[0]) ** 2) - ((yy - along) / light.size[1]) ** 2
    )
    edge = xx / WIDTH - 1.2 * (share - 0.3)
    kept = 1 - light.shade / (1 + np.exp(-edge * 9))
    return np.asarray(added, np.float32), np.asarray(kept, np.float32)
