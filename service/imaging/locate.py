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
from service.imaging.pyramid import level, level_transform

__all__ = ["locate_card"]

_MAX_QUADS = 4
_COPY_SIDE = 1000
"""Longest side, at least, of the reduced copy on which cards are looked for."""
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
_NEAR = (2.5, 1.2, 1.0)
"""Millimetres searched to both sides of an edge, how well the guess is believed, weight of the outcome."""
_FAR = (7.0, 4.0, 0.8)
"""The same where the guess is well off: another hypothesis."""
_UNREFINED = 0.1
"""Confidence, as a share, of a guess of the network as it is."""
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
    copy, halvings = level(picture, _COPY_SIDE / max(picture.width, picture.height))
    height, width = copy.shape[:2]
    regions = [r for r in find_regions(copy) if is_card_like(r.corners, width, height)]
    guesses = [_look_closer(copy, region) for region in regions[:3]]
    even = ground_of(copy).uniform
    trust = _TRUST_EVEN if even else _TRUST_BUSY
    for corners in outline_quads(copy):
        if not any(same(corners, guess.corners, _ALIKE) for guess in guesses):
            guesses.append(_Guess(corners, trust, "contour"))
    found = _distinct([found for guess in guesses for found in _refined(picture, guess, halvings)])
    cards = _count(found)
    whole = _whole(picture, regions, width * height)
    quads = _distinct([*found, whole] if whole else found)[:_MAX_QUADS]
    if whole and not any(q.method == whole.method for q in quads) and not _has(quads, whole):
        quads = [*quads[: _MAX_QUADS - 1], whole]
    kind = _kind(even, quads)
    return Location(
        tuple(Quad(q.corners, q.confidence, q.method) for q in quads), max(cards, min(1, len(quads))), kind
    )


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


def _refined(picture: Picture, guess: _Guess, halvings: int) -> list[_Guess]:
    """The guess on its edges, searched near and, for the network's, far; and the network's guess itself."""
    factor, shift = level_transform(halvings)[0, [0, 2]]
    corners = order(((guess.corners - shift) / factor).astype(np.float32))
    network = guess.method == "network"
    found = [_Guess(corners, _UNREFINED * likeness(corners), guess.method)] if network else []
    for reach, prior, weight in (_NEAR, _FAR) if network else (_NEAR,):
        result = refine_quad(picture, corners, reach, prior)
        better = order(result.corners)
        if is_card_like(better, picture.width, picture.height):
            support = 0.5 * (min(result.support) + float(np.mean(result.support)))
            sure = weight * guess.confidence * support * likeness(better)
            found.append(_Guess(better, float(np.clip(sure, 0, 1)), guess.method))
    return found


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


def _count(found: list[_Guess]) -> int:
    """Cards that lie apart and are of similar size."""
    apart: list[_Guess] = []
    for guess in found:
        if guess.confidence >= _MIN_SUPPORT and all(overlap(guess.corners, a.corners) < 0.1 for a in apart):
            apart.append(guess)
    sizes = [float(cv2.contourArea(g.corners)) for g in apart]
    return sum(size >= _SECOND_CARD * max(sizes) for size in sizes)


def _kind(even: bool, quads: list[_Guess]) -> CaptureKind:
    """A scan has an even ground, or none, and no perspective."""
    if not quads:
        return CaptureKind.SCAN if even else CaptureKind.PHOTO
    best = quads[0]
    if best.method == "whole_picture":
        return CaptureKind.SCAN
    return CaptureKind.SCAN if even and skew(best.corners) <= _FLAT else CaptureKind.PHOTO
