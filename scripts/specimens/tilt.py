"""Frames of a card tilted back and forth: film colours follow the angle, letters move sideways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens import background
from scripts.specimens.capture import Shot, compose
from scripts.specimens.clutter import backdrop
from scripts.specimens.film import film_colour, grating_colour
from scripts.specimens.front import Changes, render_face, stamp
from scripts.specimens.paint import HEIGHT, WIDTH, Colour, Ink, Picture, area, ink
from scripts.specimens.people import CardData

__all__ = ["ATTACKS", "AXES", "tilt_frames"]

Rng = np.random.Generator
AXES = ("vertical", "horizontal", "rotate")
ATTACKS = ("print", "glare", "coloured_glare", "led", "rainbow", "swap")
SIZE = (800, 500)
REACH_DEG = {"vertical": 30.0, "horizontal": 26.0, "rotate": 90.0}
LETTER_SHIFT = 26 / WIDTH
"""Movement of the letters per unit of the tangent of the angle, fraction of the card's width."""


@dataclass(frozen=True)
class _Moment:
    """One frame's circumstances."""

    angle: float
    """Degrees about the axis of the sequence."""
    share: float
    """How far through the sequence, 0 ... 1."""
    axis: str


def _hsv(hue: float, saturation: float = 0.7) -> Colour:
    pixel = np.array([[[hue % 360 / 2, saturation * 255, 225]]], np.uint8)
    blue, green, red = (int(v) for v in cv2.cvtColor(pixel, cv2.COLOR_HSV2BGR)[0, 0])
    return red, green, blue


def _colours(moment: _Moment, attack: str | None) -> tuple[Colour, Colour]:
    """Strip and mark."""
    tilt = abs(moment.angle) if moment.axis == "vertical" else 4.0
    if attack is None:
        return film_colour(round(tilt, 1)), film_colour(round(30.0 - tilt, 1))
    if attack == "rainbow":
        return _hsv(moment.angle * 24), _hsv(moment.angle * 24 + 120)
    if attack == "swap" and moment.share > 0.5:
        return film_colour(28.0), film_colour(0.0)
    return film_colour(0.0), film_colour(28.0)


def _letters(canvas: Picture, shift: float, colour: Colour, strength: float) -> None:
    for i, letter in enumerate("MINISTRY OF JUSTICE"):
        x, y = 0.705 + 0.0152 * i + shift, 0.60 - 0.10 * float(np.sin(np.pi * i / 18))
        ink(canvas, Ink(letter, round(x * WIDTH) / WIDTH, y, 0.040, "sans_bold", colour=colour), strength)
    for i in range(3):
        x = 0.745 + 0.075 * i + 1.4 * shift
        ink(canvas, Ink("MOJ", round(x * WIDTH) / WIDTH, 0.425, 0.052, "sans_bold", colour=colour), strength)


def _silver(canvas: Picture, turned_deg: float) -> None:
    """The strip near the photo's foot whose letters turn from dark to light with a quarter turn."""
    tone = float(np.cos(np.deg2rad(2 * turned_deg)))
    area(canvas, (0.713, 0.735, 0.966, 0.772), (int(168 - 50 * tone),) * 3, 0.75)
    level = int(168 + 70 * tone)
    ink(canvas, Ink("MOJ MOJ MOJ MOJ", 0.722, 0.768, 0.040, "sans_bold", colour=(level, level, level)), 0.9)


def _surface(card: CardData, style: str, moment: _Moment, attack: str | None) -> Picture:
    canvas = render_face(card, style, Changes(ovd=False))
    strip, mark = _colours(moment, attack)
    background.strip(canvas, strip, 0.8)
    background.moj_mark(canvas, mark)
    if attack is None:
        sideways = moment.angle if moment.axis == "horizontal" else 0.0
        shift = LETTER_SHIFT * float(np.tan(np.deg2rad(sideways)))
        _letters(canvas, shift, grating_colour(round(sideways, 1)), 0.55)
        _silver(canvas, moment.angle if moment.axis == "rotate" else 0.0)
    else:
        _letters(canvas, 0.0, (236, 238, 240), 0.4)
        _silver(canvas, 0.0)
    return stamp(canvas)


