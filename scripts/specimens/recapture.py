"""Pictures of pictures: a card on a display photographed again; laser, inkjet and grey copies on paper.

Everything varies: cells and size of the display, distance and angle of the camera, screen ruling, dots and
inks of the printer, paper, scanner or phone. The seed of a specimen gives the same picture again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from scripts.specimens.answers import ACCUSED
from scripts.specimens.capture import Shot, scan
from scripts.specimens.clutter import backdrop
from scripts.specimens.copier import grey_print, inkjet_print, laser_print
from scripts.specimens.display import OUTLINE, on_display
from scripts.specimens.framed import on_framed_display
from scripts.specimens.front import render_front
from scripts.specimens.paint import HEIGHT, WIDTH, Picture
from scripts.specimens.people import card_data
from scripts.specimens.sensor import developed, look_at
from scripts.specimens.specimen import Bench, Specimen, forged_from, genuine_specimen, verdicts

__all__ = ["FRAMED", "RECAPTURES"]

Rng = np.random.Generator
Make = Callable[[Rng, Bench, int], Specimen]
Print = Callable[[Picture, Rng], Picture]


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

FRAMED: dict[str, Make] = {
    "display_framed": _family("display_framed", lambda shot, front, rng: on_framed_display(shot, rng)),
}
"""Drawn later: kept apart, so that what is drawn from all of RECAPTURES stays as it was."""
