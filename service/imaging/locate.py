"""Where a card may lie in a picture: several hypotheses, best first. Another room asks each what it shows.

Sources: the whole picture (a scan cut to the card), a region that stands out from the picture's border, and
straight lines. A card is pale and its surroundings are anything, so no single source is enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import CaptureKind, Location, Picture, Quad
from service.imaging.quads import card_aspect_error, ordered, quad_of_mask, sharpen

__all__ = ["locate_card"]

_WORK_SIDE = 1000
"""Longest side of the reduced copy in which cards are looked for."""
_WHOLE_ASPECT = 0.14
_MAX_ASPECT_ERROR = 0.45
_MIN_SHARE = 0.02
"""Least share of the picture that a card may fill."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Found:
    corners: NDArray[np.float32]
    score: float
    method: str


def locate_card(picture: Picture) -> Location:
    """Hypotheses of card outlines in picture pixels, best first, and how many cards are seen."""
    scale = min(1.0, _WORK_SIDE / max(picture.width, picture.height))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = np.asarray(cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    plain, spread = _border(small)
    found = [*_whole(small), *_regions(small, plain)]
    kept = _distinct(sorted(found, key=lambda item: -item.score))
    kind = CaptureKind.SCAN if spread < 12 and _flat(kept) else CaptureKind.PHOTO
    quads = tuple(
        Quad(((item.corners + 0.5) / scale - 0.5).astype(np.float32), item.score, item.method)
        for item in kept
    )
    return Location(quads, _count(kept), kind)


def _border(small: Pixels) -> tuple[NDArray[np.float32], float]:
    """Median Lab colour of the picture's rim and how far the rim strays from it."""
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.float32)
    rim = max(2, round(0.012 * max(small.shape[:2])))
    strips = [lab[:rim], lab[-rim:], lab[:, :rim].swapaxes(0, 1), lab[:, -rim:].swapaxes(0, 1)]
    pixels = np.concatenate([strip.reshape(-1, 3) for strip in strips])
    middle = np.median(pixels, axis=0)
    return middle, float(np.percentile(np.linalg.norm(pixels - middle, axis=1), 80))


def _whole(small: Pixels) -> list[_Found]:
    height, width = small.shape[:2]
    corners = np.array(
        [[-0.5, -0.5], [width - 0.5, -0.5], [width - 0.5, height - 0.5], [-0.5, height - 0.5]],
        dtype=np.float32,
    )
    quad = ordered(corners)
    error = card_aspect_error(quad)
    return [_Found(quad, 0.6, "whole_picture")] if error < _WHOLE_ASPECT else []


def _regions(small: Pixels, plain: NDArray[np.float32]) -> list[_Found]:
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.float32)
    distance = np.linalg.norm(lab - plain, axis=2)
    otsu, _ = cv2.threshold(
        np.clip(distance * 2, 0, 255).astype(np.uint8), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU
    )
    found: list[_Found] = []
    for level in (6.0, otsu / 2, 12.0, 25.0):
        found += _components(small, (distance > level).astype(np.uint8), "region")
    edges = cv2.Canny(cv2.GaussianBlur(small, (0, 0), 1.2), 25, 70)
    found += _components(small, cv2.dilate(edges, np.ones((5, 5), np.uint8)), "edges")
    return found


def _components(small: Pixels, mask: Pixels, method: str) -> list[_Found]:
    side = max(small.shape[:2])
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((round(side * 0.015) | 1,) * 2, np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((round(side * 0.02) | 1,) * 2, np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened)
    found = []
    for index in sorted(range(1, count), key=lambda i: -stats[i, cv2.CC_STAT_AREA])[:4]:
        if stats[index, cv2.CC_STAT_AREA] < _MIN_SHARE * mask.size:
            continue
        part = _filled((labels == index).astype(np.uint8))
        quad = quad_of_mask(part)
        if quad is None:
            continue
        found += _judged(small, part, quad, method)
    return found


def _filled(part: Pixels) -> Pixels:
    contours, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = np.zeros_like(part)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    return filled


def _judged(small: Pixels, part: Pixels, quad: NDArray[np.float32], method: str) -> list[_Found]:
    if not cv2.isContourConvex(quad.reshape(-1, 1, 2)):
        return []
    error = card_aspect_error(quad)
    if error > _MAX_ASPECT_ERROR:
        return []
    drawn = np.zeros_like(part)
    cv2.fillConvexPoly(drawn, np.round(quad).astype(np.int32), 1)
    overlap = np.count_nonzero(drawn & part) / max(1, np.count_nonzero(drawn | part))
    if overlap < 0.8:
        return []
    sharp = sharpen(small, quad, max(4.0, 0.012 * max(small.shape[:2])))
    return [_Found(ordered(sharp), float(overlap - 0.5 * error), method)]


def _distinct(found: list[_Found]) -> list[_Found]:
    kept: list[_Found] = []
    for item in found:
        size = float(np.sqrt(cv2.contourArea(item.corners)))
        if all(float(np.abs(item.corners - other.corners).max()) > 0.03 * size for other in kept):
            kept.append(item)
    return kept[:6]


def _count(found: list[_Found]) -> int:
    """Separate cards among the hypotheses: those that do not overlap and are of about the same size."""
    separate: list[_Found] = []
    for item in found:
        if item.method == "whole_picture" or item.score < 0.7:
            continue
        area = float(cv2.contourArea(item.corners))
        apart = all(
            cv2.intersectConvexConvex(item.corners, other.corners)[0] < 0.1 * area
            and 0.5 < area / max(1.0, float(cv2.contourArea(other.corners))) < 2.0
            for other in separate
        )
        if apart:
            separate.append(item)
    return max(1, len(separate)) if found else 0


def _flat(found: list[_Found]) -> bool:
    if not found:
        return False
    corners = found[0].corners
    edges = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    ratios = (float(edges[0] / edges[2]), float(edges[1] / edges[3]))
    return all(abs(ratio - 1.0) < 0.03 for ratio in ratios)
