"""How good a capture of a card is, and what forbids judging it.

Limits were set on rendered specimens so that a genuine card that a person can read passes;
``scripts/measure_locate`` prints the share that does, for scans, photos and hard photos.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import (
    CARD_WIDTH_MM,
    RASTER_HEIGHT,
    RASTER_WIDTH,
    Picture,
    Quality,
    QualityFault,
)
from service.imaging.rectify import source_scale

__all__ = ["LIMITS", "QualityLimits", "measure_quality"]

_RASTER_PX_PER_MM = RASTER_WIDTH / CARD_WIDTH_MM
_STROKE_WINDOW = 21
"""Pixels: wide enough that a badly blurred stroke shows its full height, and less slope for it."""


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """Beyond these a card is not judged."""

    min_px_per_mm: float = 5.0
    """About 430 pixels across the card; the issuer's small specimen has 6.3."""
    min_sharpness: float = 0.14
    """A blur of 0.32 mm (sigma): 0.25 mm measures 0.22, 0.17 mm 0.39, the issuer's small specimen 0.76."""
    max_glare: float = 0.12
    """Share of the card that is clipped to white in blobs."""
    max_cut_off: float = 0.03
    max_perspective: float = 1.9
    min_brightness: float = 45.0
    max_brightness: float = 252.0
    min_contrast: float = 35.0


LIMITS = QualityLimits()


def measure_quality(
    picture: Picture,
    homography: NDArray[np.float64],
    raster: NDArray[np.uint8],
    limits: QualityLimits = LIMITS,
) -> Quality:
    """Measure one rectified card. ``homography`` maps raster to picture pixels."""
    luma = np.asarray(cv2.cvtColor(raster, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    low, median, high = (float(v) for v in np.percentile(luma[::4, ::4], (5, 50, 95)))
    quality = Quality(
        px_per_mm=source_scale(homography) * _RASTER_PX_PER_MM,
        sharpness=_sharpness(luma),
        glare=_glare(raster),
        cut_off=_cut_off(picture, homography),
        perspective=_perspective(homography),
        brightness=median,
        contrast=high - low,
    )
    return Quality(**{name: getattr(quality, name) for name in _MEASURES}, faults=_faults(quality, limits))


_MEASURES = ("px_per_mm", "sharpness", "glare", "cut_off", "perspective", "brightness", "contrast")


def _faults(quality: Quality, limits: QualityLimits) -> tuple[QualityFault, ...]:
    found = {
        QualityFault.RESOLUTION_LOW: quality.px_per_mm < limits.min_px_per_mm,
        QualityFault.BLURRED: quality.sharpness < limits.min_sharpness,
        QualityFault.GLARE: quality.glare > limits.max_glare,
        QualityFault.CUT_OFF: quality.cut_off > limits.max_cut_off,
        QualityFault.PERSPECTIVE: quality.perspective > limits.max_perspective,
        QualityFault.TOO_DARK: quality.brightness < limits.min_brightness
        or (quality.contrast < limits.min_contrast and quality.brightness < 128),
        QualityFault.TOO_BRIGHT: quality.brightness > limits.max_brightness,
    }
    return tuple(fault for fault, holds in found.items() if holds)


def _sharpness(luma: NDArray[np.uint8]) -> float:
    """How steep the strongest edges are for their height, 0 ... 1.

    The steepest slopes of a card are the sides of its printed strokes. Divided by the local range of luma
    the measure depends on blur and not on how dark the print is.
    """
    small = cv2.GaussianBlur(luma, (0, 0), 0.7).astype(np.float32)
    dx = cv2.Sobel(small, cv2.CV_32F, 1, 0, ksize=1)
    dy = cv2.Sobel(small, cv2.CV_32F, 0, 1, ksize=1)
    slope = np.hypot(dx, dy)
    kernel = np.ones((_STROKE_WINDOW, _STROKE_WINDOW), dtype=np.uint8)
    span = cv2.dilate(small, kernel) - cv2.erode(small, kernel)
    printed = span > max(30.0, 0.6 * float(np.percentile(span[::4, ::4], 95)))
    if np.count_nonzero(printed) < 200:
        return 0.0
    steepness = np.percentile(slope[printed] / span[printed], 95)
    return float(np.clip((steepness - 0.12) / 0.60, 0, 1))


def _glare(raster: NDArray[np.uint8]) -> float:
    """Share of the card in clipped, structureless blobs of at least 3 mm."""
    clipped = (raster[::2, ::2].min(axis=2) >= 250).astype(np.uint8)
    side = round(3 * _RASTER_PX_PER_MM / 2)
    opened = cv2.morphologyEx(clipped, cv2.MORPH_OPEN, np.ones((side, side), dtype=np.uint8))
    return float(opened.mean())


def _cut_off(picture: Picture, homography: NDArray[np.float64]) -> float:
    """Share of a grid over the card that falls outside the picture."""
    xs, ys = np.meshgrid(np.linspace(0, RASTER_WIDTH - 1, 41), np.linspace(0, RASTER_HEIGHT - 1, 27))
    points = np.stack([xs.ravel(), ys.ravel()], axis=1)[None].astype(np.float64)
    places = cv2.perspectiveTransform(points, homography)[0]
    slack = 2.0
    inside = (
        (places[:, 0] >= -slack)
        & (places[:, 1] >= -slack)
        & (places[:, 0] <= picture.width - 1 + slack)
        & (places[:, 1] <= picture.height - 1 + slack)
    )
    return float(1.0 - inside.mean())


def _perspective(homography: NDArray[np.float64]) -> float:
    """Ratio of opposite edges, worst pair."""
    outline = np.array(
        [[[0, 0], [RASTER_WIDTH, 0], [RASTER_WIDTH, RASTER_HEIGHT], [0, RASTER_HEIGHT]]], dtype=np.float64
    )
    corners = cv2.perspectiveTransform(outline, homography)[0]
    edges = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    pairs = ((edges[0], edges[2]), (edges[1], edges[3]))
    return float(max(max(a, b) / max(min(a, b), 1e-6) for a, b in pairs))
