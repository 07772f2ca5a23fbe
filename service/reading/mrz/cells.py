"""One row of print: read along its whole length, find the pitch of its characters, read each in its cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.cards.mrz import ALPHABET
from service.models import session
from service.reading.mrz.strip import Row, Strip

__all__ = ["Grid", "Line", "fit_grid", "read_along", "read_cells", "surety"]

MODEL = "mrz-reader"
HEIGHT, PITCH, COLUMN = 32, 20, 4
"""Pixels: of a line's crop, from character to character, and of a column of the network's answer."""
CAPITALS = 20.0
"""Height of capitals in a crop."""
_MARGIN = 24
"""Pixels before the first and behind the last cell of a crop."""
_FINE = 2
"""Pixels of a crop between the places that are tried for a character."""
_FEWEST, _MOST = 13.0, 28.0
"""Pixels of a first crop between characters, at least and at most."""
_STRETCH = 0.22
"""How far one distance between characters may be from the usual one."""
_LEAST_SIGN = 0.45
"""Probability of a character from which a place holds one, rather than none."""
_WORST = -1e9

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the characters of a line stand."""

    x: NDArray[np.float64]
    """Middle of each character along the strip, pixels."""
    score: float
    """How well the count fits: 1 where every place holds a character and nothing else does, 0 for noise."""

    @property
    def pitch(self) -> float:
        """Strip pixels between characters, on average."""
        return float((self.x[-1] - self.x[0]) / (len(self.x) - 1))


@dataclass(frozen=True, slots=True)
class Line:
    """One line as read."""

    grid: Grid
    shares: Plane
    """(characters, 37) probability of each sign of the alphabet in each place."""


def _crop(
    strip: Strip, row: Row, x: NDArray[np.float64], scale: float, lift: float = 0.0
) -> NDArray[np.uint8]:
    """The row at places ``x`` of the strip, 32 px high; ``scale`` strip pixels are one of the crop's."""
    height, width = strip.grey.shape
    middle = row.middle(x, width)
    slant = np.gradient(middle, x)
    down = (np.arange(HEIGHT)[:, None] - (HEIGHT - 1) / 2 + lift) * scale
    map_x = (x[None] - slant[None] * down).astype(np.float32)
    map_y = (middle[None] + down).astype(np.float32)
    top, bottom = int(max(0, map_y.min() - 4)), int(min(height, map_y.max() + 5))
    if bottom - top < 2:
        return np.zeros((HEIGHT, len(x)), np.uint8)
    part = strip.grey[top:bottom]
    if scale > 1.25:
        part = cv2.GaussianBlur(part, (0, 0), 0.42 * scale)
    crop = cv2.remap(part, map_x, map_y - np.float32(top), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8)


def _run(crops: Sequence[NDArray[np.uint8]]) -> Plane:
    """(lines, columns, 38) probabilities: of each sign, and of standing between signs."""
    feed = np.stack(crops)[:, None].astype(np.float32)
    return np.asarray(session(MODEL, 1).run(None, {"line": feed})[0], np.float32).transpose(0, 2, 1)


def read_along(strip: Strip, rows: Sequence[Row]) -> tuple[Plane, NDArray[np.float64]]:
    """Read whole rows without knowing where their characters stand.

    Gives (rows, columns, 38) and the places of the columns along the strip.
    """
    scale = float(np.median([row.height for row in rows])) / CAPITALS
    count = int(strip.grey.shape[1] / scale) // COLUMN * COLUMN
    x = np.asarray((np.arange(count) + 0.5) * scale - 0.5, np.float64)
    answer = _run([_crop(strip, row, x, scale) for row in rows])
    return answer, x.reshape(-1, COLUMN).mean(axis=1)


def surety(answer: Plane) -> float:
    """How surely characters were read where there are any, 0 ... 1; ``answer`` is (columns, 38)."""
    here = answer[answer[:, -1] < 0.5, :-1]
    return float(here.max(axis=1).mean()) if len(here) else 0.0


def _usual_pitch(signs: Plane) -> float:
    """Crop pixels between characters, from how the answer repeats itself."""
    fine = np.interp(np.arange(0, len(signs) - 1, 0.25), np.arange(len(signs)), signs)
    even = fine - fine.mean()
    least, most = int(_FEWEST), int(_MOST)
    strengths = [float((even[lag:] * even[:-lag]).mean()) for lag in range(least, most + 1)]
    return float(least + int(np.argmax(strengths)))


