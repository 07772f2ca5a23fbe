"""Is it the same photograph? Registration and correlation of two pictures, no face recognition.

The chip holds the very photograph that is printed on the card, so print and capture change its colours,
sharpness and place a little, but not its structure. No face template is made or kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["PhotographMatch", "match_photograph"]

_WIDTH = 96
"""Width of the chip's picture while matching; both pictures carry more, but print and JPEG 2000 do not."""
_MARGIN = 0.12
"""Share of the nominal size by which the search looks beyond the printed photo's box."""
_SCALES = tuple(np.linspace(0.88, 1.12, 13))
_ASPECTS = (0.94, 0.97, 1.0, 1.03, 1.06)
_GRID = (6, 5)
"""Rows and columns of the blocks that are judged on their own."""
_SPOILT = 0.15
"""Share of worst blocks that does not count: glare or a hologram may lie over them."""
_FOOT = 0.84
"""Share of the height that is compared: a mark or a band often covers the foot of the photo."""
_CENTRE = (0.15, 0.75, 0.2, 0.8)
"""Top, bottom, left and right of the part that holds the face, as shares of the photo."""

_LEVELS_BLUR = 2.0
"""Pixels at ``_WIDTH``: print structure and registration matter no more."""
_LEVELS_ROUNDS = 4
_RIM = 4
_CLIPPED = 250
"""A pixel with a channel as high as this shows the light and not the photo."""
_LEAST_CLEAR = 0.35

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
    levels: float = 1.0
    """0 ... 1: share of the printed photo's light and dark that the chip's explains, whatever curve of tones
    and whatever soft light lie between them. Two people in one pose have the same edges, but not the same
    dark and light. 0 where too little is left of the photo to say."""
    clear: float = 1.0
    """0 ... 1: share of the printed photo that no light has washed out to white."""
    brighter: float = 0.5
    """0 ... 1: share of what the chip's photograph leaves unexplained that is brighter than it should be. A
    lamp over the photo only adds light; another photograph is darker in as many places."""


def match_photograph(
    printed: NDArray[np.uint8], chip: NDArray[np.uint8], nominal: tuple[float, float]
) -> PhotographMatch:
    """Register the chip's photograph on the printed one and correlate them.

    ``printed`` is a BGR crop of the card that holds the photo with some surroundings; ``chip`` the BGR
    picture from the chip; ``nominal`` the width and height in pixels that the photo should have in
    ``printed``. Raises ValueError for an empty picture.
    """
    if not printed.size or not chip.size:
        raise ValueError("match_photograph: an empty picture cannot be compared")
    shrink = _WIDTH / nominal[0]
    small = np.asarray(
        cv2.resize(printed, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8
    )
    scene = _luma(small)
    template = _luma(chip)
    target = (nominal[0] * shrink, nominal[1] * shrink)
    x, y, patch = _register(_local(scene), template, target)
    height, width = patch.shape
    window = scene[y : y + height, x : x + width]
    foot = round(height * _FOOT)
    box = (round(x / shrink), round(y / shrink), round(width / shrink), round(height / shrink))
    clear = small[y : y + foot, x : x + width].max(axis=2) < _CLIPPED
    score = _score(window[:foot], patch[:foot], height)
    levels, brighter = _levels(window[:foot], patch[:foot], clear)
    return PhotographMatch(score, float(window.std()), box, levels, float(clear.mean()), brighter)


def _luma(picture: NDArray[np.uint8]) -> Grey:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), dtype=np.float32)


def _local(grey: Grey) -> Grey:
    """Luma with slow changes of light removed and its contrast levelled."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
    mean = cv2.GaussianBlur(smooth, (0, 0), 12.0)
    spread = np.sqrt(cv2.GaussianBlur((smooth - mean) ** 2, (0, 0), 12.0))
    return np.asarray(np.clip((smooth - mean) / (spread + 6.0), -3, 3), dtype=np.float32)


def _register(scene: Grey, template: Grey, target: tuple[float, float]) -> tuple[int, int, Grey]:
    """Place and size at which the template fits best: x, y and the template at that size."""
    best: tuple[float, int, int, Grey] | None = None
    for scale in _SCALES:
        for aspect in _ASPECTS:
            size = (round(target[0] * scale), round(target[1] * scale * aspect))
            if size[0] > scene.shape[1] or size[1] > scene.shape[0]:
                continue
            patch = np.asarray(cv2.resize(template, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
            response = cv2.matchTemplate(scene, _local(patch), cv2.TM_CCOEFF_NORMED)
            _, peak, _, (x, y) = cv2.minMaxLoc(response)
            if best is None or peak > best[0]:
                best = (peak, x, y, patch)
    if best is None:
        size = (scene.shape[1], scene.shape[0])
        return 0, 0, np.asarray(cv2.resize(template, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    return best[1], best[2], best[3]


def _score(window: Grey, patch: Grey, height: int) -> float:
    blurred = [np.asarray(cv2.GaussianBlur(item, (0, 0), 1.5), dtype=np.float32) for item in (window, patch)]
    local = [_local(item) for item in (window, patch)]
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


def _levels(window: Grey, patch: Grey, clear: NDArray[np.bool_]) -> tuple[float, float]:
    """Share of the window's variance that a smooth curve of the patch's tones explains under soft light, and
    the share of what sloping light alone leaves unexplained that is brighter than explained.

    Counted where the window is ``clear``. The fit is robust, the share is not: what lies over the photo costs
    something, and what differs all.
    """
    inner = np.s_[_RIM:-_RIM, _RIM:-_RIM]
    seen, known = (cv2.GaussianBlur(item, (0, 0), _LEVELS_BLUR)[inner] for item in (window, patch))
    told = cv2.erode(clear.astype(np.uint8), np.ones((5, 5), np.uint8))[inner].reshape(-1) > 0
    if not seen.size or float(told.mean()) < _LEAST_CLEAR or float(seen.std()) < 1e-3:
        return 0.0, 0.5
    tone = (known - known.mean()) / (float(known.std()) + 1e-3)
    down, along = np.meshgrid(
        np.linspace(-0.5, 0.5, seen.shape[0]), np.linspace(-0.5, 0.5, seen.shape[1]), indexing="ij"
    )
    sloping = (np.ones_like(tone), tone, tone**2, tone**3, along, down, along * tone, down * tone)
    spot = (along**2, down**2, along * down)
    target = seen.reshape(-1)[told]
    rest = _unexplained(target, (*sloping, *spot), told)
    plain = _unexplained(target, sloping, told)
    brighter = float((plain[plain > 0] ** 2).sum() / max(1e-6, float((plain**2).sum())))
    return max(0.0, 1.0 - float((rest**2).mean()) / float(target.var())), brighter


def _unexplained(
    target: NDArray[np.float64], terms: Sequence[NDArray[np.float64]], told: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """What a robust least-squares fit of the terms leaves of the target."""
    design = np.stack(terms, axis=-1).reshape(-1, len(terms))[told]
    weights = np.ones(len(target))
    for _ in range(_LEVELS_ROUNDS):
        root = np.sqrt(weights)
        curve, *_ = np.linalg.lstsq(design * root[:, None], target * root, rcond=None)
        rest = target - design @ curve
        spread = 1.48 * float(np.median(np.abs(rest))) + 1.0
        weights = 1 / (1 + (rest / (2 * spread)) ** 2)
    return np.asarray(rest, np.float64)


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
