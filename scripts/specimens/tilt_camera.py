"""A phone held over a card that is tilted: its lens, its path, its exposure and its file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.paint import HEIGHT, WIDTH, Picture

__all__ = ["Lens", "Pose", "angles", "develop", "draw_lens", "draw_poses", "view"]

Rng = np.random.Generator
CARD_MM = (85.60, 53.98)


@dataclass(frozen=True)
class Lens:
    """One camera."""

    size: tuple[int, int]
    focal: float
    """Pixels."""
    distance_mm: float
    noise: float
    quality: int
    """JPEG quality of a frame."""
    sharpening: float


@dataclass(frozen=True)
class Pose:
    """Where the card is in one frame: three angles in degrees, and its shift in pixels."""

    across: float
    """Top edge away from the viewer."""
    along: float
    """Left edge away from the viewer."""
    spin: float
    shift: tuple[float, float]
    share: float
    """How far through the sequence, 0 ... 1."""


def draw_lens(rng: Rng, style: str, axis: str, width: int = 1280) -> Lens:
    """The wide lens of a phone (style a) or a narrower one with stronger processing (style b)."""
    size = (width, width * 9 // 16) if style == "a" else (width, width * 3 // 4)
    focal = size[0] * float(rng.uniform(0.8, 1.0) if style == "a" else rng.uniform(1.05, 1.5))
    shown = size[0] * float(rng.uniform(0.62, 0.74)) if axis != "rotate" else size[1] * 0.8
    noise, quality = (rng.uniform(1.5, 4), 80) if style == "a" else (rng.uniform(2.5, 5.5), 72)
    return Lens(size, focal, focal * CARD_MM[0] / shown, float(noise), quality, 0.0 if style == "a" else 0.6)


def angles(axis: str, frames: int, rng: Rng, style: str, *, one_way: bool = False) -> NDArray[np.float64]:
    """Degrees about the axis, frame by frame: there and back, or there alone."""
    reach = 90.0 if axis == "rotate" else float(rng.uniform(26, 36))
    start = float(rng.uniform(-5, 3)) if style == "a" else float(rng.uniform(-15, 2))
    share = np.linspace(0, 1, frames)
    turns = 0.5 if one_way else 1.0
    path = (1 - np.cos(2 * np.pi * turns * share)) / 2
    return np.asarray(start + reach * path + rng.normal(0, 0.7, frames), np.float64)


def _wander(rng: Rng, frames: int, size: float) -> NDArray[np.float64]:
    """A smooth path of a hand: a few random waves."""
    share = np.linspace(0, 2 * np.pi, frames)
    waves = [np.sin(share * k + rng.uniform(0, 6.3)) * rng.normal(0, 1) / k for k in (1, 2, 3)]
    return np.asarray(size * np.sum(waves, axis=0) + rng.normal(0, size * 0.12, frames))


def draw_poses(axis: str, path: NDArray[np.float64], lens: Lens, rng: Rng) -> list[Pose]:
    """The poses of a hand-held sequence about an axis."""
    count = len(path)
    drift = {name: _wander(rng, count, 1.6) for name in ("vertical", "horizontal", "rotate")}
    drift[axis] = path
    moves = np.stack([_wander(rng, count, lens.size[0] * 0.012) for _ in range(2)], axis=1)
    return [
        Pose(
            float(drift["vertical"][i]), float(drift["horizontal"][i]), float(drift["rotate"][i]),
            (float(moves[i, 0]), float(moves[i, 1])), i / max(1, count - 1),
        )
        for i in range(count)
    ]  # fmt: skip


def view(pose: Pose, lens: Lens) -> NDArray[np.float64]:
    """Homography from the 1012 x 638 card to the frame."""
    half = np.array(CARD_MM) / 2
    plane = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * np.array([*half, 1])
    a, b, c = np.deg2rad([pose.across, pose.along, pose.spin])
    rot_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    rot_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    rot_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    points = plane @ (rot_z @ rot_y @ rot_x).T + np.array([0, 0, lens.distance_mm])
    flat = points[:, :2] / points[:, 2:] * lens.focal + np.array(lens.size) / 2 + np.array(pose.shift)
    source = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(source, flat.astype(np.float32)), np.float64)


def develop(seen: Picture, lens: Lens, gains: Sequence[float], rng: Rng, blur: float) -> bytes:
    """What the phone makes of the scene: blur, white balance, exposure, noise, sharpening, JPEG."""
    soft = cv2.GaussianBlur(seen, (0, 0), blur) if blur > 0.3 else seen
    levels = np.arange(256, dtype=np.float32)[:, None] * np.asarray(gains, np.float32)[None]
    toned = cv2.LUT(soft, np.clip(levels, 0, 255).astype(np.uint8)[None])
    tile = (rng.standard_normal((128, 128, 3)) * lens.noise).astype(np.int8)
    down, across = -(-lens.size[1] // 128), -(-lens.size[0] // 128)
    field = np.tile(tile, (down, across, 1))[: lens.size[1], : lens.size[0]]
    grain = np.asarray(np.clip(toned.astype(np.int16) + field, 0, 255), np.uint8)
    if lens.sharpening:
        low = cv2.GaussianBlur(grain, (0, 0), 1.4)
        grain = np.asarray(cv2.addWeighted(grain, 1 + lens.sharpening, low, -lens.sharpening, 0), np.uint8)
    return bytes(cv2.imencode(".jpg", grain, [cv2.IMWRITE_JPEG_QUALITY, lens.quality])[1])
