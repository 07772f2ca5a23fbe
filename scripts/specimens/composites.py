"""Pictures for training the card finder: card-like rectangles of many designs on many grounds, with truth.

Most designs are invented; some are rendered specimens. Everything is drawn from one seeded generator.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.back import render_back
from scripts.specimens.clutter import backdrop
from scripts.specimens.front import render_front
from scripts.specimens.paint import Picture, rounded_mask
from scripts.specimens.people import card_data

__all__ = ["SIDE", "Pool", "Sample"]

Rng = np.random.Generator
SIDE = 256
"""Side of a training picture in pixels."""
_CARD = (256, 162)
_FINE = 1
"""Samples are composed at this many times their size and averaged."""


@dataclass(frozen=True)
class Sample:
    """One training picture and where its cards are."""

    pixels: NDArray[np.uint8]
    """(256, 256, 3) BGR."""
    mask: NDArray[np.float32]
    """(128, 128) share of each cell that is card, also where something lies on it."""
    corners: NDArray[np.float32]
    """(n, 2) x, y of every card's corners in pixels of the picture."""


def _colour(rng: Rng, low: int = 0, high: int = 255) -> tuple[int, int, int]:
    b, g, r = (int(v) for v in rng.integers(low, high, 3))
    return b, g, r


def _invented(rng: Rng) -> Picture:
    """A card that nobody issues: ground, bands, blocks, lines of print, a portrait-like patch."""
    width, height = _CARD
    pale = rng.random() < 0.7
    first, second = (np.array(_colour(rng, 170 if pale else 10, 255), np.float32) for _ in range(2))
    if rng.random() < 0.3:  # pale green to blue
        first, second = np.array([215, 235, 205], np.float32), np.array([240, 232, 205], np.float32)
    ramp = np.linspace(0, 1, width if rng.random() < 0.5 else height, dtype=np.float32)
    field = np.tile(ramp, (height, 1)) if len(ramp) == width else np.tile(ramp[:, None], (1, width))
    card = (first + (second - first) * field[..., None]).astype(np.uint8)
    if rng.random() < 0.6:
        top = int(rng.integers(0, height // 5))
        cv2.rectangle(card, (0, top), (width, top + int(rng.integers(8, 45))), _colour(rng), -1)
    for _ in range(int(rng.integers(0, 4))):
        x, y = int(rng.integers(0, width - 40)), int(rng.integers(0, height - 30))
        corner = (x + int(rng.integers(20, 140)), y + int(rng.integers(8, 60)))
        cv2.rectangle(card, (x, y), corner, _colour(rng), -1)
    if rng.random() < 0.7:
        x, y = int(rng.integers(5, width - 90)), int(rng.integers(10, height - 105))
        cv2.rectangle(card, (x, y), (x + 75, y + 95), _colour(rng), -1)
        cv2.ellipse(card, (x + 37, y + 45), (20, 27), 0, 0, 360, _colour(rng), -1)
    ink = _colour(rng, 0, 90) if pale else _colour(rng, 150, 255)
    for _ in range(int(rng.integers(2, 14))):
        place = (int(rng.integers(0, width - 60)), int(rng.integers(14, height - 4)))
        text = "".join(rng.choice(list("ABCDEFGHIJKLMN0123456789 ."), int(rng.integers(5, 22))))
        cv2.putText(card, text, place, cv2.FONT_HERSHEY_SIMPLEX, rng.uniform(0.25, 0.6), ink, 1, cv2.LINE_AA)
    return np.asarray(card, np.uint8)


def _plane(rng: Rng) -> Picture:
    """A scanner lid or a plain table, white and pale ones often."""
    base = np.array([rng.choice(np.array([250, 245, 235, 150, 24, int(rng.integers(255))]))] * 3, np.float32)
    base += rng.normal(0, 4, 3)
    if rng.random() < 0.35:
        base = np.array(_colour(rng), np.float32)
    ground = np.tile(base, (480, 640, 1)) + rng.normal(0, rng.uniform(0, 4), (480, 640, 1))
    return np.clip(ground, 0, 255).astype(np.uint8)


def _turn(rng: Rng, size: tuple[int, int]) -> NDArray[np.float32]:
    """Corners of a card, turned and seen at an angle, with the origin in its centre."""
    width, height = size
    plane = np.array([[-1, -0.63], [1, -0.63], [1, 0.63], [-1, 0.63]]) * 0.5
    angle = (
        rng.uniform(-np.pi, np.pi)
        if rng.random() < 0.35
        else rng.normal(0, 0.12) + rng.integers(4) * np.pi / 2
    )
    if rng.random() < 0.5:
        angle = rng.normal(0, 0.08)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    flat = plane @ turn.T
    tilt = rng.normal(0, 0.28, 2) * (rng.random() < 0.7)
    depth = 2.6 + flat @ np.sin(tilt)
    seen = flat * np.cos(tilt) / depth[:, None]
    seen -= (seen.max(0) + seen.min(0)) / 2
    zoom = min(width / np.ptp(seen[:, 0]), height / np.ptp(seen[:, 1]))
    return np.asarray(seen * zoom * rng.choice([rng.uniform(0.25, 0.6), rng.uniform(0.5, 0.98)]), np.float32)


class Pool:
    """Designs and grounds drawn once; samples are composed from them."""

    def __init__(self, seed: int, designs: int = 120, grounds: int = 120, specimens: int = 24) -> None:
        self.rng = np.random.default_rng(seed)
        self.designs = [_invented(self.rng) for _ in range(designs)] + self._rendered(specimens)
        self.grounds = [backdrop(self.rng, (640, 480)) if i % 3 else _plane(self.rng) for i in range(grounds)]
        self.mask = (rounded_mask(*_CARD) * 255).astype(np.uint8)

    def _rendered(self, count: int) -> list[Picture]:
        pictures = []
        for i in range(count):
            card = card_data(self.rng)
            face = render_back(card) if i % 4 == 3 else render_front(card)
            pictures.append(np.asarray(cv2.resize(face, _CARD, interpolation=cv2.INTER_AREA), np.uint8))
        return pictures * 3

    def sample(self) -> Sample:
        """The next training picture; about one in twenty shows no card, one in ten two."""
        rng, side = self.rng, SIDE * _FINE
        aspect = rng.choice([4 / 3, 3 / 4, 1.0, 1.4, 1.59, 0.7])
        width, height = (side, round(side / aspect)) if aspect >= 1 else (round(side * aspect), side)
        ground = self.grounds[int(rng.integers(len(self.grounds)))]
        if rng.random() < 0.5:
            ground = ground[:, ::-1]
        canvas = cv2.resize(ground, (width, height), interpolation=cv2.INTER_AREA)
        full = np.zeros((height, width), np.uint8)
        quads: list[NDArray[np.float32]] = []
        for _ in range(int(rng.choice([0, 1, 2], p=[0.05, 0.85, 0.10]))):
            quad = self._place(rng, (width, height), bool(quads))
            outline = np.zeros_like(full)
            cv2.fillPoly(outline, [np.round(quad).astype(np.int32)], 255)
            if quads and np.any(outline & full):
                continue
            canvas = self._lay(canvas, quad)
            full |= outline
            quads.append(quad)
        canvas = self._light(np.asarray(canvas, np.uint8), quads)
        return self._finish(canvas, full, quads)

    def _place(self, rng: Rng, size: tuple[int, int], second: bool) -> NDArray[np.float32]:
        width, height = size
        quad = _turn(rng, size)
        if second:
            quad *= 0.5
        low, high = -quad.min(0), np.array([width, height]) - quad.max(0)
        overhang = 0.12 * np.ptp(quad, axis=0) if rng.random() < 0.12 else np.zeros(2)
        return np.asarray(
            quad + rng.uniform(low - overhang, np.maximum(high + overhang, low - overhang + 1)), np.float32
        )

    def _lay(self, canvas: Picture, quad: NDArray[np.float32]) -> Picture:
        rng = self.rng
        height, width = canvas.shape[:2]
        design = self.designs[int(rng.integers(len(self.designs)))]
        w, h = _CARD
        source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
        matrix = cv2.getPerspectiveTransform(source, quad)
        card = cv2.warpPerspective(design, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        alpha = cv2.warpPerspective(self.mask, matrix, (width, height)).astype(np.float32) / 255
        dx, dy = rng.normal(0, 2.5, 2)
        move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
        cast = cv2.GaussianBlur(cv2.warpAffine(alpha, move, (width, height)), (0, 0), rng.uniform(0.5, 3.5))
        dark = canvas * (1 - rng.uniform(0, 0.5) * cast[..., None])
        return np.asarray(dark * (1 - alpha[..., None]) + card * alpha[..., None], np.uint8)

    def _light(self, canvas: Picture, quads: list[NDArray[np.float32]]) -> Picture:
        rng = self.rng
        height, width = canvas.shape[:2]
        out = canvas.astype(np.float32)
        x, y = np.meshgrid(
            np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
        )
        for _ in range(int(rng.integers(0, 3))):
            a = rng.uniform(0, 2 * np.pi)
            edge = (x - rng.uniform(-0.7, 0.7)) * np.cos(a) + (y - rng.uniform(-0.7, 0.7)) * np.sin(a)
            out *= (1 - rng.uniform(0, 0.5) / (1 + np.exp(-edge * rng.uniform(1, 40))))[..., None]
        if quads and rng.random() < 0.25:
            cx, cy = quads[0].mean(0) / (width / 2, height / 2) - 1 + rng.normal(0, 0.25, 2)
            spot = np.exp(
                -(((x - cx) / rng.uniform(0.05, 0.3)) ** 2 + ((y - cy) / rng.uniform(0.05, 0.3)) ** 2)
            )
            out += (spot * rng.uniform(40, 200))[..., None]
        if quads and rng.random() < 0.2:
            self._finger(out, quads[0])
        out *= rng.uniform(0.7, 1.15) * rng.uniform(0.92, 1.08, 3).astype(np.float32)
        return np.clip(out, 0, 255).astype(np.uint8)

    def _finger(self, out: NDArray[np.float32], quad: NDArray[np.float32]) -> None:
        rng = self.rng
        i = int(rng.integers(4))
        t = rng.uniform(0.15, 0.85)
        spot = quad[i] * (1 - t) + quad[(i + 1) % 4] * t
        away = spot - quad.mean(0)
        away /= np.linalg.norm(away) + 1e-6
        size = float(np.linalg.norm(quad[1] - quad[0]))
        tip, end = spot + away * size * rng.uniform(-0.02, 0.08), spot + away * size
        skin = np.array(
            [(150, 178, 224), (110, 142, 196), (70, 98, 150), (44, 62, 102)][int(rng.integers(4))]
        )
        ends = [(round(float(p[0])), round(float(p[1]))) for p in (tip, end)]
        tone = tuple(float(v) for v in skin * rng.uniform(0.7, 1.1))
        cv2.line(out, ends[0], ends[1], tone, max(2, round(size * 0.15)), cv2.LINE_AA)

    def _finish(self, canvas: Picture, full: Picture, quads: list[NDArray[np.float32]]) -> Sample:
        rng = self.rng
        if rng.random() < 0.5:
            canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.3, 1.3)), np.uint8)
        height, width = canvas.shape[:2]
        small = cv2.resize(canvas, (width // _FINE, height // _FINE), interpolation=cv2.INTER_AREA).astype(
            np.float32
        )
        small += rng.normal(0, rng.uniform(0, 7), small.shape)
        if rng.random() < 0.08:
            small[:] = small.mean(axis=2, keepdims=True)
        pixels = np.full((SIDE, SIDE, 3), 128, np.uint8)
        pixels[: small.shape[0], : small.shape[1]] = np.clip(small, 0, 255)
        whole = np.zeros((SIDE * _FINE, SIDE * _FINE), np.uint8)
        whole[:height, :width] = full
        mask = (
            cv2.resize(whole, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        )
        corners = np.concatenate(quads) / _FINE if quads else np.zeros((0, 2))
        return Sample(pixels, mask, corners.astype(np.float32))
