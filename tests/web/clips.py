"""What a fake camera shows: clips of rendered specimens, 1280 x 720, as concatenated JPEGs (MJPEG)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scripts.specimens.back import render_back
from scripts.specimens.capture import compose
from scripts.specimens.clutter import backdrop
from scripts.specimens.people import card_data
from scripts.specimens.tilt_camera import Lens, Pose, develop, view
from scripts.specimens.tilt_card import Moment, TiltCard

__all__ = ["CLIPS", "FakeCamera", "draw_clips"]

Rng = np.random.Generator
Pixels = NDArray[np.uint8]
SIZE = (1280, 720)
SHOWN_PX = 790
"""Width of the card when it is held flat: somewhat less than the guide's 806."""
LENS = Lens(SIZE, 1150.0, 1150.0 * 85.6 / SHOWN_PX, 0.8, 80, 0.0)
REACH_DEG = 26.0
TILT_FRAMES = 15
RATE = 30
CLIPS = ("front", "back", "tilt_vertical", "tilt_horizontal", "print_vertical", "blurred", "glare", "empty")


@dataclass
class FakeCamera:
    """The file that Chromium reads as its camera; what it holds may change between two openings."""

    path: Path
    clips: Mapping[str, bytes]

    def show(self, name: str) -> None:
        """From the next opening of the camera on."""
        fresh = self.path.with_suffix(".new")
        fresh.write_bytes(self.clips[name])
        os.replace(fresh, self.path)


def _pose(axis: str, degrees: float) -> Pose:
    across, along = (degrees, 0.0) if axis == "tilt_vertical" else (0.0, degrees)
    return Pose(across, along, 0.0, (0.0, 0.0), 0.0)


def _seen(surface: Pixels, ground: Pixels, pose: Pose, rng: Rng) -> Pixels:
    return np.asarray(compose(surface, ground, view(pose, LENS), (6, 8, 0.35)), np.uint8)


def _file(pixels: Pixels, rng: Rng, blur: float = 0.5) -> bytes:
    return develop(pixels, LENS, (1.0, 1.0, 1.0), rng, blur)


def _tilt(card: TiltCard, axis: str, ground: Pixels, rng: Rng) -> list[bytes]:
    """At rest, there and back once in five seconds, at rest: slow enough for a machine that sees few frames."""
    frames = []
    for i in range(TILT_FRAMES):
        degrees = REACH_DEG * (1 - np.cos(2 * np.pi * i / (TILT_FRAMES - 1))) / 2
        pose = _pose(axis, float(degrees))
        surface = card.surface(Moment(pose.across - 4, pose.along, 0.0, i / TILT_FRAMES, 0.6))
        frames.append(_file(_seen(np.clip(surface, 0, 255).astype(np.uint8), ground, pose, rng), rng))
    rest = _held(frames[:1], 45)
    return rest + _held(frames, 10) + rest


def _held(frames: Iterable[bytes], count: int) -> list[bytes]:
    return [frame for frame in frames for _ in range(count)]


def _glare(pixels: Pixels) -> Pixels:
    yy, xx = np.mgrid[0 : SIZE[1], 0 : SIZE[0]].astype(np.float32)
    spot = np.exp(-((((xx - 560) / 130) ** 2 + ((yy - 330) / 90) ** 2) ** 2))
    return np.asarray(np.clip(pixels + 320 * spot[..., None], 0, 255), np.uint8)


def draw_clips(seed: int = 5) -> dict[str, bytes]:
    """Every clip of ``CLIPS``, of one invented person's card."""
    rng = np.random.default_rng(seed)
    data = card_data(rng, status="留学", child=False)
    ground = np.asarray(backdrop(rng, SIZE, "wood"), np.uint8)
    genuine, printed = TiltCard(data, "a", None), TiltCard(data, "a", "print")
    flat = _pose("tilt_vertical", 0.0)
    face = np.clip(genuine.surface(Moment(-4, 0.0, 0.0, 0.0, 0.6)), 0, 255).astype(np.uint8)
    front = _seen(face, ground, flat, rng)
    back = _seen(np.asarray(render_back(data, "a"), np.uint8), ground, flat, rng)
    sharp = _file(front, rng)
    frames = {
        "front": [sharp],
        "back": [_file(back, rng)],
        "tilt_vertical": _tilt(genuine, "tilt_vertical", ground, rng),
        "tilt_horizontal": _tilt(genuine, "tilt_horizontal", ground, rng),
        "print_vertical": _tilt(printed, "tilt_vertical", ground, rng),
        "blurred": _held([_file(front, rng, 9.0)], 2 * RATE) + _held([sharp], 5 * RATE),
        "glare": [_file(_glare(front), rng)],
        "empty": [_file(ground, rng)],
    }
    return {name: b"".join(parts) for name, parts in frames.items()}
