"""A card whose edge or corner was taken far off its place, found again by the pattern of all its print.

Labels are looked for within 2.5 mm of their places (``registration``). Where an edge was taken a centimetre
off, as with a shadow or a table's edge beside the card, too few are found there. The boxes of labels and
fields together make a pattern that fits in one place only: edges and corners are moved step by step to where
the print fits it best.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from service.cards.layout import SideLayout
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Picture
from service.imaging.rectify import compose
from service.reading.ink import ink_map, print_level

__all__ = ["reposition"]

WIDER = 1.4
"""How much more than the supposed card is looked at, about its centre."""
SIZE = (253, 160)
"""Width and height at which print and pattern are compared: four raster pixels to one."""
STEPS = (0.12, 0.08, 0.05, 0.03, 0.015, 0.008)
"""Shares of the card's width by which edges and corners are moved, coarse to fine."""
MOST = 0.2
"""Share of the card's width by which no corner is moved farther."""
BLUR, SCENE_BLUR = 1.5, 2.0
"""Pixels of the pattern and of the scene."""
LABEL, FIELD = 1.0, 0.5
"""What a label's box and a field's weigh: a field may be short or empty."""

MOVES: tuple[tuple[tuple[int, int, int], ...], ...] = (
    *(((a, 0, 1), (b, 0, 1)) for a, b in ((0, 3), (1, 2))),
    *(((a, 1, 1), (b, 1, 1)) for a, b in ((0, 1), (2, 3))),
    *(((a, 0, 1), (b, 0, -1)) for a, b in ((0, 1), (2, 3))),
    *(((a, 1, 1), (b, 1, -1)) for a, b in ((0, 3), (1, 2))),
    *(tuple((corner, axis, 1) for corner in range(4)) for axis in (0, 1)),
    *(((corner, axis, 1),) for corner in range(4) for axis in (0, 1)),
)
"""Corner, axis and direction of what is moved at once: an edge across itself, an edge made longer at both
ends, the whole card, one corner. Corners clockwise from the top left."""
AROUND = np.array(
    [[WIDER, 0, -(WIDER - 1) / 2 * RASTER_WIDTH], [0, WIDER, -(WIDER - 1) / 2 * RASTER_HEIGHT], [0, 0, 1]]
)
"""Pixels of a raster that shows the surroundings -> pixels of the supposed card's raster."""
TO_SCENE = np.linalg.inv(AROUND)
ENLARGED = np.diag([RASTER_WIDTH / SIZE[0], RASTER_HEIGHT / SIZE[1], 1.0])

Matrix = NDArray[np.float64]
Grey = NDArray[np.float32]


def reposition(picture: Picture, homographies: Sequence[Matrix], known: SideLayout) -> Matrix:
    """The (3, 3) map from raster to picture pixels under which the print fits the layout best.

    ``homographies`` are where the card was supposed; each is a place to begin at.
    """
    pattern = _pattern(known)
    return max((_fitted(picture, begin, pattern) for begin in homographies), key=lambda found: found[0])[1]


def _fitted(picture: Picture, homography: Matrix, pattern: Grey) -> tuple[float, Matrix]:
    """How well the print fits at the best place near one, and that place."""
    ink = ink_map(compose(picture, homography @ AROUND))
    scene = cv2.GaussianBlur((ink > print_level(ink)).astype(np.float32), (0, 0), SCENE_BLUR)
    moves = np.zeros((4, 2))
    best = _fit(scene, moves, pattern)
    for step in STEPS:
        improved = True
        while improved:
            improved = False
            for change in _changes(step * RASTER_WIDTH):
                tried = moves + change
                if np.abs(tried).max() > MOST * RASTER_WIDTH:
                    continue
                fit = _fit(scene, tried, pattern)
                if fit > best:
                    best, moves, improved = fit, tried, True
    return best, np.asarray(homography @ _moved(moves), np.float64)


def _changes(pixels: float) -> Iterator[Matrix]:
    for move in MOVES:
        for sign in (-1, 1):
            change = np.zeros((4, 2))
            for corner, axis, direction in move:
                change[corner, axis] = sign * direction * pixels
            yield change


def _moved(moves: Matrix) -> Matrix:
    """Raster pixels -> raster pixels: the card's corners where they are supposed now."""
    width, height = RASTER_WIDTH, RASTER_HEIGHT
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners, (corners + moves).astype(np.float32)), np.float64)


def _fit(scene: Grey, moves: Matrix, pattern: Grey) -> float:
    """Correlation of the print with the pattern, -1 ... 1, the card's corners moved."""
    place = TO_SCENE @ _moved(moves) @ ENLARGED
    print_here = cv2.warpPerspective(scene, place, SIZE, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    here = print_here - print_here.mean()
    spread = float(np.sqrt((here * here).sum()))
    return float((here * pattern).sum()) / spread if spread > 1e-6 else -1.0


def _pattern(known: SideLayout) -> Grey:
    """Where the layout has print, smoothed, without its mean, of length 1."""
    drawn = np.zeros((SIZE[1], SIZE[0]), np.float32)
    places = [(field.box, FIELD) for field in known.fields] + [(label.box, LABEL) for label in known.labels]
    for (x, y, w, h), weight in places:
        rows = slice(round(y * SIZE[1]), max(round(y * SIZE[1]) + 1, round((y + h) * SIZE[1])))
        columns = slice(round(x * SIZE[0]), max(round(x * SIZE[0]) + 1, round((x + w) * SIZE[0])))
        drawn[rows, columns] = weight
    smooth = cv2.GaussianBlur(drawn, (0, 0), BLUR)
    smooth -= smooth.mean()
    return np.asarray(smooth / np.sqrt((smooth * smooth).sum()), np.float32)
