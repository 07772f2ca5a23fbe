"""White that a reflection lays over print: what a frame has beside a share of the card's own picture.

Print against the ground right beside it tells how much of the light of a place is left (gain, and blur
besides); what ground and print have beyond that share is veil (least squares). A shadow, its soft edge, a
dimmer lamp are gain, a shaken or slanted frame is blur; light that the surface throws back is veil, as much
on ink as on paper.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from service.imaging.tilt.balance import CLIPPED
from service.imaging.tilt.raster import HEIGHT, WIDTH

__all__ = ["COLUMNS", "ROWS", "Cells", "veil"]

ROWS, COLUMNS = 7, 11
_BESIDE = 4.0
"""Pixels (sigma, 1.4 mm) that count as right beside: light hardly changes over them."""
_SOFT = 1.5
"""Pixels (sigma) of the blur that is told from a veil."""
_PRINT = 8.0
"""Levels by which the print of a cell must stand out (root mean square) to tell adding from multiplying."""
_EXPLAINED = 0.8
"""Share of a cell's detail that its own print, fainter or softer, must explain: an edge of light does not."""
_CLEAR = 0.15
"""Share of a cell that must not be clipped."""
_LIFT = 1.6
"""Most that print may be lifted, in parts of what the whole cell is lifted: gamma lifts dark tones more."""

Cells = NDArray[np.float32]
"""(frames, 7, 11), or (1, 7, 11), one value per cell of the card; also with the pixels of a cell behind."""


def veil(rasters: NDArray[np.uint8], changing: NDArray[np.bool_]) -> Cells:
    """Levels of white added in every cell of a clip (frames, 319, 506, 3), beyond the median of the frame.

    Frames are as they came, not balanced. Cells that hold any of ``changing`` (319, 506), which may be film,
    and cells without print or without clear pixels have 0.
    """
    small = rasters[:, ::2, ::2]
    luma, clear = small.astype(np.float32).mean(axis=-1), _cells(small.max(axis=-1) < CLIPPED)
    added, lift, told = _fit(luma, clear)
    told &= ~np.asarray(_cells(changing[None, ::2, ::2]).max(axis=-1) > 0)
    for frame, known in enumerate(told):
        if known.any():
            added[frame] -= np.median(added[frame][known])
    return np.where(told, np.maximum(np.minimum(added, lift), 0.0), 0.0).astype(np.float32)


def _fit(luma: Cells, clear: Cells) -> tuple[Cells, Cells, NDArray[np.bool_]]:
    """Veil, most that it may be, and where either is known; of every cell of every frame."""
    count = np.maximum(clear.sum(axis=-1), 1.0)

    def mean(values: Cells) -> Cells:
        return np.asarray((values * clear).sum(axis=-1) / count, np.float32)

    grounds = np.stack([_ground(frame) for frame in luma])
    # The card's own print is a share of its ground: so a shadow that some frames have leaves no edge in it.
    ground = np.asarray(np.median(grounds, axis=0), np.float32)
    still = np.asarray(ground * np.median(luma / np.maximum(grounds, 1.0), axis=0), np.float32)
    soft = np.asarray(cv2.GaussianBlur(still, (0, 0), _SOFT) - still, np.float32)
    print_, blur = _cells((still - ground)[None]), _cells((soft - _ground(soft))[None])
    detail = _cells(luma - grounds)
    spread, both = mean(print_ * print_), mean(print_ * blur)
    softness = mean(blur * blur) + 1.0  # a weak pull to no blur
    to_print, to_blur = mean(print_ * detail), mean(blur * detail)
    whole = np.maximum(spread * softness - both**2, 1e-3)
    gain = (to_print * softness - to_blur * both) / whole
    softer = (to_blur * spread - to_print * both) / whole
    explained = (gain * to_print + softer * to_blur) / np.maximum(mean(detail * detail), 1e-3)
    # Ground is asked where the print is that told the gain: a shadow's edge may run through the cell.
    weight = print_ * print_
    beyond = mean(weight * (_cells(grounds) - gain[..., None] * _cells(ground[None])))
    told = np.asarray((clear.mean(axis=-1) >= _CLEAR) & (spread >= _PRINT**2) & (explained >= _EXPLAINED))
    light, usual = mean(_cells(luma)), mean(_cells(still[None]))
    share = [
        float(np.median((f / np.maximum(u, 1.0))[t])) if t.any() else 1.0
        for f, u, t in zip(light, usual, told, strict=True)
    ]
    # A veil brightens the cell as a whole: what only flattens its print is none.
    lift = np.asarray(_LIFT * (light - np.asarray(share, np.float32)[:, None, None] * usual), np.float32)
    return np.asarray(beyond / np.maximum(spread, 1e-3), np.float32), lift, told


def _ground(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), _BESIDE), np.float32)


def _cells(planes: NDArray[np.float32] | NDArray[np.bool_]) -> Cells:
    """(frames, rows, columns, pixels) of planes at half the raster's size."""
    frames = len(planes)
    height, width = (HEIGHT // 2) // ROWS, (WIDTH // 2) // COLUMNS
    cut = planes[:, : height * ROWS, : width * COLUMNS]
    blocks = cut.reshape(frames, ROWS, height, COLUMNS, width).transpose(0, 1, 3, 2, 4)
    return np.asarray(blocks.reshape(frames, ROWS, COLUMNS, height * width), np.float32)
