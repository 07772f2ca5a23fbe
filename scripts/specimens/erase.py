"""Ways to take print off a picture before something else is put there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.paint import Picture

__all__ = ["ERASERS", "Mask"]

Rng = np.random.Generator
Mask = NDArray[np.uint8]
"""1 where the print stands."""


def _bounds(mask: Mask, pad: int) -> tuple[slice, slice]:
    ys, xs = np.nonzero(mask)
    return slice(max(0, ys.min() - pad), ys.max() + pad + 1), slice(
        max(0, xs.min() - pad), xs.max() + pad + 1
    )


def flat(pixels: Picture, mask: Mask, rng: Rng) -> Picture:
    """One colour, that of the rim."""
    rim = cv2.dilate(mask, np.ones((5, 5), np.uint8)) - mask
    out = pixels.copy()
    values = pixels[rim > 0].astype(np.float64)
    bright = values[values.sum(axis=1) >= np.median(values.sum(axis=1))]
    out[mask > 0] = np.clip(np.median(bright, axis=0), 0, 255).astype(np.uint8)
    return out


def painted_over(pixels: Picture, mask: Mask, rng: Rng) -> Picture:
    """The dark strokes filled in from around them."""
    where = _bounds(mask, 12)
    part, inside = pixels[where].copy(), mask[where]
    value = part.max(axis=2)
    paper = cv2.morphologyEx(value, cv2.MORPH_CLOSE, np.ones((31, 31), np.uint8))
    strokes = ((paper.astype(np.int16) - value > 22) & (inside > 0)).astype(np.uint8)
    out = pixels.copy()
    out[where] = cv2.inpaint(part, cv2.dilate(strokes, np.ones((5, 5), np.uint8)), 4, cv2.INPAINT_TELEA)
    return out


def smeared(pixels: Picture, mask: Mask, rng: Rng) -> Picture:
    """The brighter part of the surroundings smoothed over the place."""
    where = _bounds(mask, 30)
    part, inside = pixels[where].copy(), mask[where]
    bright = cv2.dilate(part, np.ones((9, 9), np.uint8))
    soft = cv2.GaussianBlur(bright, (0, 0), float(rng.uniform(4, 9)))
    soft = np.clip(soft.astype(np.int16) - int(rng.integers(2, 8)), 0, 255).astype(np.uint8)
    part[inside > 0] = soft[inside > 0]
    out = pixels.copy()
    out[where] = part
    return out


def cloned(pixels: Picture, mask: Mask, rng: Rng) -> Picture:
    """Ground from beside the field, without its print: the strip above or below it, filled and put over."""
    base = painted_over(pixels, mask, rng)
    ys, _ = np.nonzero(mask)
    shift = int((ys.max() - ys.min() + 1) * rng.uniform(0.3, 0.6)) * int(rng.choice([-1, 1]))
    moved = np.roll(painted_over(pixels, np.roll(mask, shift, axis=0), rng), -shift, axis=0)
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 2.0)
    return np.asarray(cv2.blendLinear(moved, base, soft, np.asarray(1 - soft, np.float32)), np.uint8)


ERASERS: Mapping[str, Callable[[Picture, Mask, Rng], Picture]] = {
    "flat": flat,
    "painted_over": painted_over,
    "smeared": smeared,
    "cloned": cloned,
}
