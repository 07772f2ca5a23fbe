"""Ways in which the capture of a card may vary further, the same for all patches of the card."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Variation", "variation"]

Rng = np.random.Generator
Patch = NDArray[np.uint8]
SIZE = 64


@dataclass(frozen=True)
class Variation:
    """One further camera, file and finder of the card."""

    shift: tuple[float, float]
    """Raster pixels that the card was found aside."""
    scale: float
    angle: float
    resampled: bool
    """False: patches are cut at whole pixels, since resampling takes away what a printer left."""
    blur: float
    reduced: int
    """Size to which a patch is reduced and enlarged again; 64: not at all."""
    gain: tuple[float, float, float]
    level: tuple[float, float, float]
    """Of Y, Cr, Cb."""
    noise: float
    quality: int | None
    """JPEG quality of one more file."""

    def of(self, patch: Patch, rng: Rng) -> Patch:
        """A patch (80, 80, 3) YCrCb as it would be then: (64, 64, 3)."""
        out = self._turned(patch, rng) if self.resampled else self._cut(patch, rng)
        if self.blur:
            out = np.asarray(cv2.GaussianBlur(out, (0, 0), self.blur), np.uint8)
        if self.reduced < SIZE:
            small = cv2.resize(out, (self.reduced, self.reduced), interpolation=cv2.INTER_AREA)
            out = np.asarray(cv2.resize(small, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC), np.uint8)
        gain, level = (np.array(values, np.float32) for values in (self.gain, self.level))
        light = (out.astype(np.float32) - 128) * gain + 128 + level
        if self.noise:
            grain = rng.standard_normal(out.shape, np.float32) * np.float32(self.noise)
            light += grain * np.array([1.0, 0.6, 0.6], np.float32)
        out = np.clip(light, 0, 255).astype(np.uint8)
        return _file(out, self.quality) if self.quality else out

    def _cut(self, patch: Patch, rng: Rng) -> Patch:
        x, y = (8 + round(v) + int(rng.integers(-1, 2)) for v in self.shift)
        return patch[y : y + SIZE, x : x + SIZE]

    def _turned(self, patch: Patch, rng: Rng) -> Patch:
        centre = np.array([39.5, 39.5]) + np.array(self.shift) + rng.uniform(-1, 1, 2)
        turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), self.angle, self.scale)
        turn[:, 2] += np.array([31.5, 31.5]) - centre
        edge = cv2.BORDER_REFLECT
        return np.asarray(cv2.warpAffine(patch, turn, (SIZE, SIZE), flags=cv2.INTER_CUBIC, borderMode=edge))


def _file(patch: Patch, quality: int) -> Patch:
    data = cv2.imencode(
        ".jpg", cv2.cvtColor(patch, cv2.COLOR_YCrCb2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )[1]
    return np.asarray(cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2YCrCb), np.uint8)


def variation(rng: Rng) -> Variation:
    """A variation at random; most leave some of the picture's properties alone."""
    toned = rng.random() < 0.7
    colour = float(rng.uniform(0.6, 1.35)) if toned else 1.0
    shift, level = rng.uniform(-4.5, 4.5, 2), rng.uniform(-8, 8, 2)
    return Variation(
        shift=(float(shift[0]), float(shift[1])), scale=float(rng.uniform(0.94, 1.06)),
        angle=float(rng.normal(0, 0.6)), resampled=bool(rng.random() < 0.5),
        blur=float(rng.uniform(0.3, 1.1)) if rng.random() < 0.3 else 0.0,
        reduced=int(rng.integers(36, 60)) if rng.random() < 0.15 else SIZE,
        gain=(float(rng.uniform(0.75, 1.2)) if toned else 1.0, colour, colour),
        level=(float(rng.uniform(-20, 20)), float(level[0]), float(level[1])) if toned else (0.0, 0.0, 0.0),
        noise=float(rng.uniform(0.5, 4.0)) if rng.random() < 0.3 else 0.0,
        quality=int(rng.integers(55, 97)) if rng.random() < 0.4 else None,
    )  # fmt: skip
