"""Is it the same photograph? Registration and correlation of two pictures, no face recognition.

The chip holds the very photograph that is printed on the card, so print and capture change its colours,
sharpness and place a little, but not its structure. No face template is made or kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
_COLOURS_BLUR = 2.5
_PALE = 16.0
"""Standard deviation of colour below which light has bleached the photo or it had none: noise is up to 4."""
_COLOURLESS = 2.0
_LUMA = np.array([0.114, 0.587, 0.299], np.float32)
_RIM = 4
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
    levels: float = 1.0
    """0 ... 1: share of the printed photo's light and dark that the chip's explains, whatever curve of tones
    and whatever soft light lie between them. Two people in one pose have the same edges, but not the same
    dark and light. 0 where too little is left of the photo to say."""
    clear: float = 1.0
    """0 ... 1: share of the printed photo that no light has washed out to white."""
    brighter: float = 0.5
    """0 ... 1: share of what the chip's photograph leaves unexplained that is brighter than it should be. A
    lamp over the photo only adds light; another photograph is darker in as many places."""
    colours: float = 1.0
    """0 ... 1: share of the printed photo's colours that the chip's explain; 1 where one of them is too
    pale or too many are clipped."""


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
    shown = small[y : y + foot, x : x + width]
    washed = (np.median(shown, axis=2) >= _CLIPPED) & (patch[:foot] < _BRIGHT)
    score = _score(window[:foot], patch[:foot], height)
    levels, brighter = _levels(window[:foot], patch[:foot], _told(shown))
    small_chip = np.asarray(cv2.resize(chip, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    colours = _colours(shown, small_chip[:foot])
    return PhotographMatch(
        score, float(window.std()), box, levels, 1.0 - float(washed.mean()), brighter, colours
    )


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


def _told(shown: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where light and dark are to be seen: no channel is clipped, or not all where that leaves too little."""
    darkest, brightest = shown.min(axis=2), shown.max(axis=2)
    much = float((brightest < _CLIPPED).mean()) >= _MUCH_CLEAR
    return np.asarray((brightest if much else darkest) < _CLIPPED)


def _levels(window: Grey, patch: Grey, clear: NDArray[np.bool_]) -> tuple[float, float]:
    """Share of the window's variance that a smooth curve of the patch's tones explains under soft light, and
    the share of what sloping light alone leaves unexplained that is brighter than explained.

    Counted where the window is ``clear``. The fit is robust, the share is not: what lies over the photo costs
    something, and what differs all.
    """
    inner = np.s_[_RIM:-_RIM, _RIM:-_RIM]
    seen, known = (cv2.GaussianBlur(item, (0, 0), _LEVELS_BLUR)[inner] for item in (window, patch))
    told = cv2.erode(clear.astype(np.uint8), np.ones((5, 5), np.uint8))[inner].reshape(-1) > 0
    if not seen.size or float(told.mean()) < _LEAST_CLEAR:
        return 0.0, 0.5
    target = np.asarray(seen.reshape(-1)[told], np.float64)
    if float(target.std()) < 1e-3:
        return 0.0, 0.5
    tone = (known - known.mean()) / (float(known.std()) + 1e-3)
    down, along = np.meshgrid(
        np.linspace(-0.5, 0.5, seen.shape[0]), np.linspace(-0.5, 0.5, seen.shape[1]), indexing="ij"
    )
    sloping = (np.ones_like(tone), tone, tone**2, tone**3, along, down, along * tone, down * tone)
    spot = (along**2, down**2, along * down)
    rest = _unexplained(target, (*sloping, *spot), told)
    plain = _unexplained(target, sloping, told)
    brighter = float((plain[plain > 0] ** 2).sum() / max(1e-6, float((plain**2).sum())))
    return max(0.0, 1.0 - float((rest**2).mean()) / float(target.var())), brighter


def _colours(window: NDArray[np.uint8], patch: NDArray[np.uint8]) -> float:
    """Share of the window's differences of red and blue from green that the patch's colours explain.

    Counted where no channel is clipped; 1 where that leaves too little, or one of the two is too pale. The
    light may have a cast and slope; where it is stronger, a cast shows more.
    """
    inner = np.s_[_RIM:-_RIM:2, _RIM:-_RIM:2]
    seen, known = (
        cv2.GaussianBlur(item.astype(np.float32), (0, 0), _COLOURS_BLUR)[inner] for item in (window, patch)
    )
    clear = (window.max(axis=2) < _CLIPPED).astype(np.uint8)
    told = cv2.erode(clear, np.ones((5, 5), np.uint8))[inner].reshape(-1) > 0
    if not seen.size or float(told.mean()) < _MUCH_CLEAR:
        return 1.0
    if max(float((known[..., channel] - known[..., 1]).std()) for channel in (2, 0)) < _COLOURLESS:
        return 1.0
    tone, bright = (_levelled(item @ _LUMA) for item in (known, seen))
    red, blue = (_levelled(known[..., channel] - known[..., 1]) for channel in (2, 0))
    down, along = np.meshgrid(
        np.linspace(-0.5, 0.5, seen.shape[0]), np.linspace(-0.5, 0.5, seen.shape[1]), indexing="ij"
    )
    light = (along, down, bright, bright**2, red * bright, blue * bright)
    terms = (np.ones_like(tone), tone, tone**2, red, blue, red * tone, blue * tone, *light)
    targets = [
        np.asarray((seen[..., channel] - seen[..., 1]).reshape(-1)[told], np.float64) for channel in (2, 0)
    ]
    whole = sum(float(target.var()) for target in targets)
    if whole < _PALE**2:
        return 1.0
    rest = sum(float((_unexplained(target, terms, told) ** 2).mean()) for target in targets)
    return max(0.0, 1.0 - rest / whole)


def _levelled(values: Grey) -> Grey:
    return np.asarray((values - values.mean()) / (values.std() + 1.0), np.float32)


def _unexplained(
    target: NDArray[np.float64], terms: Sequence[NDArray[np.floating[Any]]], told: NDArray[np.bool_]
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
