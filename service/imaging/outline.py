"""Quads without a network: what stands out from the ground around it, as in every flat-bed scan."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from service.imaging.geometry import Corners, is_card_like, order

__all__ = ["Ground", "ground_of", "outline_quads"]

_SIDE = 480
_THRESHOLDS = (7.0, 14.0, 28.0)
"""Distance from the ground in CIE Lab units of 8 bits."""
_UNIFORM = 9.0


class Ground:
    """What surrounds the card: its colour and how even it is."""

    def __init__(self, lab: NDArray[np.float32]) -> None:
        band = max(2, round(0.02 * max(lab.shape[:2])))
        strips = (lab[:band], lab[-band:], lab[:, :band], lab[:, -band:])
        ring = np.concatenate([strip.reshape(-1, 3) for strip in strips])
        self.colour = np.median(ring, axis=0)
        self.spread = float(np.percentile(np.linalg.norm(ring - self.colour, axis=1), 80))

    @property
    def uniform(self) -> bool:
        """Whether the ground is one even colour, as a scanner's lid."""
        return self.spread < _UNIFORM


def _small_lab(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    height, width = pixels.shape[:2]
    scale = min(1.0, _SIDE / max(width, height))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.GaussianBlur(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), (0, 0), 0.8)
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.float32)
    return lab, np.array([width / size[0], height / size[1]])


def ground_of(pixels: NDArray[np.uint8]) -> Ground:
    """The ground of a (height, width, 3) BGR picture."""
    return Ground(_small_lab(pixels)[0])


def outline_quads(pixels: NDArray[np.uint8], most: int = 6) -> tuple[Corners, ...]:
    """Card-like quads, ordered, in pixels of the picture; several thresholds may find the same card.

    At each threshold the ``most`` largest outlines are looked at.
    """
    lab, factor = _small_lab(pixels)
    ground = Ground(lab)
    away = np.linalg.norm(lab - ground.colour, axis=2)
    height, width = away.shape
    found: list[Corners] = []
    for threshold in _THRESHOLDS:
        if threshold < ground.spread:
            continue
        stands_out = cv2.morphologyEx(
            (away > threshold).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)
        )
        stands_out = cv2.morphologyEx(stands_out, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
        outlines, _ = cv2.findContours(stands_out, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:most]:
            corners = _quad(outline)
            if corners is not None and is_card_like(corners, width, height):
                found.append(np.asarray((corners + 0.5) * factor - 0.5, dtype=np.float32))
    return tuple(found)


def _quad(outline: NDArray[np.int32]) -> Corners | None:
    hull = cv2.convexHull(outline).astype(np.float32)
    if len(hull) < 4 or cv2.contourArea(hull) < 100:
        return None
    corners = np.asarray(cv2.approxPolyN(hull, 4, ensure_convex=True), dtype=np.float32).reshape(-1, 2)
    if len(corners) != 4 or cv2.contourArea(hull) < 0.9 * cv2.contourArea(corners):
        return None
    return order(corners)
