"""The fine lines of the background: are they there, and do they run on beside the photo and under the fields?

All measures compare tiles of one card with other tiles of the same card.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box

__all__ = ["Lines", "measure_lines"]

_TILE = 8
"""Pixels of the half-size raster: 1.35 mm."""
_INK = 26.0
"""Luma below the local paper at which a pixel is print."""
_FEWEST = 40
_RING = 0.028
_LEAST_ENERGY = 0.3
_OCTAVES = (1.6, 3.2, 6.4)
"""Sigmas beyond the 0.8 that noise is parted by, in pixels of the half-size raster."""
_LEAST_CONTRAST = 0.05
"""Levels that keep a blank paper's logarithm finite."""
_INSET = 0.005
"""What is left out at a field's rim: a patch may begin there."""
_ASPECT = 1.586

Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lines:
    """Structure of the paper between the print, in levels of luma."""

    energy: float
    """Median over the tiles of the standard deviation that fine lines leave, noise taken out."""
    noise: float
    """The same for the finest structure, which is noise and compression."""
    seam: float
    """Jump of the paper's level around the photo against the spread of such jumps elsewhere."""
    smoothest_field: float
    """Least share of the energy around a field that is left inside it, 1 where nothing was covered."""
    smoothest_box: Box | None
    spectrum: tuple[float, float] = (0.0, 0.0)
    """Fineness of the background: logarithms of the contrast of its finest octave over the middle one, and of
    the middle one over the coarsest. Contrast and light fall out of them."""


def measure_lines(half: NDArray[np.uint8], photo: Box | None, fields: Mapping[str, Box]) -> Lines | None:
    """Measure a (319, 506, 3) BGR raster; None where too little of the paper is free of print."""
    luma = cv2.cvtColor(half, cv2.COLOR_BGR2GRAY).astype(np.float32)
    paper = cv2.morphologyEx(luma, cv2.MORPH_CLOSE, np.ones((11, 11), np.uint8))
    printed = cv2.dilate((paper - luma > _INK).astype(np.uint8), np.ones((3, 3), np.uint8))
    # Print would leak into the paper's measures through every blur, so it is filled with paper first.
    filled = np.where(printed > 0, paper, luma)
    coarse = cv2.GaussianBlur(filled, (0, 0), 3.5)
    medium = cv2.GaussianBlur(filled, (0, 0), 0.8)
    lines, fine = medium - coarse, filled - medium
    free = _tiles(1.0 - printed.astype(np.float32))
    usable = free > 0.97
    if photo is not None:
        usable &= ~_covered(usable.shape, photo)
    if np.count_nonzero(usable) < _FEWEST:
        return None
    noise = np.sqrt(_tiles(fine**2))
    energy = np.sqrt(np.maximum(_tiles(lines**2), 0))
    usual = float(np.median(energy[usable]))
    smoothest, where = _smoothest(lines, printed, fields, usual)
    return Lines(
        energy=usual,
        noise=float(np.median(noise[usable])),
        seam=_seam(coarse, printed, photo) if photo is not None else 0.0,
        smoothest_field=smoothest,
        smoothest_box=where,
        spectrum=_spectrum(filled, medium, usable),
    )


def _spectrum(filled: Grey, finest: Grey, usable: NDArray[np.bool_]) -> tuple[float, float]:
    """Octaves of the paper between 0.27 and 2.2 mm (sigma 0.14 to 1.1 mm), over the tiles without print."""
    planes = [finest, *(cv2.GaussianBlur(filled, (0, 0), sigma) for sigma in _OCTAVES)]
    contrasts = [
        float(np.sqrt(np.median(_tiles((fine - coarse) ** 2)[usable]))) + _LEAST_CONTRAST
        for fine, coarse in pairwise(planes)
    ]
    finest_, middle, coarsest = (float(np.log(value)) for value in contrasts)
    return finest_ - middle, middle - coarsest


def _tiles(values: Grey) -> Grey:
    """Mean of each tile."""
    rows, columns = values.shape[0] // _TILE, values.shape[1] // _TILE
    return np.asarray(
        cv2.resize(values[: rows * _TILE, : columns * _TILE], (columns, rows), interpolation=cv2.INTER_AREA),
        np.float32,
    )


def _covered(shape: tuple[int, ...], box: Box) -> NDArray[np.bool_]:
    mask = np.zeros(shape, np.bool_)
    x, y, w, h = box
    rows = slice(int((y - 0.02) * shape[0]), int(np.ceil((y + h + 0.02) * shape[0])))
    mask[rows, int((x - 0.02) * shape[1]) : int(np.ceil((x + w + 0.02) * shape[1]))] = True
    return mask


def _pixels(values: NDArray[np.generic], x0: float, y0: float, x1: float, y1: float) -> NDArray[np.generic]:
    height, width = values.shape
    return values[
        max(0, round(y0 * height)) : max(0, round(y1 * height)),
        max(0, round(x0 * width)) : max(0, round(x1 * width)),
    ]


def _level(coarse: Grey, printed: NDArray[np.uint8], box: tuple[float, float, float, float]) -> float | None:
    values, print_ = _pixels(coarse, *box), _pixels(printed, *box)
    paper = values[print_ == 0]
    return float(np.median(paper)) if paper.size >= 12 else None


def _seam(coarse: Grey, printed: NDArray[np.uint8], photo: Box) -> float:
    """Largest jump between a narrow ring around the photo and the next one, against jumps farther out."""
    x, y, w, h = photo
    step = _RING / 2
    high = step * _ASPECT
    jumps: list[float] = []
    usual: list[float] = []
    for k in range(4):
        near, far = (k + 0.6) * step, (k + 1.6) * step
        for side in range(3):
            pair = []
            for distance in (near, far):
                if side == 0:
                    box = (x - distance - step, y, x - distance, y + h)
                else:
                    top = y - (distance + step) * _ASPECT if side == 1 else y + h + distance * _ASPECT
                    box = (x, top, x + w, top + high)
                pair.append(_level(coarse, printed, box))
            if pair[0] is not None and pair[1] is not None:
                (jumps if k == 0 else usual).append(abs(pair[0] - pair[1]))
    if not jumps or not usual:
        return 0.0
    return float(max(jumps) / (np.median(usual) + 1.0))


def _smoothest(
    lines: Grey, printed: NDArray[np.uint8], fields: Mapping[str, Box], usual: float
) -> tuple[float, Box | None]:
    """The field whose paper has least structure against the paper around it.

    The edge of a band beside a field is no structure of the paper, so no more than ``usual`` is expected.
    """
    best: tuple[float, Box | None] = (1.0, None)
    for box in fields.values():
        x, y, w, h = box
        inset = _INSET * _ASPECT
        inside = _energy(lines, printed, (x + _INSET, y + inset, x + w - _INSET, y + h - inset))
        ring = 0.035
        around = [
            _energy(lines, printed, part)
            for part in ((x, y - ring, x + w, y - 0.004), (x, y + h + 0.004, x + w, y + h + ring))
        ]
        seen = [value for value in around if value is not None]
        if inside is None or not seen:
            continue
        ratio = inside / max(min((*seen, usual)), _LEAST_ENERGY)
        if ratio < best[0]:
            best = (float(ratio), box)
    return best


def _energy(lines: Grey, printed: NDArray[np.uint8], box: tuple[float, float, float, float]) -> float | None:
    values, print_ = _pixels(lines, *box), _pixels(printed, *box)
    paper = values[print_ == 0]
    return float(np.sqrt(np.mean(paper**2))) if paper.size >= 60 else None
