"""How often each place of a picture was saved: one that was edited was saved before and after.

The first saving rounds every frequency to its steps, the second one to other steps; what went through both
shows a rhythm in its values (Lukas and Fridrich 2003), what was put in between went through the second alone
and does not (Bianchi and Piva 2012). The values before any rounding are had from blocks half a block aside. A
picture that was saved once, or made smaller in between, shows no rhythm: nothing can be said of it. A file
without loss (PNG, TIFF) still shows the rhythm of the JPEG file that it was made from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.evidence import Box, ImageMetadata, Picture
from service.imaging.jpeg_blocks import FREQUENCIES, SIDE, Blocks, card_blocks
from service.imaging.metadata import ZIGZAG

__all__ = ["Compression", "Saved", "measure_compression"]

Floats = NDArray[np.float64]
_REACH = 60
"""Greatest value, in steps of the file, that is told apart."""
_STEPS = range(2, 61)
"""Steps of a first saving that are tried."""
_SIMULATED = 20_000
"""Values that the rhythm of a step is worked out from."""
_FEWEST = 300
"""Values beside zero that a frequency must have."""
_BLUR = 0.45
"""Spread, in levels, that rounding to whole colours between two savings gives a frequency."""
_RHYTHM = 0.02
"""Nats a value by which the rhythm must explain the values better than a single saving does."""
_LOOK = (5, 8)
"""Of ``FREQUENCIES``, those that are looked at first: coarse steps, and values enough."""
_CLEAR = 0.05
"""Nats a value that one of them must reach; pictures saved twice that can be asked have 0.1 and more."""
_SAYS = 1000.0
"""Nats that the whole card must be able to say."""
_LOSSLESS = frozenset({"PNG", "TIFF"})
"""Formats that keep what they were given, to whole levels."""
_RIM, _WIDEST = 0.25, 0.01
"""Rim in heights of the place, at most so much of the card."""
_CAP = 4.0
"""Nats that one value may say at most."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One place of the card."""

    once: float
    """Share of it that looks saved once, by its values' likelihood: about 0 for twice, 1 for once."""
    nats: float
    """By how much once and twice would lie apart here: how much can be said at all."""


@dataclass(frozen=True, slots=True)
class Compression:
    """A picture of which most was saved twice."""

    card: Saved
    places: Mapping[str, Saved]


@dataclass(frozen=True)
class _Rhythm:
    """One frequency: how much likelier each value is in what was saved once."""

    column: int
    step: float
    gain: float
    """Nats a value by which two savings explain the card better than one."""
    ratio: Floats
    """(2 * reach + 1,) log-likelihood ratio by value, 0 where it says nothing."""
    speaks: NDArray[np.bool_]
    once: float
    """Mean of the ratio where it was saved once."""
    twice: float


def measure_compression(
    picture: Picture, homography: NDArray[np.float64], places: Mapping[str, Box]
) -> Compression | None:
    """Where the card was saved once among what was saved twice.

    ``places`` are fractions of the card, ``homography`` maps raster to picture pixels. None for a file whose
    coder has no steps (HEIF, WebP), or that shows no rhythm.
    """
    steps = _steps(picture.metadata)
    first = card_blocks(picture, homography, few=True) if steps else None
    if first is None or not any(rhythm.gain > _CLEAR for rhythm in _rhythms(first, steps, _LOOK)):
        return None
    blocks = card_blocks(picture, homography)
    rhythms = list(_rhythms(blocks, steps)) if blocks is not None else []
    if blocks is None or not rhythms:
        return None
    said = _said(blocks, rhythms)
    card = _saved(said, np.ones(len(blocks.places), np.bool_))
    if card.nats < _SAYS:
        return None
    found = {name: _saved(said, _within(blocks, box)) for name, box in places.items()}
    return Compression(card, found)


