"""Clips of a tilted card as a phone records them: genuine ones, and attacks in families."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.capture import compose
from scripts.specimens.clutter import backdrop
from scripts.specimens.faces import photograph
from scripts.specimens.paint import HEIGHT, WIDTH, Picture
from scripts.specimens.people import CardData
from scripts.specimens.tilt_camera import Lens, Pose, angles, develop, draw_lens, draw_poses, view
from scripts.specimens.tilt_card import FAMILIES, Moment, TiltCard, hue_colour
from scripts.specimens.tilt_light import Light, draw_light, reflection

__all__ = ["FAMILIES", "Clip", "draw_clip", "draw_clips", "encode_video"]

Rng = np.random.Generator


@dataclass(frozen=True)
class Clip:
    """One sequence and the truth about it."""

    axis: str
    frames: tuple[bytes, ...]
    """JPEG files in order."""
    angles: tuple[float, ...]
    """Degrees about the axis."""
    light: str
    family: str | None


def _lit(surface: Picture, light: Light, pose: Pose, axis: str, family: str | None) -> Picture:
    """The surface under its light, with the reflections and lamps of an attack."""
    angle = {"vertical": pose.across, "horizontal": pose.along, "rotate": pose.spin}[axis]
    added, kept = reflection(light, angle, axis, pose.share)
    colour: NDArray[np.float32] = np.ones(3, np.float32)
    if family == "coloured_glare":
        colour = (np.asarray(hue_colour(angle * 9 + 90, 0.7)[::-1]) / 225).astype(np.float32)
        beam = np.exp(-(((np.arange(added.shape[1]) / added.shape[1] - pose.share) / 0.2) ** 2))
        added = (added + 60 * beam).astype(np.float32)
    white = cv2.resize(added[..., None] * colour, (WIDTH, HEIGHT))
    shade = cv2.resize(kept, (WIDTH, HEIGHT))
    seen = surface * shade[..., None] + white
    if family == "led":
        seen *= np.asarray(hue_colour(360 * pose.share * 2, 0.45)[::-1], np.float32) / 225
    return np.asarray(np.clip(seen, 0, 255), np.uint8)


def _frame(
    card: TiltCard, light: Light, lens: Lens, pose: Pose, axis: str, ground: Picture, rng: Rng
) -> bytes:
    moment = Moment(pose.across - light.offset_deg, pose.along, pose.spin, pose.share, light.direct)
    surface = _lit(card.surface(moment), light, pose, axis, card.family)
    seen = compose(surface, ground, view(pose, lens), (6, 8, 0.35))
    wander = 1 + 0.03 * np.sin(pose.share * 5 + np.array([0.0, 1.5, 3.1]))
    gains = wander * rng.uniform(0.985, 1.015, 3) * rng.uniform(0.94, 1.03)
    return develop(seen, lens, gains.tolist(), rng, float(rng.uniform(0.4, 1.2)))


def draw_clip(
    card: TiltCard,
    axis: str,
    rng: Rng,
    light: Light,
    *,
    frames: int = 16,
    width: int = 1280,
    one_way: bool = False,
) -> Clip:
    """One sequence of a card about an axis."""
    lens = draw_lens(rng, card.style, axis, width)
    path = angles(axis, frames, rng, card.style, one_way=one_way)
    ground = backdrop(rng, lens.size, "wood" if card.style == "a" else None)
    taken = tuple(
        _frame(card, light, lens, pose, axis, ground, rng) for pose in draw_poses(axis, path, lens, rng)
    )
    return Clip(axis, taken, tuple(float(v) for v in path), light.kind, card.family)


def draw_clips(
    card: CardData,
    rng: Rng,
    family: str | None = None,
    *,
    style: str = "a",
    light: str = "lamp",
    axes: tuple[str, ...] = ("vertical", "horizontal"),
    frames: int = 16,
    width: int = 1280,
) -> tuple[Clip, ...]:
    """The sequences of one card in one room; ``family`` None for a genuine card."""
    other = _stranger(rng, style) if family == "photo_replaced" else None
    drawn = TiltCard(card, style, family, other)
    room = draw_light(rng, light, style, matt=family == "print" and bool(rng.random() < 0.2))
    if family == "glare":
        room = draw_light(rng, "lamp", style)
    return tuple(draw_clip(drawn, axis, rng, room, frames=frames, width=width) for axis in axes)


def _stranger(rng: Rng, style: str) -> NDArray[np.uint8]:
    return photograph(
        int(rng.integers(1 << 30)), int(rng.integers(8)), str(rng.choice(["M", "F"])), 40, style
    )


def encode_video(frames: tuple[bytes, ...], rate: float = 8.0, kind: str = "mp4") -> bytes:
    """The frames as one short video, ``mp4`` or ``webm``; RuntimeError where no codec is at hand."""
    pictures = [np.asarray(cv2.imdecode(np.frombuffer(f, np.uint8), cv2.IMREAD_COLOR)) for f in frames]
    height, width = pictures[0].shape[:2]
    codec = cv2.VideoWriter.fourcc(*("mp4v" if kind == "mp4" else "VP80"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"clip.{kind}"
        writer = cv2.VideoWriter(str(path), codec, rate, (width, height))
        if not writer.isOpened():
            raise RuntimeError(f"no codec to write {kind}")
        for picture in pictures:
            writer.write(picture)
        writer.release()
        return path.read_bytes()
