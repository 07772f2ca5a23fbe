"""Pictures for training the card finder: cards of many designs on many grounds, with the truth about them.

Everything is composed at the size the network sees and from one seeded generator: about 3 ms a picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.designs import CARD, colour, pool_of_cards, pool_of_grounds
from scripts.specimens.paint import Picture, rounded_mask

__all__ = ["GRID", "SIDE", "Pool", "Sample", "coverage"]

Rng = np.random.Generator
Plane = NDArray[np.float32]
SIDE = 256
"""Side of a training picture in pixels."""
GRID = 64
"""Cells to a side of what the network tells."""
_PADDING = 128
_SKINS = ((150, 178, 224), (110, 142, 196), (70, 98, 150), (44, 62, 102))
_FIELD = 32
"""Cells to a side of a field of light."""


@dataclass(frozen=True)
class Sample:
    """One training picture and where its cards are."""

    pixels: NDArray[np.uint8]
    """(256, 256, 3) BGR."""
    mask: Plane
    """(64, 64) share of each cell that is card, also where something lies on it."""
    corners: Plane
    """(n, 2) x, y of every card's corners in pixels of the picture, the first pixel's centre at 0, 0."""


def coverage(corners: Plane) -> Plane:
    """(64, 64) share of each cell inside a convex clockwise quad in pixels of the picture."""
    cells = (corners + 0.5) * (GRID / SIDE) - 0.5
    y, x = np.mgrid[0:GRID, 0:GRID].astype(np.float32)
    out = np.ones((GRID, GRID), np.float32)
    for (x0, y0), (x1, y1) in zip(cells, np.roll(cells, -1, axis=0), strict=True):
        length = float(np.hypot(x1 - x0, y1 - y0)) + 1e-6
        inside = ((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) / length
        out *= np.clip(inside + 0.5, 0, 1)
    return out


def _spin(rng: Rng) -> float:
    kind = rng.random()
    if kind < 0.45:
        return float(rng.normal(0, 0.09))
    if kind < 0.7:
        return float(rng.normal(0, 0.1) + rng.integers(4) * np.pi / 2)
    return float(rng.uniform(-np.pi, np.pi))


def _turn(rng: Rng, size: tuple[int, int]) -> Plane:
    """Corners of a card, turned and seen at an angle, with the origin in its centre."""
    width, height = size
    plane = np.array([[-1, -0.6306], [1, -0.6306], [1, 0.6306], [-1, 0.6306]]) * 0.5
    angle = _spin(rng)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    flat = plane @ turn.T
    tilt = rng.normal(0, 0.25, 2) * (rng.random() < 0.7)
    seen = flat * np.cos(tilt) / (3.2 + flat @ np.sin(tilt))[:, None]
    seen -= (seen.max(0) + seen.min(0)) / 2
    zoom = min(width / np.ptp(seen[:, 0]), height / np.ptp(seen[:, 1]))
    share = float(
        rng.choice([rng.uniform(0.28, 0.55), rng.uniform(0.5, 0.9), rng.uniform(0.85, 1.0)], p=_SIZES)
    )
    return np.asarray(seen * zoom * share, np.float32)


_SIZES = (0.22, 0.66, 0.12)


class Pool:
    """Designs and grounds drawn once; samples are composed from them."""

    def __init__(self, seed: int, designs: int = 220, grounds: int = 36, specimens: int = 150) -> None:
        self.rng = np.random.default_rng(seed)
        self.designs = pool_of_cards(self.rng, designs, specimens)
        self.grounds = pool_of_grounds(self.rng, grounds)
        self.outlines = [np.ones((h, w), np.float32) for w, h in (CARD, (CARD[0] // 2, CARD[1] // 2))]
        self.rounded = [rounded_mask(o.shape[1], o.shape[0]).astype(np.float32) for o in self.outlines]
        self.grain = self.rng.standard_normal((512, 512, 3)).astype(np.float32)

    def sample(self) -> Sample:
        """The next training picture; about one in twenty shows no card, one in twelve two."""
        rng = self.rng
        aspect = float(rng.choice([4 / 3, 4 / 3, 3 / 4, 1.0, 1.42, 1.59, 0.7]))
        size = (SIDE, round(SIDE / aspect)) if aspect >= 1 else (round(SIDE * aspect), SIDE)
        canvas = self._ground(size)
        for _ in range(int(rng.integers(1, 5)) if rng.random() < 0.35 else 0):
            self._sheet(canvas)
        quads: list[Plane] = []
        mask = np.zeros((GRID, GRID), np.float32)
        for _ in range(int(rng.choice([0, 1, 2], p=[0.05, 0.87, 0.08]))):
            quad = self._place(size, bool(quads))
            share = coverage(quad)
            if quads and np.any(np.minimum(share, mask)):
                continue
            canvas = self._lay(canvas, quad)
            mask = np.maximum(mask, share)
            quads.append(quad)
        for quad in quads:
            self._cover(canvas, quad)
        canvas = self._light(canvas, quads)
        pixels = np.full((SIDE, SIDE, 3), _PADDING, np.uint8)
        pixels[: size[1], : size[0]] = self._camera(canvas)
        corners = np.concatenate(quads) if quads else np.zeros((0, 2), np.float32)
        return Sample(pixels, mask, corners)

    def _ground(self, size: tuple[int, int]) -> Picture:
        """A piece of a ground, turned, mirrored and in other colours."""
        rng = self.rng
        ground = self.grounds[int(rng.integers(len(self.grounds)))]
        height, width = ground.shape[:2]
        scale = max(size[0] / width, size[1] / height) * rng.uniform(0.95, 1.8)
        angle = float(rng.choice([0, 180, rng.uniform(-180, 180)]))
        middle = (width / 2 + rng.uniform(-0.1, 0.1) * width, height / 2 + rng.uniform(-0.1, 0.1) * height)
        move = cv2.getRotationMatrix2D(middle, angle, scale)
        move[:, 2] += np.array(size) / 2 - middle
        out = cv2.warpAffine(ground, move, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        if rng.random() < 0.5:
            out = out[:, ::-1]
        if rng.random() < 0.3:
            gains = rng.uniform(0.6, 1.25, 3)
            out = cv2.convertScaleAbs(out) * gains
        return np.asarray(np.clip(out, 0, 255).astype(np.uint8), np.uint8)

    def _sheet(self, canvas: Picture) -> None:
        """A sheet, book or box without print: straight edges that are no card's."""
        rng = self.rng
        height, width = canvas.shape[:2]
        centre = rng.uniform(-0.1, 1.1, 2) * (width, height)
        size = rng.uniform(0.05, 0.55, 2) * max(width, height) * (2.2 if rng.random() < 0.25 else 1.0)
        tone = colour(rng, 40, 250) if rng.random() < 0.6 else colour(rng, 195, 252)
        box = cv2.boxPoints((tuple(map(float, centre)), tuple(map(float, size)), float(rng.uniform(0, 180))))
        at = np.round(box * 16).astype(np.int32)
        if rng.random() < 0.7:
            drop = np.round(rng.uniform(-2, 2, 2) * 16).astype(np.int32)
            shade = tuple(float(v) for v in canvas.mean((0, 1)) * 0.5)
            cv2.fillPoly(canvas, [at + drop], shade, cv2.LINE_AA, 4)
        cv2.fillPoly(canvas, [at], tone, cv2.LINE_AA, 4)

    def _place(self, size: tuple[int, int], second: bool) -> Plane:
        rng = self.rng
        width, height = size
        if not second and rng.random() < 0.04:  # the picture is the card
            rim = rng.uniform(-1.5, 3.0, (4, 2))
            flat = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * (width - 1, height - 1)
            return np.asarray(flat + rim * [[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float32)
        quad = _turn(rng, size) * (0.55 if second else 1.0)
        low, high = -quad.min(0), np.array([width, height]) - 1 - quad.max(0)
        overhang = 0.1 * np.ptp(quad, axis=0) if rng.random() < 0.08 else np.zeros(2)
        low, high = low - overhang, np.maximum(high + overhang, low - overhang + 1)
        where = (
            rng.uniform(low, high)
            if rng.random() < 0.5
            else (low + high) / 2 + rng.normal(0, 0.15, 2) * (high - low)
        )
        return np.asarray(quad + where, np.float32)

    def _lay(self, canvas: Picture, quad: Plane) -> Picture:
        rng = self.rng
        size = (canvas.shape[1], canvas.shape[0])
        long = float(max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[1])))
        level = int(long < 0.62 * CARD[0])
        design = self.designs[int(rng.integers(len(self.designs)))][level]
        outline = (self.rounded if rng.random() < 0.93 else self.outlines)[level]
        h, w = outline.shape
        source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32) - np.float32(0.5)
        matrix = cv2.getPerspectiveTransform(source, quad)
        if rng.random() < 0.5:
            design = np.clip(design * rng.uniform(0.75, 1.12, 3) + rng.uniform(-15, 15), 0, 255).astype(
                np.uint8
            )
        card = cv2.warpPerspective(design, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        alpha = cv2.warpPerspective(outline, matrix, size)
        if rng.random() < 0.85:
            spread = long * 0.0005
            move = np.array(
                [[1, 0, rng.uniform(-8, 8) * spread * 2], [0, 1, rng.uniform(-4, 12) * spread * 2]]
            )
            cast = cv2.GaussianBlur(cv2.warpAffine(alpha, move, size), (0, 0), rng.uniform(0.6, 3.0))
            canvas = np.asarray(
                cv2.multiply(canvas, cv2.merge([1 - rng.uniform(0, 0.5) * cast] * 3), dtype=cv2.CV_8U),
                np.uint8,
            )
        return np.asarray(cv2.blendLinear(card, canvas, alpha, 1 - alpha), np.uint8)

    def _cover(self, canvas: Picture, quad: Plane) -> None:
        """Fingers and now and then a pen over an edge."""
        rng = self.rng
        if rng.random() < 0.28:
            for _ in range(int(rng.integers(1, 4))):
                self._finger(canvas, quad)
        if rng.random() < 0.05:
            ends = rng.uniform(0, 1, (2, 2)) * canvas.shape[1::-1]
            tone = tuple(float(v) for v in rng.uniform(0, 220, 3))
            places = [(int(p[0]), int(p[1])) for p in ends]
            cv2.line(canvas, places[0], places[1], tone, int(rng.integers(2, 6)), cv2.LINE_AA)

    def _finger(self, canvas: Picture, quad: Plane) -> None:
        rng = self.rng
        i = int(rng.integers(4))
        t = rng.uniform(0.1, 0.9)
        spot = quad[i] * (1 - t) + quad[(i + 1) % 4] * t
        away = spot - quad.mean(0)
        away /= np.linalg.norm(away) + 1e-6
        along = rng.normal(0, 0.35)
        away = away @ np.array([[np.cos(along), -np.sin(along)], [np.sin(along), np.cos(along)]])
        size = float(np.linalg.norm(quad[1] - quad[0]))
        ends = [spot + away * size * rng.uniform(-0.03, 0.1), spot + away * size * rng.uniform(0.4, 1.0)]
        tone = np.array(_SKINS[int(rng.integers(4))]) * rng.uniform(0.6, 1.1)
        places = [(round(float(p[0])), round(float(p[1]))) for p in ends]
        thick = max(2, round(size * rng.uniform(0.1, 0.17)))
        mean = tuple(float(v) for v in np.minimum(tone, 255))
        cv2.line(canvas, places[0], places[1], mean, thick, cv2.LINE_AA)
        inner = tuple(float(v) for v in np.minimum(tone * 1.15, 255))
        cv2.line(canvas, places[0], places[1], inner, max(1, thick // 2), cv2.LINE_AA)

    def _light(self, canvas: Picture, quads: list[Plane]) -> Picture:
        """Uneven light, edges of shadows, reflections."""
        rng = self.rng
        height, width = canvas.shape[:2]
        x, y = np.meshgrid(*[np.linspace(-1, 1, _FIELD, dtype=np.float32)] * 2)
        angle = rng.uniform(0, 2 * np.pi)
        field = 1 + (x * np.cos(angle) + y * np.sin(angle)) * rng.uniform(0, 0.25)
        for _ in range(int(rng.choice([0, 1, 2], p=[0.55, 0.35, 0.1]))):
            a = rng.uniform(0, 2 * np.pi)
            edge = (x - rng.uniform(-0.7, 0.7)) * np.cos(a) + (y - rng.uniform(-0.7, 0.7)) * np.sin(a)
            field *= 1 - rng.uniform(0.05, 0.5) / (1 + np.exp(-edge * rng.uniform(2, 22)))
        field = cv2.resize(field.astype(np.float32), (width, height))
        out = cv2.multiply(canvas, cv2.merge([field] * 3), dtype=cv2.CV_8U)
        if quads and rng.random() < 0.3:
            cx, cy = (quads[0].mean(0) + 0.5) / (width / 2, height / 2) - 1 + rng.normal(0, 0.3, 2)
            rx, ry = rng.uniform(0.06, 0.32, 2)
            spot = np.exp(-(((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2)) * rng.uniform(30, 190)
            shine = cv2.resize(spot.astype(np.float32), (width, height))
            out = cv2.add(out, cv2.merge([shine] * 3), dtype=cv2.CV_8U)
        return np.asarray(out, np.uint8)

    def _camera(self, canvas: Picture) -> Picture:
        """Blur, colour cast, tone curve, noise."""
        rng = self.rng
        out = canvas
        if rng.random() < 0.5:
            out = np.asarray(cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 1.3)), np.uint8)
        gains = rng.uniform(0.7, 1.1) * rng.uniform(0.9, 1.1, 3)
        levels = (np.arange(256)[:, None] / 255) ** rng.uniform(0.8, 1.25) * gains * 255
        out = cv2.LUT(out, np.clip(levels, 0, 255).astype(np.uint8)[None])
        height, width = out.shape[:2]
        dx, dy = (int(v) for v in rng.integers(512 - SIDE, size=2))
        noise = self.grain[dy : dy + height, dx : dx + width]
        out = cv2.scaleAdd(
            noise, float(rng.choice([rng.uniform(0, 2), rng.uniform(0, 8)])), out.astype(np.float32)
        )
        if rng.random() < 0.06:
            out = cv2.merge([out.mean(axis=2)] * 3)
        return np.asarray(np.clip(out, 0, 255).astype(np.uint8), np.uint8)
