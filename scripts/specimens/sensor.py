"""A camera over a flat thing (a screen, a sheet of paper): its pose, its lens, its cells and its file."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.capture import Shot, jpeg
from scripts.specimens.paint import Picture

__all__ = ["Pose", "developed", "look_at", "mosaic", "resaved"]

Rng = np.random.Generator
Plane = NDArray[np.float32]
SIZES = ((1600, 1200), (2016, 1512), (2400, 1800))
"""Pixels of the pictures taken; a messenger may make them smaller afterwards."""


@dataclass(frozen=True)
class Pose:
    """Where the camera stands."""

    matrix: NDArray[np.float64]
    """(3, 3), pixels of the flat thing -> pixels of the picture."""
    size: tuple[int, int]
    """Width and height of the picture."""

    @property
    def scale(self) -> float:
        """Picture pixels for one pixel of the flat thing, in the middle."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:2, :2]))))

    def warp(self, flat: Picture) -> Picture:
        """The flat thing as the camera sees it, its rim repeated outwards."""
        soft = cv2.GaussianBlur(flat, (0, 0), 0.45 / self.scale) if self.scale < 0.8 else flat
        return np.asarray(
            cv2.warpPerspective(
                soft, self.matrix, self.size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
            ),
            np.uint8,
        )

    def points(self, corners: NDArray[np.float32]) -> NDArray[np.float32]:
        """Places on the flat thing as places in the picture."""
        return np.asarray(
            cv2.perspectiveTransform(corners[None].astype(np.float64), self.matrix)[0], np.float32
        )

    def places(self) -> tuple[Plane, Plane]:
        """x and y on the flat thing for every picture pixel."""
        width, height = self.size
        back = np.linalg.inv(self.matrix)
        xx, yy = np.meshgrid(np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
        w = back[2, 0] * xx + back[2, 1] * yy + back[2, 2]
        u = (back[0, 0] * xx + back[0, 1] * yy + back[0, 2]) / w
        v = (back[1, 0] * xx + back[1, 1] * yy + back[1, 2]) / w
        return u.astype(np.float32), v.astype(np.float32)


def look_at(
    rng: Rng, target: NDArray[np.float32], fill: tuple[float, float], size: tuple[int, int] | None = None
) -> Pose:
    """A camera that frames four corners: turned by some degrees, tilted a little, at any near distance."""
    width, height = size or SIZES[int(rng.integers(len(SIZES)))]
    spin, tilt = np.deg2rad(rng.normal(0, 4)), np.deg2rad(rng.uniform(-14, 14, 2))
    centre = target.mean(axis=0)
    flat = np.column_stack([target - centre, np.zeros(4)])
    cx, sx, cy, sy = np.cos(tilt[0]), np.sin(tilt[0]), np.cos(tilt[1]), np.sin(tilt[1])
    cz, sz = np.cos(spin), np.sin(spin)
    turn = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    lean = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]]) @ np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    seen = flat @ (lean @ turn).T
    span = float(np.linalg.norm(target[1] - target[0]))
    seen[:, 2] += span * rng.uniform(2.2, 4.0)
    view = seen[:, :2] / seen[:, 2:]
    extent = view.max(axis=0) - view.min(axis=0)
    zoom = float(rng.uniform(*fill)) * min(width / extent[0], height / extent[1])
    middle = (view.max(axis=0) + view.min(axis=0)) / 2
    place = (view - middle) * zoom + np.array([width, height]) / 2
    matrix = cv2.getPerspectiveTransform(target.astype(np.float32), place.astype(np.float32))
    return Pose(np.asarray(matrix, np.float64), (width, height))


def mosaic(pixels: Picture) -> Picture:
    """Each cell of the sensor sees one colour; the camera fills in the others."""
    raw = np.empty(pixels.shape[:2], np.uint8)
    raw[::2, ::2], raw[1::2, 1::2] = pixels[::2, ::2, 2], pixels[1::2, 1::2, 0]
    raw[::2, 1::2], raw[1::2, ::2] = pixels[::2, 1::2, 1], pixels[1::2, ::2, 1]
    return np.asarray(cv2.cvtColor(raw, cv2.COLOR_BayerBG2RGB)[..., ::-1], np.uint8)


def developed(light: NDArray[np.float32], rng: Rng) -> Picture:
    """Uneven light, colour cast, cells, noise: from the light on the sensor (0 ... 255, BGR) to a picture."""
    height, width = light.shape[:2]
    ramp = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None] * float(rng.uniform(-0.08, 0.08))
    lit = light * (1 + ramp) * rng.uniform(0.94, 1.04, 3).astype(np.float32) * float(rng.uniform(0.85, 1.03))
    pixels = np.clip(lit, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        pixels = mosaic(pixels)
    grain = rng.standard_normal((height, width, 1)).astype(np.float32) * 0.7
    colour = rng.standard_normal((height, width, 3)).astype(np.float32) * 0.7
    noisy = pixels + (grain + colour) * float(rng.uniform(1.0, 3.5))
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def resaved(shot: Shot, rng: Rng, low: int = 70, high: int = 98) -> Shot:
    """The picture saved once more, as an editor or a messenger does before it goes on."""
    data = np.frombuffer(jpeg(shot.pixels, int(rng.integers(low, high))), np.uint8)
    pixels = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return Shot(pixels, shot.corners, shot.kind, shot.dpi, shot.quality)
