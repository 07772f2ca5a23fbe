"""Is it the same photograph? Registration and comparison of two pictures, no face recognition.

The chip holds the very photograph that is printed on the card, so print and capture change its colours,
sharpness and light, but not its structure. No face template is made or kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from service.imaging.registration import local_contrast, register

__all__ = ["PhotographMatch", "match_photograph"]

_GRID = (6, 5)
"""Rows and columns of the blocks that are judged on their own."""
_SPOILT = 0.15
"""Share of worst blocks that does not count: glare or a hologram may lie over them."""
_FOOT = 0.84
"""Share of the height that is compared: a mark or a band often covers the foot of the photo."""
_CENTRE = (0.15, 0.75, 0.2, 0.8)
"""Top, bottom, left and right of the part that holds the face, as shares of the photo."""
_BLUR = 2.0
"""Pixels: print structure and what is left of the registration matter no more."""
_SHARPNESS = (1.6, 2.8)
"""Blurs, as multiples of ``_BLUR``, between which a print or a camera may be softer or harder."""
_DETAIL = 6.0
"""Pixels over which what is unexplained is light and no longer detail."""
_AREA = 15
"""Side of the median, in steps of ``_STEP`` pixels, that only larger areas of light survive."""
_AREA_EDGE = 1.5
_LAMP = 20.0
"""Levels by which a larger area is brighter than explained where a lamp lies over it."""
_RANGE = 16.0
"""Pixels over which contrast is levelled before the faces are correlated."""
_ROUNDS = 4
_RIDGE = 1e-9
"""Per pixel; only so that terms which are the same everywhere leave the equations solvable."""
_RIM = 5
_STEP = 2
_CLIPPED = 250
"""A pixel whose channels are all as high as this shows the light and not the photo."""
_BRIGHT = 225
"""Luma of a background that is white of its own."""
_LEAST_CLEAR = 0.35
_MUCH_CLEAR = 0.6

Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PhotographMatch:
    """How alike two pictures are after the best registration."""

    score: float
    """-1 ... 1: mean of three correlations: of the centre, of the edges, and block by block."""
    contrast: float
    """Standard deviation of luma in the printed photo, 0 ... 255; too low means nothing can be told."""
    box: tuple[int, int, int, int]
    """x, y, width, height of the matched place in the printed crop, pixels of that crop."""
    unlike: float = 0.0
    """Root mean square of the details that the chip's photograph does not explain, levels of luma, whatever
    curve of tones, sharpness and soft light lie between the two."""
    clear: float = 1.0
    """0 ... 1: share of the printed photo that no light has washed out to white; 0 where too little is left
    of it to compare."""


def match_photograph(
    printed: NDArray[np.uint8], chip: NDArray[np.uint8], nominal: tuple[float, float]
) -> PhotographMatch:
    """Register the chip's photograph on the printed one and compare them.

    ``printed`` is a BGR crop of the card that holds the photo with some surroundings; ``chip`` the BGR
    picture from the chip; ``nominal`` the width and height in pixels that the photo should have in
    ``printed``. Raises ValueError for an empty picture.
    """
    if not printed.size or not chip.size:
        raise ValueError("match_photograph: an empty picture cannot be compared")
    aligned = register(printed, chip, nominal, _FOOT)
    height = aligned.seen.shape[0]
    foot = round(height * _FOOT)
    shown = aligned.seen[:foot]
    window, patch = _luma(shown), _luma(aligned.known[:foot])
    washed = (np.median(shown, axis=2) >= _CLIPPED) & (patch < _BRIGHT)
    unlike = _unlike(window, patch, _told(shown))
    return PhotographMatch(
        _score(window, patch, height),
        float(_luma(aligned.seen).std()),
        aligned.box,
        unlike or 0.0,
        0.0 if unlike is None else 1.0 - float(washed.mean()),
    )


def _luma(picture: NDArray[np.uint8]) -> Grey:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), dtype=np.float32)


def _blurred(grey: Grey, reach: float) -> Grey:
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), reach), np.float32)


def _score(window: Grey, patch: Grey, height: int) -> float:
    blurred = [_blurred(item, _BLUR) for item in (window, patch)]
    local = [local_contrast(item, _RANGE) for item in (window, patch)]
    top, bottom, left, right = _CENTRE
    width = patch.shape[1]
    centre = np.s_[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
    edges = [_edges(item) for item in blurred]
    parts = (
        _correlation(local[0][centre], local[1][centre]),
        _correlation(edges[0], edges[1]),
        _blocks(blurred[0], blurred[1]),
    )
    return float(np.mean(parts))


def _told(shown: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where light and dark are to be seen: no channel is clipped, or not all where that leaves too little."""
    darkest, brightest = shown.min(axis=2), shown.max(axis=2)
    much = float((brightest < _CLIPPED).mean()) >= _MUCH_CLEAR
    return np.asarray((brightest if much else darkest) < _CLIPPED)