def _light(canvas: Picture, moment: _Moment, attack: str | None) -> Picture:
    """Reflections and lamps that imitate a change."""
    if attack not in ("glare", "coloured_glare", "led"):
        return canvas
    yy, xx = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    if attack == "led":
        cast = np.asarray(_hsv(360 * moment.share, 0.45)[::-1], np.float32) / 225
        return np.asarray(np.clip(canvas.astype(np.float32) * cast, 0, 255), np.uint8)
    x = (moment.angle / 30 * 0.8 + 0.1) * WIDTH
    spot = np.exp(-(((xx - x) / 130) ** 2) - ((yy - 300) / 320) ** 2)
    colour = (255, 255, 255) if attack == "glare" else _hsv(moment.angle * 12, 0.6)
    lit = canvas.astype(np.float32) + 190 * spot[..., None] * np.asarray(colour[::-1], np.float32) / 255
    return np.asarray(np.clip(lit, 0, 255), np.uint8)


def _view(moment: _Moment, rng: Rng) -> NDArray[np.float64]:
    """Homography of the tilted card seen by a phone held above it."""
    across = np.deg2rad(moment.angle if moment.axis == "vertical" else rng.normal(0, 0.8))
    along = np.deg2rad(moment.angle if moment.axis == "horizontal" else rng.normal(0, 0.8))
    spin = np.deg2rad(moment.angle if moment.axis == "rotate" else rng.normal(0, 0.6))
    half = np.array([42.8, 26.99])
    plane = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * np.array([*half, 1])
    rot_x = np.array([[1, 0, 0], [0, np.cos(across), -np.sin(across)], [0, np.sin(across), np.cos(across)]])
    rot_y = np.array([[np.cos(along), 0, np.sin(along)], [0, 1, 0], [-np.sin(along), 0, np.cos(along)]])
    rot_z = np.array([[np.cos(spin), -np.sin(spin), 0], [np.sin(spin), np.cos(spin), 0], [0, 0, 1]])
    points = plane @ (rot_z @ rot_y @ rot_x).T + np.array([0, 0, 260.0])
    zoom = (7.5 if moment.axis != "rotate" else 5.2) * 260
    flat = points[:, :2] / points[:, 2:] * zoom + np.array(SIZE) / 2 + rng.normal(0, 1.5, 2)
    source = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(source, flat.astype(np.float32)), np.float64)


def _moments(axis: str, frames: int, rng: Rng) -> Iterator[_Moment]:
    """Once there and back."""
    for i in range(frames):
        share = i / (frames - 1)
        angle = REACH_DEG[axis] * (1 - np.cos(2 * np.pi * share)) / 2
        yield _Moment(float(angle + rng.normal(0, 0.6)), share, axis)


def tilt_frames(
    card: CardData, axis: str, rng: Rng, attack: str | None = None, *, style: str = "a", frames: int = 16
) -> list[Shot]:
    """A sequence in order, ``axis`` one of AXES; ``attack`` None (genuine film) or one of ATTACKS."""
    if axis not in AXES or attack not in (None, *ATTACKS):
        raise ValueError(f"no such axis or attack: {axis}, {attack}")
    ground = backdrop(rng, SIZE, "wood")
    shots = []
    for moment in _moments(axis, frames, rng):
        surface = _light(_surface(card, style, moment, attack), moment, attack)
        matrix = _view(moment, rng)
        seen = compose(surface, ground, matrix, (6, 8, 0.35)).astype(np.float32)
        seen = cv2.GaussianBlur(seen, (0, 0), float(rng.uniform(0.4, 0.9)))
        seen = seen * rng.uniform(0.97, 1.03, 3) * rng.uniform(0.95, 1.03) + rng.normal(0, 2.5, seen.shape)
        square = np.array([[[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]]], np.float64)
        corners = np.asarray(cv2.perspectiveTransform(square, matrix)[0], np.float32)
        shots.append(Shot(np.clip(seen, 0, 255).astype(np.uint8), corners, "tilt", None, 72))
    return shots
