"""Where the card lies in a picture: hypotheses from a network, from what stands out, the picture itself."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import CaptureKind, Location, Picture, Quad
from service.imaging.edges import refine_quad
from service.imaging.geometry import ASPECT, Corners, is_card_like, likeness, order, overlap, same, skew
from service.imaging.network import Region, find_regions
from service.imaging.outline import ground_of, outline_quads

__all__ = ["locate_card"]

_MAX_QUADS = 4
_COPY_SIDE = 1024
"""Longest side of the reduced copy on which cards are looked for."""
_ASPECT_SLACK = 0.08
_ALIKE = 0.008
"""Coarse quads that differ by less than this share of the width become the same when refined."""
_SMALL = 0.45
"""A card below this share of the longer side is looked at again, closer."""
_FLAT = 1.015
"""Most perspective that a scan shows, by measuring error alone."""
_SECOND_CARD = 0.35
"""A further region of this share of the largest one's area is another card."""
_MIN_SUPPORT = 0.25
_WHOLE_SHARE = 0.88
"""Where the network sees card on this share of the picture, the picture is the card."""
_FAR = (3.0, 8.0, 14.0)
"""Millimetres searched to both sides of an edge: each reach is a hypothesis, the edges decide."""
_TRUST_EVEN = 1.8
"""What stands out from one even ground is the card; the network is only the second opinion there."""
_TRUST_BUSY = 0.8


@dataclass(frozen=True, slots=True)
class _Guess:
    corners: Corners
    confidence: float
    method: str


def locate_card(picture: Picture) -> Location:
    """Hypotheses of card outlines, best first; empty where nothing looks like a card.

    Corners run clockwise from near the top left, long edge first: which way up the card is, is not told.
    The whole picture is among them where its shape is that of a card.
    """
    copy, factor = _reduced(picture.pixels)
    height, width = copy.shape[:2]
    regions = [r for r in find_regions(copy) if is_card_like(r.corners, width, height)]
    guesses = [_look_closer(copy, region) for region in regions[:3]]
    trust = _TRUST_EVEN if ground_of(copy).uniform else _TRUST_BUSY
    for corners in outline_quads(copy):
        if not any(same(corners, guess.corners, _ALIKE) for guess in guesses):
            guesses.append(_Guess(corners, trust, "contour"))
    found = _distinct([_refined(picture, guess, factor, far) for guess in guesses for far in _reaches(guess)])
    cards = _count(found, width * height * float(factor.prod()))
    whole = _whole(picture, regions, width * height)
    quads = _distinct([*found, whole] if whole else found)[:_MAX_QUADS]
    if whole and not any(q.method == whole.method for q in quads) and not _has(quads, whole):
        quads = [*quads[: _MAX_QUADS - 1], whole]
    kind = _kind(copy, quads)
    return Location(
        tuple(Quad(q.corners, q.confidence, q.method) for q in quads), max(cards, min(1, len(quads))), kind
    )


def _reduced(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    height, width = pixels.shape[:2]
    scale = min(1.0, _COPY_SIDE / max(width, height))
    if scale == 1.0:
        return pixels, np.ones(2)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    copy = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return copy, np.array([width / size[0], height / size[1]])


def _look_closer(copy: NDArray[np.uint8], region: Region) -> _Guess:
    """A small card is cut out with its surroundings and shown to the network again."""
    span = float(np.ptp(region.corners, axis=0).max())
    if span >= _SMALL * max(copy.shape[:2]):
        return _Guess(region.corners, region.confidence, "network")
    centre = (region.corners.max(axis=0) + region.corners.min(axis=0)) / 2
    low = np.maximum(centre - 0.7 * span, 0).astype(int)
    high = (centre + 0.7 * span).astype(int)
    patch = copy[low[1] : high[1], low[0] : high[0]]
    closer = [
        r
        for r in find_regions(patch)
        if is_card_like(r.corners, patch.shape[1], patch.shape[0])
        and overlap(r.corners + low.astype(np.float32), region.corners) > 0.8
    ]
    if not closer:
        return _Guess(region.corners, region.confidence, "network")
    return _Guess(np.asarray(closer[0].corners + low, dtype=np.float32), closer[0].confidence, "network")


def _reaches(guess: _Guess) -> tuple[float, ...]:
    """Millimetres to search around a guess: the network's may be well off where the ground is busy."""
    return _FAR if guess.method == "network" else _FAR[:1]


def _refined(picture: Picture, guess: _Guess, factor: NDArray[np.float64], reach_mm: float) -> _Guess:
    corners = order(((guess.corners + 0.5) * factor - 0.5).astype(np.float32))
    result = refine_quad(picture.pixels, corners, reach_mm)
    better = order(result.corners)
    if not is_card_like(better, picture.width, picture.height):
        return _Guess(corners, 0.1 * likeness(corners), guess.method)
    support = 0.5 * (min(result.support) + float(np.mean(result.support)))
    sure = guess.confidence * support * likeness(better)
    return _Guess(better, float(np.clip(sure, 0, 1)), guess.method)


def _whole(picture: Picture, regions: list[Region], area: float) -> _Guess | None:
    aspect = max(picture.width, picture.height) / min(picture.width, picture.height)
    if abs(aspect / ASPECT - 1) > _ASPECT_SLACK:
        return None
    w, h = picture.width - 0.5, picture.height - 0.5
    corners = order(np.array([[-0.5, -0.5], [w, -0.5], [w, h], [-0.5, h]], dtype=np.float32))
    fills = any(region.area > _WHOLE_SHARE * area for region in regions)
    return _Guess(corners, 1.0 if fills else 0.35, "whole_picture")


def _has(quads: list[_Guess], other: _Guess) -> bool:
    return any(same(q.corners, other.corners) for q in quads)


def _distinct(guesses: list[_Guess]) -> list[_Guess]:
    """Best first, without repetitions."""
    kept: list[_Guess] = []
    for guess in sorted(guesses, key=lambda g: -g.confidence):
        if not _has(kept, guess):
            kept.append(guess)
    return kept


def _count(found: list[_Guess], area: float) -> int:
    """Cards that lie apart and are of similar size."""
    apart: list[_Guess] = []
    for guess in found:
        if guess.confidence >= _MIN_SUPPORT and all(overlap(guess.corners, a.corners) < 0.1 for a in apart):
            apart.append(guess)
    sizes = [float(cv2.contourArea(g.corners)) for g in apart]
    return sum(size >= _SECOND_CARD * max(sizes) for size in sizes)


def _kind(copy: NDArray[np.uint8], quads: list[_Guess]) -> CaptureKind:
    """A scan has an even ground, or none, and no perspective."""
    if not quads:
        return CaptureKind.SCAN if ground_of(copy).uniform else CaptureKind.PHOTO
    best = quads[0]
    if best.method == "whole_picture":
        return CaptureKind.SCAN
    flat = skew(best.corners) <= _FLAT
    return CaptureKind.SCAN if flat and ground_of(copy).uniform else CaptureKind.PHOTO