def _unlike(window: Grey, patch: Grey, clear: NDArray[np.bool_]) -> float | None:
    """Root mean square of the window's details that a smooth curve of the patch's tones, its sharpness and
    the light do not explain, counted where the window is ``clear``; None where too little is.

    The light is soft but for one area that has a light of its own: a shadow, a window's reflection.
    """
    inner = np.s_[_RIM:-_RIM:_STEP, _RIM:-_RIM:_STEP]
    told = cv2.erode(clear.astype(np.uint8), np.ones((5, 5), np.uint8))[inner] > 0
    if not told.size or float(told.mean()) < _LEAST_CLEAR:
        return None
    bands = [_blurred(patch, _BLUR * reach) for reach in (1.0, *_SHARPNESS)]
    seen, known, soft, softer = (item[inner] for item in (_blurred(window, _BLUR), *bands))
    tone = (known - known.mean()) / (float(known.std()) + 1e-3)
    down, along = np.meshgrid(
        np.linspace(-0.5, 0.5, seen.shape[0]), np.linspace(-0.5, 0.5, seen.shape[1]), indexing="ij"
    )
    tones = (np.ones_like(tone), tone, tone**2, tone**3, known - soft, soft - softer)
    light = (along, down, along * tone, down * tone, along**2, down**2, along * down)
    area, lamp = _light(_unexplained(seen, (*tones, *light), told))
    if float((told & ~lamp).mean()) >= _LEAST_CLEAR:  # else it is no lamp that is brighter everywhere
        told &= ~lamp
    rest = _unexplained(seen, (*tones, *light, area, area * tone), told)
    reach = _DETAIL / _STEP
    detail = rest - _blurred(rest, reach) / (_blurred(told.astype(np.float32), reach) + 1e-3)
    return float(np.sqrt((detail[told] ** 2).mean()))


def _light(rest: Grey) -> tuple[Grey, NDArray[np.bool_]]:
    """The larger areas that are brighter than the others, 0 ... 1 with a soft edge, and those so bright that
    a lamp lies over them."""
    halves = np.clip(np.rint(128 + 2 * rest), 0, 255).astype(np.uint8)
    larger = cv2.medianBlur(halves, _AREA)
    _, split = cv2.threshold(larger, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    lamp = cv2.dilate((larger > 128 + 2 * _LAMP).astype(np.uint8), np.ones((_AREA, _AREA), np.uint8))
    return _blurred(split.astype(np.float32), _AREA_EDGE), np.asarray(lamp > 0)


def _unexplained(seen: Grey, terms: Sequence[NDArray[np.floating[Any]]], told: NDArray[np.bool_]) -> Grey:
    """What a robust least-squares fit of the terms leaves of the picture where it is told; 0 elsewhere."""
    design = np.stack([np.asarray(term[told], np.float64) for term in terms], axis=-1)
    ridge = _RIDGE * len(design) * np.eye(len(terms))
    target = np.asarray(seen[told], np.float64)
    weights = np.ones(len(target))
    left = target
    for _ in range(_ROUNDS):
        weighed = design * weights[:, None]
        left = target - design @ np.linalg.solve(weighed.T @ design + ridge, weighed.T @ target)
        spread = 1.48 * float(np.median(np.abs(left))) + 1.0
        weights = 1 / (1 + (left / (2 * spread)) ** 2)
    rest = np.zeros(told.shape, np.float32)
    rest[told] = left
    return rest


def _edges(grey: Grey) -> Grey:
    slope = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    return np.asarray(slope[3:-3, 3:-3], dtype=np.float32)


def _correlation(first: Grey, second: Grey) -> float:
    a, b = first - first.mean(), second - second.mean()
    return float((a * b).sum() / (np.sqrt((a * a).sum() * (b * b).sum()) + 1e-3))


def _blocks(window: Grey, patch: Grey) -> float:
    """Mean correlation of blocks, each with its own mean taken out, the worst left out."""
    rows, columns = _GRID
    scores: list[float] = []
    for row in np.array_split(np.arange(patch.shape[0]), rows):
        for column in np.array_split(np.arange(patch.shape[1]), columns):
            place = np.s_[row[0] : row[-1] + 1, column[0] : column[-1] + 1]
            if patch[place].std() >= 2.0:  # a flat block of the original says nothing
                scores.append(_correlation(window[place], patch[place]))
    return float(np.mean(sorted(scores)[int(len(scores) * _SPOILT) :])) if scores else 0.0
