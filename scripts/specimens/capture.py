"""What a scanner or a phone makes of a card: the way from a drawn card to a submitted picture."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scripts.specimens.clutter import backdrop
from scripts.specimens.paint import HEIGHT, WIDTH, Picture, rounded_mask

__all__ = ["Shot", "compose", "jpeg", "phone", "scan"]

Rng = np.random.Generator
CARD_MM = (85.60, 53.98)
LIDS = {"white": (246, 1.2), "grey": (150, 2.5), "black": (24, 1.5)}
"""Scanner lid: mean level and noise."""


@dataclass(frozen=True)
class Shot:
    """One capture and the truth about it."""

    pixels: NDArray[np.uint8]
    """(height, width, 3) BGR."""
    corners: NDArray[np.float32]
    """(4, 2) x, y of the card: top left, top right, bottom right, bottom left of the upright card."""
    kind: str
    """``scan`` or ``phone``."""
    dpi: int | None = None
    quality: int = 90
    """JPEG quality it is stored with."""

    def encode(self) -> bytes:
        """The JPEG file."""
        return jpeg(self.pixels, self.quality, self.dpi)


def jpeg(pixels: NDArray[np.uint8], quality: int = 90, dpi: int | None = None) -> bytes:
    """BGR picture as JPEG bytes."""
    out = io.BytesIO()
    more = {"dpi": (dpi, dpi)} if dpi else {}
    Image.fromarray(np.ascontiguousarray(pixels[..., ::-1])).save(out, "JPEG", quality=quality, **more)
    return out.getvalue()


def _blur(pixels: Picture, sigma: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8) if sigma > 0.25 else pixels


def _noise(pixels: Picture, rng: Rng, sigma: float) -> Picture:
    """Sensor noise; one small tile repeated at random places keeps it quick."""
    if sigma <= 0:
        return pixels
    tile = (rng.standard_normal((256, 256, 3)) * sigma).astype(np.int8)
    height, width = pixels.shape[:2]
    across, down = -(-width // 256) + 1, -(-height // 256) + 1
    dx, dy = (int(v) for v in rng.integers(256, size=2))
    field = np.tile(tile, (down, across, 1))[dy : dy + height, dx : dx + width]
    return np.asarray(np.clip(pixels.astype(np.int16) + field, 0, 255), np.uint8)


def _tone(pixels: Picture, gains: NDArray[np.float64], gamma: float) -> Picture:
    levels = np.arange(256) / 255
    table = np.clip((levels[:, None] ** gamma) * gains[None, :] * 255, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(pixels, table[None]), np.uint8)


def compose(
    card: Picture,
    ground: Picture,
    matrix: NDArray[np.float64],
    shadow: tuple[float, float, float] | None = None,
) -> Picture:
    """Lay the card with its rounded corners on a ground by a homography; ``shadow`` is dx, dy, strength."""
    height, width = ground.shape[:2]
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    source = _blur(card, 0.45 / scale) if scale < 0.8 else card
    flags = cv2.INTER_LINEAR if scale < 1.2 else cv2.INTER_CUBIC
    warped = cv2.warpPerspective(
        source, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    mask = cv2.warpPerspective(rounded_mask(card.shape[1], card.shape[0]), matrix, (width, height))
    base = ground
    if shadow:
        small = cv2.resize(mask, (width // 8, height // 8), interpolation=cv2.INTER_AREA)
        move = np.array([[1, 0, shadow[0] / 8], [0, 1, shadow[1] / 8]], np.float32)
        cast = cv2.GaussianBlur(cv2.warpAffine(small, move, (width // 8, height // 8)), (0, 0), 1.6)
        dark = 1 - shadow[2] * cv2.resize(cast, (width, height))
        base = cv2.multiply(ground, cv2.merge([dark] * 3), dtype=cv2.CV_8U)
    return np.asarray(cv2.blendLinear(warped, base, mask, np.asarray(1 - mask, np.float32)), np.uint8)


def _worn(card: Picture, rng: Rng, amount: float) -> Picture:
    """Fine scratches and faded corners, as on a card carried for years."""
    out = card.copy()
    for _ in range(int(14 * amount)):
        start = rng.uniform(0, 1, 2) * (WIDTH, HEIGHT)
        end = start + rng.normal(0, 70, 2)
        layer = out.copy()
        ends = [tuple(int(v) for v in p) for p in (start, end)]
        cv2.line(layer, ends[0], ends[1], (236, 238, 236), 1, cv2.LINE_AA)
        out = np.asarray(cv2.addWeighted(layer, 0.35, out, 0.65, 0), np.uint8)
    pale = np.full_like(out, 235)
    return np.asarray(cv2.addWeighted(out, 1 - 0.10 * amount, pale, 0.10 * amount, 0), np.uint8)


def _corners(matrix: NDArray[np.float64], width: int, height: int) -> NDArray[np.float32]:
    square = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    return np.asarray(cv2.perspectiveTransform(square, matrix)[0], np.float32)


def scan(
    card: Picture,
    rng: Rng,
    dpi: int = 300,
    *,
    lid: str | None = None,
    rotation: float | None = None,
    page: str = "cropped",
    worn: float | None = None,
    quality: int | None = None,
) -> Shot:
    """A flat-bed scan.

    ``rotation`` in degrees (None: any quarter turn and up to 4 degrees, sometimes any angle); ``page`` is
    ``cropped`` (margins of 4-25 mm) or ``a5`` (210 x 148 mm).
    """
    lid = lid or str(rng.choice(list(LIDS), p=[0.6, 0.2, 0.2]))
    if rotation is None:
        free = rng.random() < 0.15
        rotation = float(
            rng.uniform(-180, 180) if free else rng.choice([0, 0, 0, 90, 180, 270]) + rng.uniform(-4, 4)
        )
    per_mm = dpi / 25.4
    scale = CARD_MM[0] * per_mm / card.shape[1]
    angle = np.deg2rad(rotation)
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    span = np.array(
        [abs(cos) * CARD_MM[0] + abs(sin) * CARD_MM[1], abs(sin) * CARD_MM[0] + abs(cos) * CARD_MM[1]]
    )
    margins = rng.uniform(4, 25, 4) if page == "cropped" else None
    if margins is None:
        size = np.array([210.0, 148.0])
        left_top = rng.uniform(5, np.maximum(size - span - 5, 5.1))
    else:
        size, left_top = span + margins[:2] + margins[2:], margins[:2]
    centre = (left_top + span / 2) * per_mm
    w, h = card.shape[1] * scale, card.shape[0] * scale
    turn = np.array([[cos, -sin], [sin, cos]])
    matrix = np.eye(3)
    matrix[:2, :2] = turn * scale
    matrix[:2, 2] = centre - turn @ np.array([w / 2, h / 2])
    level, grain = LIDS[lid]
    pixels_size = np.round(size * per_mm).astype(int)
    ground = np.full((int(pixels_size[1]), int(pixels_size[0]), 3), level, np.uint8)
    used = float(rng.choice([0, 0.3, 1.0], p=[0.6, 0.3, 0.1])) if worn is None else worn
    surface = _worn(card, rng, used) if used else card
    lit = compose(surface, ground, matrix, (rng.uniform(-4, 4), rng.uniform(1, 6), 0.25))
    lit = _blur(lit, float(rng.uniform(0.3, 0.8)) * dpi / 300)
    lit = _tone(lit, rng.uniform(0.96, 1.02, 3), float(rng.uniform(0.92, 1.08)))
    lit = _noise(lit, rng, float(rng.uniform(0.8, 2.2)) + grain * 0.2)
    store = quality or int(rng.integers(82, 96))
    return Shot(lit, _corners(matrix, card.shape[1], card.shape[0]), "scan", dpi, store)


def _pose(
    rng: Rng,
    size: tuple[int, int],
    hardness: float,
    upright: bool,
    near: tuple[float, float] = (0.62, 0.86),
) -> NDArray[np.float64]:
    """A homography from the card into the photo: turned, tilted, somewhere near the middle."""
    width, height = size
    share = rng.uniform(*near) - 0.12 * hardness * rng.random()
    tilt = np.deg2rad(rng.uniform(-1, 1, 2) * (6 + 22 * hardness))
    spin = np.deg2rad(rng.normal(0, 3 + 6 * hardness))
    if not upright and rng.random() < 0.12:
        spin += np.pi * rng.choice([0.5, 1.0, 1.5])
    x, y = CARD_MM[0] / 2, CARD_MM[1] / 2
    plane = np.array([[-x, -y, 0], [x, -y, 0], [x, y, 0], [-x, y, 0]])
    cx, sx, cy, sy, cz, sz = (
        np.cos(tilt[0]),
        np.sin(tilt[0]),
        np.cos(tilt[1]),
        np.sin(tilt[1]),
        np.cos(spin),
        np.sin(spin),
    )
    rot_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    rot_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    rot_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    points = plane @ (rot_z @ rot_y @ rot_x).T
    points[:, 2] += rng.uniform(220, 340)
    flat = points[:, :2] / points[:, 2:]
    low, high = flat.min(0), flat.max(0)
    zoom = min(share * width / (high - low)[0], min(share, near[1]) * height / (high - low)[1])
    slack = (np.array([width, height]) - (high - low) * zoom) / 2 * 0.7
    shift = np.array([width, height]) / 2 - (low + high) / 2 * zoom + rng.uniform(-1, 1, 2) * slack
    target = (flat * zoom + shift).astype(np.float32)
    source = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(source, target), np.float64)


def _lighting(pixels: Picture, rng: Rng, hardness: float) -> Picture:
    """Uneven light, the shadow of a hand, and now and then a soft reflection."""
    height, width = pixels.shape[:2]
    h, w = height // 8, width // 8
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = ((xx / w - 0.5) * np.cos(angle) + (yy / h - 0.5) * np.sin(angle)) * (0.15 + 0.35 * hardness)
    field = 1 + ramp
    if rng.random() < 0.3 + 0.4 * hardness:
        edge = (xx / w - rng.uniform(0.1, 0.9)) * np.cos(angle + 1) + (
            yy / h - rng.uniform(0.2, 0.8)
        ) * np.sin(angle + 1)
        field *= 1 - (0.15 + 0.25 * hardness) / (1 + np.exp(-edge * rng.uniform(10, 40)))
    out = cv2.multiply(
        pixels, cv2.merge([cv2.resize(field.astype(np.float32), (width, height))] * 3), dtype=cv2.CV_8U
    )
    if rng.random() < 0.15 + 0.5 * hardness:
        gx, gy = rng.uniform(0.2, 0.8, 2) * (w, h)
        radius = rng.uniform(0.04, 0.08 + 0.08 * hardness) * w
        spot = np.exp(-(((xx - gx) / radius) ** 2 + ((yy - gy) / (radius * rng.uniform(0.4, 1))) ** 2))
        shine = cv2.resize((spot * rng.uniform(30, 60 + 120 * hardness)).astype(np.float32), (width, height))
        out = cv2.add(out, cv2.merge([shine] * 3), dtype=cv2.CV_8U)
    return np.asarray(out, np.uint8)


def _finger(pixels: Picture, matrix: NDArray[np.float64], rng: Rng) -> Picture:
    """A fingertip over the card's edge where nothing is printed: right of the name, or the lower rim."""
    place = [(1.015, 0.20, 0.0), (0.66, 1.03, 90.0), (-0.008, 0.62, 180.0)][int(rng.integers(3))]
    spot = cv2.perspectiveTransform(np.array([[[place[0] * WIDTH, place[1] * HEIGHT]]], np.float64), matrix)[
        0, 0
    ]
    unit = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2])))) * WIDTH
    direction = np.deg2rad(place[2]) + np.arctan2(matrix[1, 0], matrix[0, 0])
    skin = np.array(
        [(150, 178, 224), (110, 142, 196), (70, 98, 150), (44, 62, 102)][int(rng.integers(4))], np.float32
    )
    height, width = pixels.shape[:2]
    mask = np.zeros((height, width), np.float32)
    out_x, out_y = np.cos(direction), np.sin(direction)
    tip = (spot[0] + out_x * unit * 0.07, spot[1] + out_y * unit * 0.07)
    end = (spot[0] + out_x * unit * 0.5, spot[1] + out_y * unit * 0.5)
    thick = int(unit * 0.15)
    cv2.line(mask, (int(tip[0]), int(tip[1])), (int(end[0]), int(end[1])), 1.0, thick, cv2.LINE_AA)
    mask = cv2.GaussianBlur(mask, (0, 0), max(1.0, unit * 0.004))
    shade = cv2.GaussianBlur(mask, (0, 0), unit * 0.03)
    colour = (skin * (0.55 + 0.5 * shade[..., None])).astype(np.uint8)
    return np.asarray(cv2.blendLinear(colour, pixels, mask, np.asarray(1 - mask, np.float32)), np.uint8)


