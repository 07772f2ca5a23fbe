"""Quadrilaterals: order, plausibility, overlap."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import CARD_HEIGHT_MM, CARD_WIDTH_MM

__all__ = [
    "ASPECT",
    "Corners",
    "edge_lengths",
    "is_card_like",
    "likeness",
    "order",
    "overlap",
    "same",
    "skew",
]

Corners = NDArray[np.float32]
"""(4, 2) x, y; the centre of the first pixel is (0, 0)."""
ASPECT = CARD_WIDTH_MM / CARD_HEIGHT_MM
_ASPECTS = (1.12, 2.25)
"""Ratio of edges of a card seen at up to 45 degrees."""
_MAX_SKEW = 2.2
_MAX_CORNER_COSINE = 0.72
_MIN_SHARE = 0.008
"""Smallest share of the picture: a card on an A3 page has 3 %."""


def edge_lengths(corners: Corners) -> NDArray[np.float64]:
    """Lengths of the four edges, the first from corner 0 to corner 1."""
    return np.asarray(np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1), dtype=np.float64)


def order(corners: Corners) -> Corners:
    """Clockwise on the screen, long edge first, starting near the top left of the picture."""
    centre = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0])
    turned = corners[np.argsort(angles)]
    turned = np.roll(turned, -int(np.argmin(turned.sum(axis=1))), axis=0)
    a, b, c, d = edge_lengths(turned)
    if a + c < b + d:
        turned = np.roll(turned, -1, axis=0)
    return np.ascontiguousarray(turned, dtype=np.float32)


def skew(corners: Corners) -> float:
    """Longer over shorter of opposite edges, worst pair; 1 = no perspective."""
    a, b, c, d = edge_lengths(corners)
    return float(max(max(a, c) / max(min(a, c), 1e-6), max(b, d) / max(min(b, d), 1e-6)))


def _corner_cosines(corners: Corners) -> NDArray[np.float64]:
    sides = (np.roll(corners, -1, axis=0) - corners).astype(np.float64)
    sides /= np.maximum(np.linalg.norm(sides, axis=1, keepdims=True), 1e-6)
    return np.asarray(np.abs((sides * np.roll(sides, 1, axis=0)).sum(axis=1)), dtype=np.float64)


def likeness(corners: Corners) -> float:
    """0 ... 1: how near ordered corners are to a card seen from the front; a hard angle still has 0.3."""
    a, b, c, d = edge_lengths(corners)
    aspect = float(np.log((a + c) / max(b + d, 1e-6) / ASPECT)) / 0.15
    edges, angles = (skew(corners) - 1) / 0.25, float(_corner_cosines(corners).max()) / 0.25
    return float(np.exp(-0.5 * (aspect**2 + edges**2 + angles**2)))


def is_card_like(corners: Corners, width: int, height: int) -> bool:
    """Whether ordered corners can be an ID-1 card in a picture of that size."""
    if not cv2.isContourConvex(np.round(corners * 8).astype(np.int32)):
        return False
    if cv2.contourArea(corners) < _MIN_SHARE * width * height:
        return False
    a, b, c, d = edge_lengths(corners)
    if min(b + d, a + c) <= 0 or not _ASPECTS[0] <= (a + c) / (b + d) <= _ASPECTS[1]:
        return False
    return skew(corners) <= _MAX_SKEW and bool(_corner_cosines(corners).max() <= _MAX_CORNER_COSINE)


def same(first: Corners, second: Corners, share: float = 0.02) -> bool:
    """Whether two ordered quads differ by less than a share of the card's width, in any rotation."""
    limit = share * float(edge_lengths(first).max())
    return any(float(np.abs(np.roll(second, k, axis=0) - first).max()) < limit for k in range(4))


def overlap(first: Corners, second: Corners) -> float:
    """Shared area over the smaller area."""
    shared, _ = cv2.intersectConvexConvex(first, second)
    return float(shared) / max(min(cv2.contourArea(first), cv2.contourArea(second)), 1e-6)
