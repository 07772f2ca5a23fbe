"""One printed line cut into its signs, as ink: 0 on paper and 1 in print."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box

__all__ = ["PAD", "Plane", "PrintLine", "extent", "fullest", "line_ink", "print_profile"]

Plane = NDArray[np.float32]
_SOFT = 0.8
"""Blur that makes the pixels of scans and photos alike (sigma, raster pixels)."""
_AROUND = 12
PAD = 4
"""Raster pixels round a box that belong to its ink."""
_LEAST_INK = 25.0
"""Levels between print and paper, below which a line is left out."""
_RULE = 61
"""Pixels: a stroke that is longer is an underline."""


@dataclass(frozen=True, slots=True)
class PrintLine:
    """A line of print, brought to a size at which it can be laid over others."""

    text: str
    ink: Plane
    bounds: NDArray[np.float64]
    """(signs, 2): where each sign begins and ends; columns of ``ink``."""
    rows: slice
    """Where the signs stand."""

    def sign(self, index: int, around: int = 0) -> Plane:
        """The place of one sign, with ``around`` pixels more on every side."""
        height, width = self.ink.shape
        first, last = (round(float(side)) for side in self.bounds[index])
        top, bottom = self.rows.start - around, self.rows.stop + around
        left, right = max(0, first) - around, last + around
        part = self.ink[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
        beyond = (max(0, -top), max(0, bottom - height), max(0, -left), max(0, right - width))
        if not around or not any(beyond) or not part.size:
            return part
        return np.asarray(cv2.copyMakeBorder(part, *beyond, cv2.BORDER_CONSTANT, value=0), np.float32)


def line_ink(luma: NDArray[np.uint8], box: Box, *, underlined: bool = False, beside: int = 0) -> Plane | None:
    """How dark print is against paper, in a box and ``PAD`` pixels round it (``beside`` more at its ends).

    None where it is too faint or lies at the rim. From an ``underlined`` text the rule is taken off.
    """
    height, width = luma.shape
    x, y, w, h = box
    left, right = round(x * width) - PAD - beside, round((x + w) * width) + PAD + beside
    top, bottom = round(y * height) - PAD, round((y + h) * height) + PAD
    if min(left, top) < _AROUND or right > width - _AROUND or bottom > height - _AROUND:
        return None
    part = luma[top - _AROUND : bottom + _AROUND, left - _AROUND : right + _AROUND]
    soft = cv2.GaussianBlur(part, (0, 0), _SOFT).astype(np.float32)
    dark = cv2.morphologyEx(soft, cv2.MORPH_CLOSE, np.ones((21, 21), np.uint8)) - soft
    dark = dark[_AROUND:-_AROUND, _AROUND:-_AROUND]
    full = float(np.percentile(dark, 96))
    if full < _LEAST_INK:
        return None
    ink = np.asarray(np.clip(dark / full, 0, 1.2), np.float32)
    return _without_rules(ink) if underlined else ink


def _without_rules(ink: Plane) -> Plane:
    rules = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, _RULE), np.uint8))
    return np.asarray(np.clip(ink - cv2.dilate(rules, np.ones((3, 1), np.uint8)), 0, None), np.float32)


def print_profile(ink: Plane) -> NDArray[np.float64]:
    """How much print stands in each column, smoothed; 1 at the fullest."""
    profile = ink.sum(axis=0)
    return np.asarray(np.convolve(profile / max(float(profile.max()), 1e-6), np.ones(3) / 3, "same"))


def fullest(profile: NDArray[np.float32], length: int) -> slice:
    """The stretch of a profile that holds most ink."""
    start = int(np.argmax(np.convolve(profile, np.ones(length), "valid")))
    return slice(start, start + length)


def extent(profile: NDArray[np.float32], share: float) -> slice:
    """The run about the fullest stretch of a profile in which it stays above a share of its peak."""
    above = profile > share * profile.max()
    first = last = int(np.argmax(np.convolve(profile, np.ones(9), "same")))
    while first > 0 and above[first - 1]:
        first -= 1
    while last + 1 < len(above) and above[last + 1]:
        last += 1
    return slice(first, last + 1)
