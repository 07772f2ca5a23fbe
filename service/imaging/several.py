"""All cards on one page of a flat-bed scanner or copier: each becomes a piece to be looked at alone."""

from __future__ import annotations

import cv2
import numpy as np

from service.evidence import Picture
from service.imaging.edges import refine_quad
from service.imaging.geometry import ASPECT, Corners, edge_lengths, is_card_like, likeness, order, overlap
from service.imaging.network import find_regions
from service.imaging.outline import outline_quads
from service.imaging.pyramid import level, level_transform

__all__ = ["Piece", "find_cards", "pieces"]

Piece = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the page; the last two are beyond the piece."""

_COPY_SIDE = 1400
_OUTLINES = 40
"""Outlines looked at: a full page holds ten cards, and stamps, staples and print beside them."""
_MIN_SUPPORT = 0.3
"""Confidence of an outline, by its edges and its shape, from which it is a card of its own."""
_APART = 0.1
_ALIKE = 0.45
"""Cards on one page are of one size; what has less than this share of the median area is none."""
_ASPECT_SLACK = 0.14
_REACH = (2.5, 1.2)
"""Millimetres searched to both sides of an edge, and how well the guess is believed."""
_MARGIN = 0.05
"""Share of the card's longer side that is left around it."""
_GRID = 16
"""Pixels: a piece begins on the page's own JPEG blocks, so that traces in them stay in step."""


def find_cards(picture: Picture, most: int) -> tuple[Corners, ...]:
    """Outlines of the cards on a page in reading order, in its pixels; at most ``most`` of them."""
    copy, halvings = level(picture, _COPY_SIDE / max(picture.width, picture.height))
    factor, shift = level_transform(halvings)[0, [0, 2]]
    height, width = copy.shape[:2]
    guesses = [r.corners for r in find_regions(copy) if is_card_like(r.corners, width, height)]
    guesses += outline_quads(copy, _OUTLINES)
    found: list[tuple[float, Corners]] = []
    for guess in guesses:
        result = refine_quad(picture, order(((guess - shift) / factor).astype(np.float32)), *_REACH)
        corners = order(result.corners)
        if not is_card_like(corners, picture.width, picture.height) or not _shaped(corners):
            continue
        support = 0.5 * (min(result.support) + float(np.mean(result.support)))
        found.append((support * likeness(corners), corners))
    return _in_reading_order(_of_one_size(_apart(found)))[:most]


def _shaped(corners: Corners) -> bool:
    a, b, c, d = edge_lengths(corners)
    return bool(abs((a + c) / max(b + d, 1e-6) / ASPECT - 1) <= _ASPECT_SLACK)


def _apart(found: list[tuple[float, Corners]]) -> list[Corners]:
    kept: list[Corners] = []
    for confidence, corners in sorted(found, key=lambda pair: -pair[0]):
        if confidence >= _MIN_SUPPORT and all(overlap(corners, other) < _APART for other in kept):
            kept.append(corners)
    return kept


def _of_one_size(cards: list[Corners]) -> list[Corners]:
    if not cards:
        return cards
    areas = [float(cv2.contourArea(corners)) for corners in cards]
    least = _ALIKE * float(np.median(areas))
    return [corners for corners, area in zip(cards, areas, strict=True) if area >= least]


def _in_reading_order(cards: list[Corners]) -> tuple[Corners, ...]:
    """Row by row; cards whose middles are within half a card's height share a row."""
    rows: list[list[Corners]] = []
    for corners in sorted(cards, key=lambda c: float(c[:, 1].mean())):
        middle, span = float(corners[:, 1].mean()), float(np.ptp(corners[:, 1]))
        if rows and middle - float(rows[-1][0][:, 1].mean()) < 0.5 * span:
            rows[-1].append(corners)
        else:
            rows.append([corners])
    return tuple(corners for row in rows for corners in sorted(row, key=lambda c: float(c[:, 0].mean())))


def pieces(picture: Picture, most: int) -> tuple[Piece, ...]:
    """The page cut up: one piece around each card, none where fewer than two cards were found."""
    cards = find_cards(picture, most)
    return tuple(_around(corners, picture) for corners in cards) if len(cards) > 1 else ()


def _around(corners: Corners, picture: Picture) -> Piece:
    low, high = corners.min(axis=0), corners.max(axis=0)
    margin = _MARGIN * float((high - low).max())
    left, top = (max(0, int(value - margin) // _GRID * _GRID) for value in low)
    right, bottom = (int(value + margin) + 1 for value in high)
    return left, top, min(right, picture.width), min(bottom, picture.height)
