"""Pictures of pictures: a card on a display photographed again; laser, inkjet and grey copies on paper.

Everything varies: cells and size of the display, distance and angle of the camera, screen ruling, dots and
inks of the printer, paper, scanner or phone. The seed of a specimen gives the same picture again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.answers import ACCUSED
from scripts.specimens.capture import Shot, scan
from scripts.specimens.clutter import backdrop
from scripts.specimens.copier import grey_print, inkjet_print, laser_print
from scripts.specimens.front import render_front
from scripts.specimens.paint import HEIGHT, WIDTH, Picture
from scripts.specimens.people import card_data
from scripts.specimens.sensor import Pose, developed, look_at
from scripts.specimens.specimen import Bench, Specimen, forged_from, genuine_specimen, verdicts

__all__ = ["RECAPTURES", "on_display"]

Rng = np.random.Generator
Make = Callable[[Rng, Bench, int], Specimen]
Print = Callable[[Picture, Rng], Picture]
OUTLINE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)


def _cells(
    pose: Pose, per_pixel: float, rng: Rng, pattern: str, blur: float
) -> tuple[NDArray[np.float32], ...]:
    """How much light each colour of the display sends to every camera pixel, mean 1; planes B, G, R."""
    x, y = pose.places()
    x, y = x * per_pixel, y * per_pixel
    frequency = per_pixel / pose.scale
    """Display cells for one camera pixel."""
    wide, high = float(rng.uniform(0.22, 0.33)), float(rng.uniform(0.70, 0.90))
    planes = []
    for channel, phase in enumerate((2 / 3, 1 / 3, 0.0)):
        u, v, width = x, y, wide
        if pattern == "diamond" and channel != 1:
            u, v = np.asarray((x + y) / 2, np.float32), np.asarray((x - y) / 2, np.float32)
            width, phase = 0.5, 0.25
        if pattern == "square":
            phase, width = 0.0, 0.80
        planes.append(
            _aperture(np.asarray(u - phase, np.float32), width, frequency, blur)
            * _aperture(v, high, frequency, blur)
        )
    return tuple(planes)


def _aperture(u: NDArray[np.float32], width: float, frequency: float, blur: float) -> NDArray[np.float32]:
    """A row of slits, as the lens passes its first harmonics."""
    out = np.ones_like(u)
    for k in (1, 2):
        passed = float(np.exp(-2 * (np.pi * blur * frequency * k) ** 2)) * np.sinc(0.8 * k * frequency)
        strength = float(2 * np.sinc(width * k) * passed)
        if abs(strength) > 0.004:
            out += strength * np.cos(2 * np.pi * k * u).astype(np.float32)
    return out


def on_display(shot: Shot, rng: Rng) -> Shot:
    """A captured picture shown on a display and photographed from near by."""
    low, high = shot.corners.min(axis=0), shot.corners.max(axis=0)
    margin = (high - low) * rng.uniform(0.02, 0.10)
    x0, y0 = (int(v) for v in np.maximum(low - margin, 0))
    x1, y1 = (int(v) for v in high + margin)
    shown = np.ascontiguousarray(shot.pixels[y0:y1, x0:x1])
    frame = OUTLINE * np.array([shown.shape[1], shown.shape[0]], np.float32)
    pose = look_at(rng, frame, (0.85, 1.15))
    per_pixel = float(rng.uniform(700, 2000)) / shown.shape[1]
    pattern = str(rng.choice(["stripes", "diamond", "square"], p=[0.6, 0.25, 0.15]))
    planes = _cells(pose, per_pixel, rng, pattern, float(rng.uniform(0.35, 0.6)))
    light = (pose.warp(shown).astype(np.float32) / 255) ** 2.2
    light *= np.dstack(planes)
    light = 255 * np.clip(light * 0.95 + float(rng.uniform(0.0, 0.03)), 0, 1) ** (1 / 2.2)
    corners = pose.points((shot.corners - np.array([x0, y0])).astype(np.float32))
    return Shot(developed(light.astype(np.float32), rng), corners, "phone", None, int(rng.integers(75, 96)))


def _sheet_photo(printed: Picture, rng: Rng) -> Shot:
    """A cut-out print on a table, seen by a camera."""
    height, width = printed.shape[:2]
    pose = look_at(rng, OUTLINE * np.array([width, height], np.float32), (0.68, 0.9))
    ground = backdrop(rng, pose.size, None)
    inside = cv2.warpPerspective(np.ones((height, width), np.float32), pose.matrix, pose.size)
    laid = cv2.blendLinear(pose.warp(printed), ground, inside, np.asarray(1 - inside, np.float32))
    light = cv2.GaussianBlur(laid, (0, 0), float(rng.uniform(0.45, 0.9))).astype(np.float32)
    corners = pose.points(OUTLINE * np.array([width, height], np.float32))
    return Shot(developed(light, rng), corners, "phone", None, int(rng.integers(75, 96)))


def _copied(shot: Shot, front: Picture, rng: Rng, process: Print) -> Shot:
    first = np.asarray(cv2.GaussianBlur(front, (0, 0), float(rng.uniform(0.5, 0.9))), np.uint8)
    fine = np.asarray(cv2.resize(first, (2 * WIDTH, 2 * HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)
    printed = process(fine, rng)
    if shot.kind == "scan":
        return scan(printed, rng, int(rng.choice([300, 300, 400])), worn=0.0)
    return _sheet_photo(printed, rng)


def _family(name: str, change: Callable[[Shot, Picture, Rng], Shot]) -> Make:
    def make(rng: Rng, bench: Bench, seed: int) -> Specimen:
        base = genuine_specimen(card_data(rng, child=False), replace(bench, chip=False), seed)
        front = render_front(base.card, bench.style)
        answer = forged_from(
            base, name, "T7", ("image",), verdicts=verdicts(*ACCUSED, production=("forged", "invalid"))
        )
        later = np.random.default_rng([seed, int(rng.integers(2**31))])
        return Specimen(base.card, front, answer, base.request, edit=lambda shot: change(shot, front, later))

    return make


RECAPTURES: dict[str, Make] = {
    "display_photo": _family("display_photo", lambda shot, front, rng: on_display(shot, rng)),
    "copy_laser": _family("copy_laser", lambda s, f, rng: _copied(s, f, rng, laser_print)),
    "copy_inkjet": _family("copy_inkjet", lambda s, f, rng: _copied(s, f, rng, inkjet_print)),
    "copy_grey": _family("copy_grey", lambda s, f, rng: _copied(s, f, rng, grey_print)),
}
"""Family -> maker."""
