"""A band of the picture laid level, and the rows of print in it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Picture
from service.imaging.pyramid import level, level_transform
from service.reading.mrz.finder import Band

__all__ = ["Row", "Strip", "cut_strip", "find_rows"]

Plane = NDArray[np.float32]

LENGTH = 1320
"""Pixels of a strip along its band: 30 for each character of the longest lines."""
_BEYOND = 0.09
"""Share of the band's length that the strip shows beyond either end."""
_AROUND = 2.1
"""Height of the strip in heights of the band, at least."""
_LEAST_HEIGHT = 0.12
"""Height of the strip as a share of its band's length, at least: three lines, askew."""
_WINDOWS = 16
"""Parts along a strip in which the height of a row is followed."""
_SLOPES = np.linspace(-0.09, 0.09, 37)
"""Rise per pixel that is tried to lay the rows level."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A band, level, which way up is not known."""

    grey: NDArray[np.uint8]
    """(height, width)."""
    place: NDArray[np.float64]
    """(3, 3) map from strip pixels to picture pixels."""

    def turned(self) -> Strip:
        """The same strip the other way up."""
        height, width = self.grey.shape
        around = np.array([[-1.0, 0, width - 1], [0, -1.0, height - 1], [0, 0, 1.0]])
        return Strip(np.ascontiguousarray(self.grey[::-1, ::-1]), self.place @ around)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of print in a strip."""

    curve: tuple[float, float, float]
    """Height of its middle: c0 + c1 u + c2 u², with u = -1 ... 1 along the strip."""
    height: float
    """Height of its capitals, pixels."""
    strength: float
    """How much ink it has, compared with the strongest row."""

    def middle(self, x: NDArray[np.float64], width: int) -> NDArray[np.float64]:
        """Height of the row's middle at places along a strip of a width."""
        u = 2 * x / max(1, width - 1) - 1
        c0, c1, c2 = self.curve
        return np.asarray(c0 + c1 * u + c2 * u**2, np.float64)

    def turned(self, height: int) -> Row:
        """The same row in the strip the other way up."""
        c0, c1, c2 = self.curve
        return Row((height - 1 - c0, c1, -c2), self.height, self.strength)


def cut_strip(picture: Picture, band: Band) -> Strip:
    """Resample a band once, level, with what surrounds it."""
    per_pixel = band.length / LENGTH
    width = round(LENGTH * (1 + 2 * _BEYOND))
    height = round(max(_AROUND * band.height / per_pixel, _LEAST_HEIGHT * LENGTH))
    along = np.array([np.cos(band.angle), np.sin(band.angle)]) * per_pixel
    down = np.array([-along[1], along[0]])
    origin = np.array(band.centre) - along * (width - 1) / 2 - down * (height - 1) / 2
    place = np.array([[along[0], down[0], origin[0]], [along[1], down[1], origin[1]], [0, 0, 1]])
    pixels, halvings = level(picture, 1 / max(per_pixel, 1e-6))
    pull = (level_transform(halvings) @ place)[:2]
    laid = cv2.warpAffine(
        pixels,
        pull,
        (width, height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return Strip(np.asarray(cv2.cvtColor(laid, cv2.COLOR_BGR2GRAY), np.uint8), place)


def _ink(grey: NDArray[np.uint8]) -> Plane:
    """Dark strokes, evened over the strip, at half its size."""
    small = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    strokes = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((15, 15), np.uint8)).astype(np.float32)
    around = cv2.blur(strokes, (121, 41))
    return np.asarray(np.minimum(strokes / (around + 4.0), 4.0), np.float32)


def _shifted(windows: Plane, shifts: NDArray[np.float64]) -> Plane:
    """Profiles (n, height) each moved up by a shift, with nothing beyond their ends."""
    height = windows.shape[-1]
    padded = np.pad(windows, ((0, 0), (1, 1)))
    at = np.clip(np.arange(height) + shifts[..., None] + 1, 0, height + 0.999)
    low = at.astype(np.intp)
    part = (at - low).astype(np.float32)
    index = np.arange(len(windows))[:, None]
    return np.asarray((1 - part) * padded[index, low] + part * padded[index, np.minimum(low + 1, height + 1)])


def _level_profile(windows: Plane) -> tuple[Plane, float]:
    """The profile of the rows with the slope at which they stand out most; ``windows`` is (16, height)."""
    away = np.linspace(-0.5, 0.5, len(windows))
    rises = _SLOPES * LENGTH / 2
    profiles = _shifted(windows, rises[:, None] * away[None]).mean(axis=1)
    best = int(np.diff(profiles, axis=1).std(axis=1).argmax())
    return np.asarray(profiles[best], np.float32), float(rises[best])


def _runs(profile: Plane) -> list[tuple[int, int]]:
    """Stretches of a profile that stand out: the rows of print."""
    smooth = np.asarray(cv2.GaussianBlur(profile[None], (0, 0), 1.2)[0], np.float32)
    floor, peak = np.percentile(smooth, 10), np.percentile(smooth, 98)
    marked = np.concatenate([[False], smooth > floor + 0.38 * (peak - floor), [False]])
    edges = np.flatnonzero(np.diff(marked.astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _follow(windows: Plane, run: tuple[int, int], slope: float) -> tuple[float, float, float]:
    """The curve of a row: in each window the shift at which the ink fits the run best, then a parabola."""
    start, end = run
    high, reach = end - start, max(2, (end - start) // 3)
    away = np.linspace(-0.5, 0.5, len(windows))
    level = np.pad(_shifted(windows, slope * away), ((0, 0), (reach + 2, reach + 3)))
    sums = np.concatenate([np.zeros((len(level), 1), np.float32), level.cumsum(axis=1)], axis=1)
    at = start + np.arange(2 * reach + 1) + 2
    inside = sums[:, at + high] - sums[:, at]
    # Ink inside the run less the ink just above and below it.
    outside = (sums[:, at] - sums[:, at - 2]) + (sums[:, at + high + 2] - sums[:, at + high])
    shifts = (inside - outside * high / 8).argmax(axis=1) - reach
    weights = np.maximum(inside[:, reach] / high, 1e-3)
    c0, c1, c2 = (float(v) for v in np.polynomial.polynomial.polyfit(2 * away, shifts, 2, w=weights))
    return ((start + end - 1) / 2 + c0, slope / 2 + c1, c2)


def find_rows(strip: Strip) -> tuple[Row, ...]:
    """The rows of print in a strip, from top to bottom."""
    ink = _ink(strip.grey)
    columns = np.array_split(ink, _WINDOWS, axis=1)
    windows = np.stack([part.mean(axis=1) for part in columns]).astype(np.float32)
    profile, slope = _level_profile(windows)
    strongest = float(profile.max()) or 1.0
    rows = []
    for run in _runs(profile):
        high = run[1] - run[0]
        if not 6 <= high <= 34:
            continue
        c0, c1, c2 = _follow(windows, run, slope)
        rows.append(
            Row(
                (2 * c0 + 0.5, 2 * c1, 2 * c2), 2.0 * high, float(profile[run[0] : run[1]].mean()) / strongest
            )
        )
    return tuple(rows)
