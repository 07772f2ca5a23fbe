"""What a fake camera shows: clips of rendered specimens, 1280 x 720, as concatenated JPEGs (MJPEG)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scripts.specimens.back import render_back
from scripts.specimens.capture import compose
from scripts.specimens.clutter import backdrop
from scripts.specimens.people import CardData, card_data
from scripts.specimens.tilt_camera import Lens, Pose, develop, view
from scripts.specimens.tilt_card import Moment, TiltCard

__all__ = ["FakeCamera", "draw_clips", "draw_stills", "draw_tilt"]

Rng = np.random.Generator
Pixels = NDArray[np.uint8]
SIZE = (1280, 720)
SHOWN_PX = 790
"""Width of the card when it is held flat: somewhat less than the guide's 806."""
LENS = Lens(SIZE, 1150.0, 1150.0 * 85.6 / SHOWN_PX, 0.8, 80, 0.0)
REACH_DEG = 26.0
TILT_FRAMES = 15
RATE = 30


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


@dataclass(frozen=True)
class _Scene:
    """One invented person's card on a table."""

    card: CardData
    ground: Pixels
    rng: Rng

    def face(self, pose: Pose, family: str | None = None) -> Pixels:
        drawn = TiltCard(self.card, "a", family)
        surface = drawn.surface(Moment(pose.across - 4, pose.along, 0.0, 0.0, 0.6))
        return np.clip(surface, 0, 255).astype(np.uint8)

    def seen(self, surface: Pixels, pose: Pose, lens: Lens = LENS) -> Pixels:
        return np.asarray(compose(surface, self.ground, view(pose, lens), (6, 8, 0.35)), np.uint8)

    def file(self, pixels: Pixels, blur: float = 0.5) -> bytes:
        return develop(pixels, LENS, (1.0, 1.0, 1.0), self.rng, blur)

    def tilt(self, axis: str, family: str | None = None) -> list[bytes]:
        """There and back once."""
        drawn = TiltCard(self.card, "a", family)
        files = []
        for i in range(TILT_FRAMES):
            pose = _pose(axis, float(REACH_DEG * (1 - np.cos(2 * np.pi * i / (TILT_FRAMES - 1))) / 2))
            surface = drawn.surface(Moment(pose.across - 4, pose.along, 0.0, i / TILT_FRAMES, 0.6))
            files.append(self.file(self.seen(np.clip(surface, 0, 255).astype(np.uint8), pose)))
        return files


def _scene(seed: int = 5) -> _Scene:
    rng = np.random.default_rng(seed)
    data = card_data(rng, status="留学", child=False)
    return _Scene(data, np.asarray(backdrop(rng, SIZE, "wood"), np.uint8), rng)


def _rested(frames: list[bytes]) -> list[bytes]:
    """At rest, once there and back in five seconds, at rest: slow enough for a slow machine."""
    rest = _held(frames[:1], 45)
    return rest + _held(frames, 10) + rest


def _held(frames: Iterable[bytes], count: int) -> list[bytes]:
    return [frame for frame in frames for _ in range(count)]


def _glare(pixels: Pixels) -> Pixels:
    yy, xx = np.mgrid[0 : SIZE[1], 0 : SIZE[0]].astype(np.float32)
    spot = np.exp(-((((xx - 560) / 130) ** 2 + ((yy - 330) / 90) ** 2) ** 2))
    return np.asarray(np.clip(pixels + 320 * spot[..., None], 0, 255), np.uint8)


def draw_stills() -> dict[str, bytes]:
    """One frame of each thing that may lie before a camera."""
    scene, flat = _scene(), _pose("tilt_vertical", 0.0)
    face = scene.face(flat)
    front = scene.seen(face, flat)
    back = scene.seen(np.asarray(render_back(scene.card, "a"), np.uint8), flat)
    far = replace(LENS, distance_mm=LENS.distance_mm * 1.7)
    aside = replace(flat, shift=(230.0, 0.0))
    return {
        "front": scene.file(front),
        "back": scene.file(back),
        "blurred": scene.file(front, 9.0),
        "glare": scene.file(_glare(front)),
        "empty": scene.file(scene.ground),
        "dark": scene.file((front * 0.12).astype(np.uint8)),
        "small": scene.file(scene.seen(face, flat, far)),
        "cut_off": scene.file(scene.seen(face, aside)),
    }


def draw_tilt(axis: str, family: str | None = None) -> list[bytes]:
    """The frames of one tilt there and back."""
    return _scene().tilt(axis, family)


def draw_clips() -> dict[str, bytes]:
    """Clips for the camera: stills, a blurred start, tilts of a card and of its printed copy."""
    stills = draw_stills()
    frames = {name: [stills[name]] for name in ("front", "back", "glare", "empty")}
    frames["blurred"] = _held([stills["blurred"]], 2 * RATE) + _held([stills["front"]], 5 * RATE)
    for axis in ("tilt_vertical", "tilt_horizontal"):
        frames[axis] = _rested(draw_tilt(axis))
        frames[f"print_{axis}"] = _rested(draw_tilt(axis, "print"))
    return {name: b"".join(parts) for name, parts in frames.items()}
