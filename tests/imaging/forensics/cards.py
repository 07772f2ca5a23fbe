"""Small synthetic cards of known texture: a raster that is its own picture."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import (
    RASTER_HEIGHT,
    RASTER_WIDTH,
    Box,
    CaptureKind,
    CardView,
    ImageMetadata,
    Picture,
    Quality,
    QualityFault,
    Role,
    Side,
)
from service.imaging.forensics import Traces

PHOTO: Box = (0.711, 0.304, 0.258, 0.546)
PX_PER_MM = RASTER_WIDTH / 85.6
LINES: dict[str, Box] = {name: (0.10, 0.14 + 0.10 * i, 0.45, 0.055) for i, name in enumerate("abcdefg")}
Pixels = NDArray[np.uint8]


def ground(seed: int = 1, noise: float = 2.0) -> NDArray[np.float32]:
    """A pale card with a blue band and the noise of a sensor, BGR."""
    rng = np.random.default_rng(seed)
    card = np.full((RASTER_HEIGHT, RASTER_WIDTH, 3), (215, 235, 222), np.float32)
    card[: RASTER_HEIGHT // 8] = (240, 212, 136)
    card += rng.normal(0, noise, card.shape)
    return card


def portrayed(card: NDArray[np.float32]) -> NDArray[np.float32]:
    """The card with something dark and soft, as a head is, where the photograph stands."""
    x, y, w, h = PHOTO
    head = np.zeros((RASTER_HEIGHT, RASTER_WIDTH), np.float32)
    middle = (round((x + w / 2) * RASTER_WIDTH), round((y + 0.45 * h) * RASTER_HEIGHT))
    cv2.ellipse(head, middle, (70, 100), 0, 0, 360, 1.0, -1)
    return np.asarray(card - 90 * cv2.GaussianBlur(head, (0, 0), 8)[..., None], np.float32)


def beside_photo() -> NDArray[np.float32]:
    """1 on the ground and 0 in the photograph, (height, width, 1)."""
    x, y, w, h = PHOTO
    mask = np.ones((RASTER_HEIGHT, RASTER_WIDTH, 1), np.float32)
    mask[round(y * RASTER_HEIGHT) : round((y + h) * RASTER_HEIGHT), round(x * RASTER_WIDTH) :][
        :, : round(w * RASTER_WIDTH)
    ] = 0
    return mask


def waves(period: float, degrees: float, depth: float) -> NDArray[np.float32]:
    """A regular pattern over the whole raster, (height, width, 1)."""
    yy, xx = np.mgrid[0:RASTER_HEIGHT, 0:RASTER_WIDTH].astype(np.float32)
    turn = np.deg2rad(degrees)
    wave = np.cos(2 * np.pi / period * (xx * np.cos(turn) + yy * np.sin(turn)))
    return np.asarray(depth * wave[..., None], np.float32)


def lettered(blur: dict[str, float], seed: int = 3) -> Pixels:
    """A card with one line of letters in each place, each seen through a lens of its own blur (sigma, px)."""
    base = ground(seed, 1.0)
    for name, (x, y, _, h) in LINES.items():
        layer = np.zeros((RASTER_HEIGHT, RASTER_WIDTH), np.uint8)
        foot = (round(x * RASTER_WIDTH), round((y + h * 0.8) * RASTER_HEIGHT))
        cv2.putText(layer, "HEXAGON 123456", foot, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 3, cv2.LINE_AA)
        cover = cv2.GaussianBlur(layer, (0, 0), blur.get(name, 1.6)).astype(np.float32)[..., None] / 255
        base = base * (1 - cover) + 25 * cover
    return finished(base)


def finished(card: NDArray[np.generic]) -> Pixels:
    return np.asarray(np.clip(card, 0, 255), np.uint8)


def traces(raster: Pixels, faults: tuple[QualityFault, ...] = (), px_per_mm: float = PX_PER_MM) -> Traces:
    """The raster as a picture that was taken straight from above."""
    quality = replace(Quality(px_per_mm, 0.9, 0.0, 0.0, 1.0, 200.0, 150.0), faults=faults)
    picture = Picture(Role.FRONT, "0" * 64, "image/png", raster, ImageMetadata("PNG"))
    view = CardView(Side.FRONT, Role.FRONT, raster, np.eye(3), CaptureKind.SCAN, quality, "x", 1.0)
    return Traces(picture, view, LINES, PHOTO)
