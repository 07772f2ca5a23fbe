"""Pictures for training the finder of zones: pages and other print at every scale and angle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.clutter import backdrop
from scripts.specimens.mrz_pages import draw_page
from scripts.specimens.mrz_text import FORMATS, holder

__all__ = ["CELLS", "SIDE", "Pool", "Sample"]

Rng = np.random.Generator
Pixels = NDArray[np.uint8]
SIDE, CELLS = 320, 80
PADDING = 128
SAMPLES = Path(__file__).resolve().parent.parent / "sample_cards"


@dataclass(frozen=True)
class Sample:
    """One training picture."""

    pixels: Pixels
    """(320, 320) grey."""
    mask: NDArray[np.float32]
    """(80, 80) share of each cell inside a zone."""


def _cards() -> list[Pixels]:
    """Rendered residence cards: documents without a zone."""
    read = (cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in sorted(SAMPLES.glob("*/*.jpg"))[:40])
    found = [np.asarray(picture, np.uint8) for picture in read if picture is not None]
    return [cv2.resize(picture, (640, round(640 * picture.shape[0] / picture.shape[1]))) for picture in found]


def _leaflet(rng: Rng) -> Pixels:
    """Lines of ordinary print, typewriter's among them, and bars: what a zone is not."""
    out = np.full((500, 700), int(rng.integers(170, 255)), np.uint8)
    y, face = (
        20,
        int(rng.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_COMPLEX])),
    )
    while y < 480:
        scale = rng.uniform(0.3, 0.9) * (2 if face == cv2.FONT_HERSHEY_PLAIN else 1)
        words = (
            "".join(chr(int(c)) for c in rng.integers(65, 123, size=int(rng.integers(1, 11))))
            for _ in range(12)
        )
        text = " ".join(words)[: int(rng.integers(5, 80))]
        cv2.putText(
            out, text, (int(rng.integers(5, 200)), y), face, scale, int(rng.integers(0, 100)), 1, cv2.LINE_AA
        )
        y += int(rng.uniform(16, 60))
    if rng.random() < 0.4:
        bars = np.repeat(rng.integers(0, 2, 90) * 255, 3).astype(np.uint8)
        top = int(rng.integers(10, 430))
        out[top : top + 50, 50 : 50 + len(bars)] = bars
    return out


class Pool:
    """Pages, other documents and grounds drawn once; samples are composed from them."""

    def __init__(self, seed: int, pages: int = 140, grounds: int = 24) -> None:
        self.rng = rng = np.random.default_rng(seed)
        formats = [str(f) for f in rng.choice(list(FORMATS), pages, p=(0.3, 0.12, 0.46, 0.07, 0.05))]
        drawn = [draw_page(rng, holder(rng), format, 160, blank=rng.random() < 0.06) for format in formats]
        self.pages = [(cv2.cvtColor(p.pixels, cv2.COLOR_BGR2GRAY), p.corners) for p in drawn]
        self.others = [*_cards(), *(_leaflet(rng) for _ in range(40))]
        self.grounds = [
            cv2.cvtColor(backdrop(rng, (SIDE * 2, SIDE * 2)), cv2.COLOR_BGR2GRAY) for _ in range(grounds)
        ]

    def sample(self) -> Sample:
        """The next training picture; one in five has no zone."""
        rng = self.rng
        left, top = (int(v) for v in rng.integers(0, SIDE, size=2))
        canvas = self.grounds[int(rng.integers(len(self.grounds)))][
            top : top + SIDE, left : left + SIDE
        ].copy()
        mask = np.zeros((SIDE, SIDE), np.float32)
        if rng.random() < 0.25:
            self._lay(canvas, self.others[int(rng.integers(len(self.others)))], rng.uniform(0.3, 1.1))
        if rng.random() < 0.2:
            self._lay(canvas, self.others[int(rng.integers(len(self.others)))], rng.uniform(0.5, 1.2))
        else:
            page, zone = self.pages[int(rng.integers(len(self.pages)))]
            if rng.random() < 0.25:
                page, zone = self._cropped(page, zone)
            share = rng.uniform(0.45, 0.9) if rng.random() < 0.5 else rng.uniform(0.85, 1.12)
            place = self._lay(canvas, page, share)
            placed = cv2.perspectiveTransform(zone[None], place)
            cv2.fillPoly(mask, np.round(placed * 16).astype(np.int32), 1.0, cv2.LINE_AA, 4)
        cells = cv2.resize(mask, (CELLS, CELLS), interpolation=cv2.INTER_AREA)
        return Sample(self._camera(canvas), np.clip(cells, 0, 1))

    def _cropped(self, page: Pixels, zone: NDArray[np.float32]) -> tuple[Pixels, NDArray[np.float32]]:
        """The lower part of a page alone."""
        top = round(float(zone[0, 1]) * self.rng.uniform(0.5, 0.97))
        return page[top:], zone - np.array([0, top], np.float32)

    def _lay(self, canvas: Pixels, page: Pixels, share: float) -> NDArray[np.float64]:
        """Lay a page on the canvas in place, turned at will; the map from page to canvas."""
        rng = self.rng
        height, width = page.shape
        angle = np.deg2rad(float(rng.choice([0, 0, 90, 180, 270])) + rng.normal(0, 6))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
        quad = (flat - flat.mean(0)) * (SIDE * share / max(width, height)) @ turn.T + SIDE / 2
        quad += rng.normal(0, 0.05 * SIDE, 2) + rng.normal(0, 0.02 * SIDE * rng.random(), (4, 2))
        place = cv2.getPerspectiveTransform(flat.astype(np.float32), quad.astype(np.float32))
        soft = SIDE * share / max(width, height)
        source = cv2.GaussianBlur(page, (0, 0), 0.45 / soft) if soft < 0.8 else page
        laid = cv2.warpPerspective(source, place, (SIDE, SIDE))
        alpha = cv2.warpPerspective(np.full(page.shape, 255, np.uint8), place, (SIDE, SIDE)) > 127
        canvas[alpha] = laid[alpha]
        return np.asarray(place, np.float64)

    def _camera(self, canvas: Pixels) -> Pixels:
        rng = self.rng
        out: NDArray[np.floating[Any]] = canvas.astype(np.float32)
        if rng.random() < 0.4:
            out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 0.9))
        x, y = np.meshgrid(*[np.linspace(-1, 1, SIDE, dtype=np.float32)] * 2)
        out = out * (1 + rng.uniform(-0.35, 0.35) * x + rng.uniform(-0.35, 0.35) * y) * rng.uniform(0.5, 1.1)
        out = out + rng.uniform(0, 7) * rng.standard_normal(out.shape, np.float32) + rng.uniform(-10, 25)
        if rng.random() < 0.4:  # the picture is not square: the rest is padding
            cut = int(rng.integers(int(0.6 * SIDE), SIDE))
            out[cut:] = PADDING
        return np.clip(out, 0, 255).astype(np.uint8)