def fit_grid(answer: Plane, x: NDArray[np.float64], count: int) -> Grid | None:
    """Place ``count`` characters at nearly even distances so that as much as possible is explained.

    ``answer`` is (columns, 38). None where the line is too short for so many.
    """
    signs = 1.0 - answer[:, -1]
    pitch = _usual_pitch(signs) / _FINE
    places = np.arange(0, len(signs) - 1, _FINE / COLUMN)
    gain = np.interp(places, np.arange(len(signs)), signs) - _LEAST_SIGN
    steps = np.arange(max(3, round(pitch * (1 - _STRETCH))), round(pitch * (1 + _STRETCH)) + 1)
    if len(gain) < count * steps[0]:
        return None
    path = _best_path(gain, count, steps, pitch)
    if path is None:
        return None
    found = _smooth(path.astype(np.float64), gain[path])
    inside = (places >= places[path[0]] - 0.5 * pitch * _FINE / COLUMN) & (
        places <= places[path[-1]] + 0.5 * pitch * _FINE / COLUMN
    )
    missed = float(np.maximum(gain[~inside], 0).sum()) / max(1.0, 0.35 * pitch)
    score = (float(gain[path].sum()) - missed) / (count * (1 - _LEAST_SIGN))
    along = np.interp(found, np.arange(len(places)), places)
    steady = np.polynomial.polynomial.polyfit(np.arange(len(x), dtype=float), x, 1)
    return Grid(np.asarray(steady[0] + steady[1] * along, np.float64), score)


def _best_path(gain: Plane, count: int, steps: NDArray[np.int_], pitch: float) -> NDArray[np.intp] | None:
    """Indices of ``count`` places with the greatest sum, each one of ``steps`` behind the last."""
    total = gain.astype(np.float64)
    came = np.zeros((count, len(gain)), np.intp)
    price = 0.6 * ((steps - pitch) / pitch) ** 2 * 4
    for place in range(1, count):
        options = np.full((len(steps), len(gain)), _WORST)
        for index, step in enumerate(steps):
            options[index, step:] = total[:-step] - price[index]
        best = options.argmax(axis=0)
        came[place] = steps[best]
        total = options[best, np.arange(len(gain))] + gain
    if total.max() < _WORST / 2:
        return None
    path = np.zeros(count, np.intp)
    path[-1] = int(total.argmax())
    for place in range(count - 1, 0, -1):
        path[place - 1] = path[place] - came[place, path[place]]
    return path


def _smooth(path: NDArray[np.float64], gain: Plane) -> NDArray[np.float64]:
    """The places on one gentle curve: a page bends, its characters do not jump."""
    index = np.linspace(-1, 1, len(path))
    weight = np.clip(gain + _LEAST_SIGN, 0.02, 1.0).astype(np.float64)
    for _ in range(3):
        curve = np.polynomial.polynomial.polyfit(index, path, 3, w=weight)
        off = np.abs(np.polynomial.polynomial.polyval(index, curve) - path)
        weight = weight / (1 + (off / 1.5) ** 2)
    return np.asarray(np.polynomial.polynomial.polyval(index, curve), np.float64)


def read_cells(
    strip: Strip, rows: Sequence[Row], grids: Sequence[Grid], tries: Sequence[tuple[float, float]]
) -> list[Line]:
    """Read lines again with every character in the middle of its cell.

    Each of ``tries`` is a height of the capitals as a share of the usual one, and a lift in crop pixels; what
    they see is averaged.
    """
    crops = []
    for row, grid in zip(rows, grids, strict=True):
        count = len(grid.x)
        width = -(-(count * PITCH + 2 * _MARGIN) // COLUMN) * COLUMN
        index = (np.arange(width) + 0.5 - _MARGIN) / PITCH - 0.5
        x = _extended(grid.x, index)
        scale = float(np.clip(grid.pitch / PITCH, 0.82 * row.height / CAPITALS, 1.25 * row.height / CAPITALS))
        crops += [_crop(strip, row, x, scale * share, lift) for share, lift in tries]
    answers = _run(crops).reshape(len(rows), len(tries), -1, len(ALPHABET) + 1)
    return [Line(grid, _shares(answer, len(grid.x))) for grid, answer in zip(grids, answers, strict=True)]


def _extended(x: NDArray[np.float64], index: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places along the strip at fractional character indices, carried on evenly beyond both ends."""
    inner = np.interp(index, np.arange(len(x)), x)
    before, after = x[1] - x[0], x[-1] - x[-2]
    left = x[0] + index * before
    right = x[-1] + (index - len(x) + 1) * after
    return np.where(index < 0, left, np.where(index > len(x) - 1, right, inner))


def _shares(answers: Plane, count: int) -> Plane:
    """(characters, 37): the mean of the tries, and of the columns around the middle of each cell."""
    mean = np.exp(np.log(np.maximum(answers[..., :-1], 1e-5)).mean(axis=0))
    middle = (_MARGIN + PITCH * (np.arange(count) + 0.5)) / COLUMN - 0.5
    low = np.floor(middle).astype(int)
    part = (middle - low)[:, None]
    near = (1 - part) * mean[low] + part * mean[low + 1]
    wide = (mean[low - 1] + mean[np.minimum(low + 2, len(mean) - 1)]) / 2
    mixed = 0.8 * near + 0.2 * wide
    return np.asarray(mixed / np.maximum(mixed.sum(axis=1, keepdims=True), 1e-6), np.float32)
