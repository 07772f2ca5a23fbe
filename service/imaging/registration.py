"""Two pictures of one thing laid on each other: a coarse search, then an affine fit to parts of a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Aligned", "local_contrast", "register"]

_COARSE_WIDTH = 96
"""Width of the template while its place is searched for."""
_SCALES = tuple(np.linspace(0.88, 1.12, 13))
_ASPECTS = (0.94, 0.97, 1.0, 1.03, 1.06)
_FINE_WIDTH = 128
"""Width of the aligned pictures; print and JPEG 2000 carry little more."""
_FINE_BLUR = 1.5
_FINE_RANGE = 24.0
"""Pixels at ``_FINE_WIDTH`` over which slow changes of light are taken out for the fit."""
_COARSE_RANGE = 12.0
_STOP = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)
_MOVED = 0.08
"""Share of the width by which the fit may move a corner: beyond that it has slipped to something else."""

Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Aligned:
    """The scene's part that shows the template, and the template, pixel on pixel."""

    seen: NDArray[np.uint8]
    """h x w x 3."""
    known: NDArray[np.uint8]
    """h x w x 3."""
    box: tuple[int, int, int, int]
    """x, y, width, height of the place in the scene that was given, pixels."""


def register(
    scene: NDArray[np.uint8], template: NDArray[np.uint8], nominal: tuple[float, float], foot: float
) -> Aligned:
    """Find the BGR ``template`` in the BGR ``scene`` and lay both on each other.

    ``nominal`` is the width and height in pixels that the template should have in the scene; ``foot`` the
    share of its height, from the top, that the fit looks at.
    """
    shrink = _COARSE_WIDTH / nominal[0]
    small = cv2.resize(scene, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    target = (nominal[0] * shrink, nominal[1] * shrink)
    x, y, width, height = _place(_luma(small), _luma(template), target, foot)
    box = (round(x / shrink), round(y / shrink), round(width / shrink), round(height / shrink))
    zoom = _FINE_WIDTH / width
    size = (_FINE_WIDTH, round(height * zoom))
    fine = cv2.resize(scene, None, fx=shrink * zoom, fy=shrink * zoom, interpolation=cv2.INTER_AREA)
    known = np.asarray(cv2.resize(template, size, interpolation=cv2.INTER_AREA), np.uint8)
    start = np.array([[1, 0, x * zoom], [0, 1, y * zoom]], np.float32)
    rows = round(size[1] * foot)
    warp = _fitted(_luma(fine), _luma(known)[:rows], start)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(fine, warp, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return Aligned(np.asarray(seen, np.uint8), known, box)


def local_contrast(grey: Grey, reach: float, blur: float = 1.0) -> Grey:
    """Luma with slow changes of light removed over ``reach`` pixels and its contrast levelled."""
    smooth = cv2.GaussianBlur(grey, (0, 0), blur)
    mean = cv2.GaussianBlur(smooth, (0, 0), reach)
    spread = np.sqrt(cv2.GaussianBlur((smooth - mean) ** 2, (0, 0), reach))
    return np.asarray(np.clip((smooth - mean) / (spread + 6.0), -3, 3), np.float32)


def _luma(picture: NDArray[np.uint8]) -> Grey:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.float32)


def _place(
    scene: Grey, template: Grey, target: tuple[float, float], foot: float
) -> tuple[int, int, int, int]:
    """x, y, width and height at which the template fits best, its foot left out."""
    levelled = local_contrast(scene, _COARSE_RANGE)
    best: tuple[float, int, int, int, int] | None = None
    for scale in _SCALES:
        for aspect in _ASPECTS:
            width, height = round(target[0] * scale), round(target[1] * scale * aspect)
            if width > scene.shape[1] or height > scene.shape[0]:
                continue
            patch = np.asarray(
                cv2.resize(template, (width, height), interpolation=cv2.INTER_AREA), np.float32
            )
            sought = local_contrast(patch, _COARSE_RANGE)[: round(height * foot)]
            response = cv2.matchTemplate(levelled, sought, cv2.TM_CCOEFF_NORMED)
            _, peak, _, (x, y) = cv2.minMaxLoc(response)
            if best is None or peak > best[0]:
                best = (peak, x, y, width, height)
    return (0, 0, scene.shape[1], scene.shape[0]) if best is None else best[1:]


def _fitted(scene: Grey, template: Grey, start: NDArray[np.float32]) -> NDArray[np.float32]:
    """The affine map from template to scene that maximises the enhanced correlation; ``start`` if none."""
    known, seen = (local_contrast(item, _FINE_RANGE, _FINE_BLUR) for item in (template, scene))
    try:
        _, warp = cv2.findTransformECC(known, seen, start.copy(), cv2.MOTION_AFFINE, _STOP, None, 1)
    except cv2.error:  # nothing to fit, or no convergence: the coarse place stays
        return start
    height, width = template.shape
    corners = np.array([(0, 0, 1), (width, 0, 1), (0, height, 1), (width, height, 1)], np.float32).T
    moved = float(np.abs((warp - start) @ corners).max())
    return np.asarray(warp, np.float32) if moved <= _MOVED * width else start