def _motion(pixels: Picture, rng: Rng, length: float) -> Picture:
    size = int(length) | 1
    if size < 3:
        return pixels
    kernel = np.zeros((size, size), np.float32)
    angle = rng.uniform(0, np.pi)
    c, dx, dy = size // 2, np.cos(angle) * size / 2, np.sin(angle) * size / 2
    cv2.line(kernel, (round(c - dx), round(c - dy)), (round(c + dx), round(c + dy)), 1.0, 1, cv2.LINE_AA)
    return np.asarray(cv2.filter2D(pixels, -1, kernel / kernel.sum()), np.uint8)


def phone(
    card: Picture,
    rng: Rng,
    hardness: float = 0.3,
    *,
    size: tuple[int, int] = (1600, 1200),
    finger: bool | None = None,
    background: str | None = None,
    upright: bool = False,
    quality: int | None = None,
    near: tuple[float, float] = (0.62, 0.86),
) -> Shot:
    """A photo from the hand; ``hardness`` 0 (careful) ... 1 (hardly usable).

    ``size=(4032, 3024)`` is a 12-megapixel photo; ``upright`` rules out quarter turns; ``near`` is the share
    of the picture that the card takes at most.
    """
    ground = backdrop(rng, size, background)
    matrix = _pose(rng, size, hardness, upright, near)
    unit = float(np.linalg.norm(np.diff(_corners(matrix, WIDTH, HEIGHT)[:2], axis=0))) / WIDTH
    shadow = (
        float(rng.uniform(-8, 8)) * unit,
        float(rng.uniform(2, 12)) * unit,
        float(rng.uniform(0.25, 0.5)),
    )
    lit = compose(card, ground, matrix, shadow)
    if finger or (finger is None and rng.random() < 0.15 + 0.2 * hardness):
        lit = _finger(lit, matrix, rng)
    lit = _lighting(lit, rng, hardness)
    lit = _blur(lit, unit * float(rng.uniform(0.35, 0.6 + 1.2 * hardness)))
    if rng.random() < 0.2 + 0.4 * hardness:
        lit = _motion(lit, rng, unit * rng.uniform(1, 2 + 3 * hardness))
    cast = 1 + rng.uniform(-1, 1, 3) * (0.03 + 0.09 * hardness)
    lit = _tone(lit, cast * rng.uniform(0.85, 1.03), float(rng.uniform(0.85, 1.15)))
    lit = _noise(lit, rng, float(rng.uniform(1.0, 2.5 + 4 * hardness)))
    return Shot(lit, _corners(matrix, WIDTH, HEIGHT), "phone", None, quality or int(rng.integers(80, 94)))
