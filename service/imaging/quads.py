"""Geometry of card outlines: a quadrilateral from a mask, sharpened on the picture's edges, and judged."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import CARD_HEIGHT_MM, CARD_WIDTH_MM

__all__ = ["card_aspect_error", "ordered", "quad_of_mask", "sharpen"]

Points = NDArray[np.float32]
_CARD_ASPECT = CARD_WIDTH_MM / CARD_HEIGHT_MM
_CORNER_SHARE = 0.12
"""Share of an edge near each corner that is left out of line fits: the card's corners are round."""


def ordered(corners: Points) -> Points:
    """Corners clockwise, the first edge a long one, starting as near the top left as that allows."""
    centre = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0])
    clockwise = corners[np.argsort(angles)]
    edges = np.linalg.norm(np.roll(clockwise, -1, axis=0) - clockwise, axis=1)
    long_first = 0 if edges[0] + edges[2] >= edges[1] + edges[3] else 1
    starts = (long_first, long_first + 2)
    start = min(starts, key=lambda i: float(clockwise[i % 4].sum()))
    return np.ascontiguousarray(np.roll(clockwise, -start, axis=0), dtype=np.float32)


def quad_of_mask(mask: NDArray[np.uint8]) -> Points | None:
    """The quadrilateral that a (height, width) mask of one card fills, None where it fills none.

    Lines are fitted to the sides of the mask's hull, so rounded corners and a finger over an edge cost
    little. Corners are in pixels of the mask.
    """
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    outline = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(outline)
    if cv2.contourArea(hull) < 100:
        return None
    rough = _four_corners(hull)
    if rough is None:
        return None
    points = outline[:, 0].astype(np.float32)
    fitted = _fit_sides(points, rough)
    corners = fitted if fitted is not None else rough
    return ordered(corners)


def _four_corners(hull: NDArray[np.int32]) -> Points | None:
    """Simplify a convex hull to four corners; falls back to the smallest rectangle around it."""
    length = cv2.arcLength(hull, True)
    for share in np.linspace(0.01, 0.12, 23):
        simple = cv2.approxPolyDP(hull, share * length, True)
        if len(simple) == 4:
            corners = np.asarray(simple[:, 0], dtype=np.float32)
            if cv2.contourArea(corners) > 0.85 * cv2.contourArea(hull):
                return ordered(corners)
        if len(simple) < 4:
            break
    rectangle = cv2.boxPoints(cv2.minAreaRect(hull))
    return ordered(np.asarray(rectangle, dtype=np.float32))


def _fit_sides(points: Points, rough: Points) -> Points | None:
    """Intersections of robust lines through the outline points that lie along each rough side."""
    lines = []
    for start, end in zip(rough, np.roll(rough, -1, axis=0), strict=True):
        along = end - start
        length = float(np.linalg.norm(along))
        if length < 4:
            return None
        unit = along / length
        relative = points - start
        t = relative @ unit / length
        distance = np.abs(relative @ np.array([-unit[1], unit[0]], dtype=np.float32))
        near = (t > _CORNER_SHARE) & (t < 1 - _CORNER_SHARE) & (distance < max(3.0, 0.06 * length))
        if np.count_nonzero(near) < 8:
            return None
        line = cv2.fitLine(points[near], cv2.DIST_HUBER, 0, 0.01, 0.01)
        lines.append(np.asarray(line, dtype=np.float64).ravel())
    return _intersections(lines)


def _intersections(lines: list[NDArray[np.float64]]) -> Points | None:
    """Corners where each line meets the one before it; None where two are nearly parallel."""
    corners = []
    for index, (vx, vy, x, y) in enumerate(lines):
        ux, uy, px, py = lines[index - 1]
        cross = vx * uy - vy * ux
        if abs(cross) < 0.1:
            return None
        s = ((px - x) * uy - (py - y) * ux) / cross
        corners.append((x + s * vx, y + s * vy))
    return np.asarray(corners, dtype=np.float32)


def sharpen(picture: NDArray[np.uint8], corners: Points, reach: float) -> Points:
    """Move each side onto the strongest edge within ``reach`` pixels of it, and intersect again.

    ``picture`` is BGR. Along each side, profiles across it are compared; a side without a clear edge in
    most of its profiles stays where it is.
    """
    lines = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        lines.append(_sharpened_side(picture, start.astype(np.float64), end.astype(np.float64), reach))
    found = _intersections(lines)
    if found is None or float(np.abs(found - corners).max()) > 3 * reach:
        return corners
    return found


def _sharpened_side(
    picture: NDArray[np.uint8], start: NDArray[np.float64], end: NDArray[np.float64], reach: float
) -> NDArray[np.float64]:
    length = float(np.linalg.norm(end - start))
    unit = (end - start) / max(length, 1e-6)
    normal = np.array([-unit[1], unit[0]])
    stations = np.linspace(_CORNER_SHARE, 1 - _CORNER_SHARE, 96) * length
    steps = np.arange(-reach, reach + 0.5, max(0.5, reach / 24))
    places = start + stations[:, None, None] * unit + steps[None, :, None] * normal
    profile = cv2.remap(
        picture,
        places[..., 0].astype(np.float32),
        places[..., 1].astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32)
    smooth = cv2.GaussianBlur(profile, (5, 1), 1.0)
    slope = np.abs(np.gradient(smooth, axis=1)).sum(axis=2)
    # Neighbouring stations share an edge; a lone strong texture does not carry the side away.
    shared = cv2.GaussianBlur(slope, (1, 9), 3.0)
    best = shared.argmax(axis=1)
    strength = shared[np.arange(len(best)), best]
    clear = strength > 2.0 * np.median(shared, axis=1)
    original = np.array([unit[0], unit[1], start[0], start[1]])
    if np.count_nonzero(clear) < len(stations) // 3:
        return original
    found = start + stations[clear, None] * unit + steps[best[clear], None] * normal
    return _robust_line(found.astype(np.float32), original, reach)


def _robust_line(points: Points, original: NDArray[np.float64], reach: float) -> NDArray[np.float64]:
    """A line through most of the points, fitted twice with the far ones left out the second time."""
    kept = points
    tolerance = max(1.0, reach / 6)
    for _ in range(3):
        vx, vy, x, y = np.asarray(cv2.fitLine(kept, cv2.DIST_HUBER, 0, 0.01, 0.01), dtype=np.float64).ravel()
        distance = np.abs((points[:, 0] - x) * vy - (points[:, 1] - y) * vx)
        near = distance < max(tolerance, float(np.median(distance)) * 1.5)
        if np.count_nonzero(near) < max(12, len(points) // 3):
            return original
        kept = points[near]
    if vx * original[0] + vy * original[1] < 0:
        vx, vy = -vx, -vy
    return np.array([vx, vy, x, y])


def card_aspect_error(corners: Points) -> float:
    """How far the quadrilateral's mean proportions are from a card's, as |ln ratio|; 0 is exact.

    Perspective foreshortens, so up to about 0.35 is plausible for a phone photo.
    """
    edges = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width, height = float(edges[0] + edges[2]), float(edges[1] + edges[3])
    return float(abs(np.log(max(width, 1e-3) / max(height, 1e-3) / _CARD_ASPECT)))