def _steps(about: ImageMetadata) -> list[float]:
    """Levels to which the file rounds each of ``FREQUENCIES``; empty where that is not known."""
    if about.quantisation:
        table = dict(zip(ZIGZAG, about.quantisation[0], strict=True))
        return [max(1.0, float(table[row * SIDE + column])) for row, column in FREQUENCIES]
    return [1.0] * len(FREQUENCIES) if about.format in _LOSSLESS else []


def _rhythms(
    blocks: Blocks, steps: list[float], columns: Sequence[int] = range(len(FREQUENCIES))
) -> Iterator[_Rhythm]:
    noise = np.random.default_rng(0)  # the same for every picture: the measure must repeat
    for column in columns:
        step = steps[column]
        values = np.round(blocks.frequencies[:, column] / step)
        before = blocks.shifted[:, column]
        before = before[:: len(before) // _SIMULATED + 1]
        found = _rhythm(column, step, values, before, noise.normal(0, _BLUR, len(before)))
        if found is not None and found.gain > _RHYTHM:
            yield found


def _rhythm(
    column: int, step: float, values: NDArray[np.floating], before: NDArray[np.floating], blur: Floats
) -> _Rhythm | None:
    """The first step that explains the values best, and what each value then says."""
    counted = _counts(values)
    counted = (counted + counted[::-1]) / 2
    speaks = np.ones(len(counted), np.bool_)
    speaks[[0, _REACH, -1]] = False
    if counted[speaks].sum() < _FEWEST:
        return None
    once = _shares(_counts(np.round(before / step)), speaks)
    tried = [
        (first, _shares(_counts(np.round((np.round(before / first) * first + blur) / step)), speaks))
        for first in _STEPS
        if first != step
    ]
    weights = counted[speaks] / counted[speaks].sum()
    gains = [float(weights @ np.log(twice / once)) for _, twice in tried]
    best = int(np.argmax(gains))
    twice = tried[best][1]
    ratio = np.zeros(len(counted))
    ratio[speaks] = np.clip(np.log(once / twice), -_CAP, _CAP)
    return _Rhythm(
        column, step, gains[best], ratio, speaks, float(once @ ratio[speaks]), float(twice @ ratio[speaks])
    )


def _counts(values: NDArray[np.floating]) -> Floats:
    whole = np.clip(values, -_REACH, _REACH).astype(np.int64) + _REACH
    return np.bincount(whole, minlength=2 * _REACH + 1).astype(np.float64)


def _shares(counts: Floats, speaks: NDArray[np.bool_]) -> Floats:
    """Shares of the values that speak; both signs are alike, and nothing is impossible."""
    even = (counts + counts[::-1])[speaks] + 0.5
    return np.asarray(even / even.sum())


def _said(blocks: Blocks, rhythms: list[_Rhythm]) -> Floats:
    """(n, 3): what each block says, what it would say saved once, and saved twice."""
    said = np.zeros((len(blocks.places), 3))
    for rhythm in rhythms:
        values = np.round(blocks.frequencies[:, rhythm.column] / rhythm.step)
        at = np.clip(values, -_REACH, _REACH).astype(np.int64) + _REACH
        speaks = rhythm.speaks[at]
        said += np.stack([rhythm.ratio[at], speaks * rhythm.once, speaks * rhythm.twice], 1)
    return said


def _within(blocks: Blocks, box: Box) -> NDArray[np.bool_]:
    """Blocks of a place and of a rim of paper: whoever types over a text clears more than its signs."""
    x, y, w, h = box
    rim = min(_RIM * h, _WIDEST)
    inside = (blocks.places >= (x - rim, y - rim)) & (blocks.places <= (x + w + rim, y + h + rim))
    return np.asarray(inside.all(1))


def _saved(said: Floats, chosen: NDArray[np.bool_]) -> Saved:
    told, once, twice = (float(value) for value in said[chosen].sum(0))
    nats = once - twice
    return Saved((told - twice) / nats if nats > 0 else 0.0, nats)
