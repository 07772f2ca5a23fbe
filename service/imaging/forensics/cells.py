"""Cells of a display: one fine pattern that runs over the card, its photograph and what lies beside them.

A card's own lines end at its edge, and the weave of a cloth at the card. The cells of a display run on. Seen
at an angle their frequency changes from place to place as a plane's perspective says, by two numbers for the
whole picture, also where the sensor folds a frequency back that is too high for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.imaging.forensics.pieces import Pieces

__all__ = ["Cells", "measure_cells"]

Array = NDArray[np.float64]
_FEWEST = 3
"""Pieces beside the card that a figure rests on."""
_PEAKS = 4
"""Strongest waves of each piece from which patterns are guessed."""
_APART = 5
"""Bins between two waves of one piece."""
_NEAR = 3
"""Bins within which a wave is found where the plane has it."""
_REACH = 0.10
"""Periods a pixel by which perspective may change a wave between two places."""
_TILT = 0.12
"""Change of scale over one picture width that a camera held over a display may give."""
_ENOUGH = 6.0
"""What lies above counts as this: one place with strong lines of its own must not speak for the others."""
_FOLDS = np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)], np.float64)
"""Whole frequencies of the sensor, periods a pixel, that a wave was folded by."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The pattern that is seen best on the card and beside it."""

    on_card: float
    """Mean over places of the card of the logarithm of its power over that of its surroundings, 6 at most."""
    beside: float
    """The same over the better half of the places beside the card: some of them may be a dark frame."""
    in_photo: float
    """The same on the photograph."""

    @property
    def strength(self) -> float:
        """What it has on each of the three."""
        return min(self.on_card, self.beside, self.in_photo)


@dataclass(frozen=True, slots=True)
class _Guess:
    """Patterns, one a row: a wave (periods a pixel) at the origin, the tilt of its plane, and its fold."""

    wave: Array
    tilt: Array
    fold: Array

    def at(self, place: Array) -> Array:
        """The waves as they are seen at a place, (n, 2)."""
        seen = self.wave * (1 - self.tilt @ place)[:, None] - self.tilt * (self.wave @ place)[:, None]
        return np.asarray(seen - self.fold, np.float64)


def measure_cells(card: Pieces, beside: Pieces | None, fine: NDArray[np.bool_]) -> Cells | None:
    """The pattern of a display in the pieces of a card and those beside it.

    ``fine`` tells which frequencies may be looked at, (size, size / 2 + 1). None where no piece lies on the
    photograph, or fewer than three beside the card.
    """
    if not card.photo or beside is None or len(beside.excess) < _FEWEST:
        return None
    points = np.concatenate([card.centres, beside.centres])
    middle = points.mean(axis=0)
    wide = float(np.ptp(points, axis=0).max())
    on, off = (_peaks(pieces, (pieces.centres - middle) / wide, fine) for pieces in (card, beside))
    guess = _guessed(on, off)
    if not len(guess.wave):
        return None
    printed = _seen(guess, card, (card.centres - middle) / wide, fine)
    around = np.sort(_seen(guess, beside, (beside.centres - middle) / wide, fine), axis=1)
    better = around[:, around.shape[1] // 2 :].mean(axis=1)
    ground, photo = printed[:, :-1].mean(axis=1), printed[:, -1]
    best = int(np.argmax(np.minimum(np.minimum(ground, better), photo)))
    return Cells(float(ground[best]), float(better[best]), float(photo[best]))


def _peaks(pieces: Pieces, places: Array, fine: NDArray[np.bool_]) -> tuple[Array, Array]:
    """The strongest waves of all pieces and the places they were seen at, both (n, 2)."""
    waves, at = [], []
    for plane, place in zip(pieces.excess, places, strict=True):
        highest = cv2.dilate(plane, np.ones((_APART, _APART), np.uint8))
        rows, columns = np.nonzero((plane == highest) & fine)
        best = np.argsort(-plane[rows, columns], kind="stable")[:_PEAKS]
        found = np.column_stack([columns[best], rows[best] - pieces.size // 2]) / pieces.size
        waves.append(found)
        at.append(np.broadcast_to(place, found.shape))
    return np.concatenate(waves), np.concatenate(at)


def _guessed(on: tuple[Array, Array], off: tuple[Array, Array]) -> _Guess:
    """Every wave of the card as it is, and every plane that joins it to a wave beside the card.

    A plane's wave w is seen as w (1 - t x) - t (w x) at the place x, as long as the tilt t is small. Two
    waves at two places give both numbers of t.
    """
    one, two = (part.ravel() for part in np.meshgrid(np.arange(len(on[0])), np.arange(len(off[0]))))
    near = np.hypot(*(on[0][one] - off[0][two]).T) < _REACH
    one, two = one[near], two[near]
    change = (off[0][two] - on[0][one])[:, None]
    between = (on[0][one] + off[0][two])[:, None] / 2 + _FOLDS
    step = (off[1][two] - on[1][one])[:, None]
    along = (between * step).sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        tilt = (between * (step * change).sum(axis=-1, keepdims=True) / (2 * along) - change) / along
    row, fold = np.nonzero((np.abs(tilt) < _TILT).all(axis=-1))
    flat = np.zeros_like(on[0])
    seen = np.concatenate([on[0], on[0][one[row]]])
    place = np.concatenate([on[1], on[1][one[row]]])
    tilts, folds = np.concatenate([flat, tilt[row, fold]]), np.concatenate([flat, _FOLDS[fold]])
    true = seen + folds
    wave = true * (1 + (tilts * place).sum(axis=1))[:, None] + tilts * (true * place).sum(axis=1)[:, None]
    return _Guess(wave, tilts, folds)


def _seen(guess: _Guess, pieces: Pieces, places: Array, fine: NDArray[np.bool_]) -> Array:
    """What each guessed pattern has in each piece, (patterns, pieces), 0 ... 6."""
    size, near = pieces.size, np.ones((_NEAR, _NEAR), np.uint8)
    out = np.zeros((len(guess.wave), len(places)))
    for column, (plane, place) in enumerate(zip(pieces.excess, places, strict=True)):
        wave = guess.at(place)
        wave = np.where(wave[:, :1] < 0, -wave, wave)
        x, y = np.round(wave * size + (0, size // 2)).astype(int).T
        inside = (x <= size // 2) & (y >= 0) & (y < size)
        x, y = np.where(inside, x, 0), np.where(inside, y, 0)
        value = np.where(inside & fine[y, x], cv2.dilate(plane, near)[y, x], 0.0)
        out[:, column] = np.clip(value, 0, _ENOUGH)
    return out
