"""The scanner and the camera of style ``c``.

The scanner is a contact sensor: a row of cells of unequal gain, three colours taken one after the other, and
a driver that sharpens. The camera darkens towards the rim, has cells of one colour each, and software that
cleans, sharpens and brightens what it took.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.capture import CARD_MM, Shot
from scripts.specimens.clutter import backdrop
from scripts.specimens.paint import Picture, rounded_mask

__all__ = ["photographed", "scanned"]

Rng = np.random.Generator
Plane = NDArray[np.float32]
Matrix = NDArray[np.float64]


def _laid(card: Picture, ground: Picture, matrix: Matrix, shade: float) -> NDArray[np.float32]:
    """The card on a ground, with a narrow dark rim where its edge stands off; 0 ... 255."""
    height, width = ground.shape[:2]
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    soft = cv2.GaussianBlur(card, (0, 0), 0.5 / scale) if scale < 0.9 else card
    flat = cv2.warpPerspective(
        soft, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    cover = cv2.warpPerspective(rounded_mask(card.shape[1], card.shape[0]), matrix, (width, height))
    rim = np.clip(cv2.GaussianBlur(cover, (0, 0), 3.0 * scale) - cover, 0, 1)
    base = ground.astype(np.float32) * (1 - shade * rim)[..., None]
    return np.asarray(base + (flat.astype(np.float32) - base) * cover[..., None], np.float32)


def _sharpened(light: NDArray[np.float32], amount: float, reach: float) -> NDArray[np.float32]:
    return np.asarray(light + amount * (light - cv2.GaussianBlur(light, (0, 0), reach)), np.float32)


def _contrast(light: NDArray[np.float32], bend: float) -> NDArray[np.float32]:
    """A curve that is flat at both ends."""
    v = np.clip(light / 255, 0, 1)
    return np.asarray(255 * (v + bend * (v * v * (3 - 2 * v) - v)), np.float32)


def _corners(matrix: Matrix, card: Picture) -> NDArray[np.float32]:
    height, width = card.shape[:2]
    square = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    return np.asarray(cv2.perspectiveTransform(square, matrix)[0], np.float32)


def _turned(card: Picture, dpi: int, rng: Rng) -> tuple[Matrix, tuple[int, int]]:
    """Where the card lies on the glass, and how much of the glass is kept."""
    per_mm, angle = dpi / 25.4, np.deg2rad(float(rng.choice([0, 0, 0, 0, 180, 90]) + rng.normal(0, 1.6)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    span = np.abs(turn) @ np.array(CARD_MM)
    before, after = rng.uniform(3, 18, 2), rng.uniform(3, 18, 2)
    scale = CARD_MM[0] * per_mm / card.shape[1]
    matrix = np.eye(3)
    matrix[:2, :2] = turn * scale
    middle = np.array([card.shape[1] * scale, card.shape[0] * scale]) / 2
    matrix[:2, 2] = (before + span / 2) * per_mm - turn @ middle
    width, height = (int(v) for v in np.round((before + span + after) * per_mm))
    return matrix, (width, height)


def _dust(light: NDArray[np.float32], rng: Rng) -> None:
    height, width = light.shape[:2]
    for _ in range(int(rng.poisson(6))):
        x, y, r = int(rng.integers(width)), int(rng.integers(height)), int(rng.integers(1, 3))
        cv2.circle(
            light, (x, y), r, tuple(float(v) for v in rng.uniform(60, 190) * np.ones(3)), -1, cv2.LINE_AA
        )


def scanned(card: Picture, rng: Rng, dpi: int = 300) -> Shot:
    """From the glass of a contact scanner."""
    matrix, size = _turned(card, dpi, rng)
    lid = rng.choice([238.0, 222.0, 70.0], p=[0.6, 0.25, 0.15]) + np.array([0, 1.5, -2.0])
    ground = np.clip(np.full((size[1], size[0], 3), lid) + rng.normal(0, 1.0, (size[1], 1, 3)), 0, 255)
    light = _laid(card, ground.astype(np.uint8), matrix, float(rng.uniform(0.2, 0.6)))
    light = np.asarray(
        cv2.GaussianBlur(light, (0, 0), float(rng.uniform(0.45, 0.75)) * dpi / 300), np.float32
    )
    for channel, shift in ((0, 0.30), (2, -0.30)):  # colours are taken one after the other
        move = np.array([[1, 0, 0], [0, 1, shift * float(rng.uniform(0.5, 1.2))]])
        light[..., channel] = cv2.warpAffine(light[..., channel], move, size, borderMode=cv2.BORDER_REPLICATE)
    cells = 1 + rng.normal(0, 0.004, (1, size[0], 1)).astype(np.float32)
    light = light * cells * rng.uniform(0.97, 1.02, 3).astype(np.float32)
    _dust(light, rng)
    light = _contrast(
        _sharpened(light, float(rng.uniform(0.3, 1.0)), 1.1 * dpi / 300), float(rng.uniform(0, 0.35))
    )
    light += rng.standard_normal(light.shape, np.float32) * float(rng.uniform(0.5, 1.6))
    pixels = np.clip(light, 0, 255).astype(np.uint8)
    return Shot(pixels, _corners(matrix, card), "scan", dpi, int(rng.integers(75, 98)))


def _seen(card: Picture, size: tuple[int, int], rng: Rng) -> Matrix:
    """A camera held over the card by hand."""
    width, height = size
    x, y = CARD_MM[0] / 2, CARD_MM[1] / 2
    plane = np.array([[-x, -y, 0], [x, -y, 0], [x, y, 0], [-x, y, 0]])
    pitch, yaw, roll = np.deg2rad(rng.normal(0, (5.0, 5.0, 2.5)))
    turn, _ = cv2.Rodrigues(np.array([pitch, yaw, roll]))
    seen = plane @ np.asarray(turn).T
    seen[:, 2] += float(rng.uniform(190, 300))
    flat = seen[:, :2] / seen[:, 2:]
    span = flat.max(0) - flat.min(0)
    zoom = float(rng.uniform(0.68, 0.88)) * min(width / span[0], height / span[1])
    free = (np.array(size) - span * zoom) / 2
    target = (
        (flat - (flat.max(0) + flat.min(0)) / 2) * zoom
        + np.array(size) / 2
        + rng.uniform(-0.5, 0.5, 2) * free
    )
    tall, wide = card.shape[:2]
    source = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(source, target.astype(np.float32)), np.float64)


def _one_colour_a_cell(pixels: Picture) -> Picture:
    raw = np.empty(pixels.shape[:2], np.uint8)
    raw[::2, ::2], raw[1::2, 1::2] = pixels[::2, ::2, 1], pixels[1::2, 1::2, 1]
    raw[::2, 1::2], raw[1::2, ::2] = pixels[::2, 1::2, 2], pixels[1::2, ::2, 0]
    return np.asarray(cv2.cvtColor(raw, cv2.COLOR_BayerGB2BGR_EA), np.uint8)


def photographed(card: Picture, rng: Rng, hardness: float = 0.2) -> Shot:
    """From the hand; ``hardness`` 0 (careful) ... 1 adds shade, noise and blur."""
    size = [(1600, 1200), (1920, 1440), (1920, 1080)][int(rng.integers(3))]
    matrix = _seen(card, size, rng)
    scale = float(np.linalg.norm(np.diff(_corners(matrix, card)[:2], axis=0))) / card.shape[1]
    light = _laid(card, backdrop(rng, size, None), matrix, 0.5)
    yy, xx = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    away = ((xx / size[0] - 0.5) ** 2 + (yy / size[1] - 0.5) ** 2).astype(np.float32)
    lean = np.cos(float(rng.uniform(0, 6.3))) * (xx / size[0] - 0.5) * (0.1 + 0.35 * hardness)
    light *= ((1 - 0.5 * away) * (1 + lean))[..., None]
    light = np.asarray(
        cv2.GaussianBlur(light, (0, 0), scale * float(rng.uniform(0.4, 0.6 + hardness))), np.float32
    )
    light *= rng.uniform(0.93, 1.05, 3).astype(np.float32) * float(rng.uniform(0.86, 1.04))
    light += rng.standard_normal(light.shape, np.float32) * float(rng.uniform(1.5, 4 + 6 * hardness))
    cleaned = cv2.bilateralFilter(_one_colour_a_cell(np.clip(light, 0, 255).astype(np.uint8)), 5, 14, 2)
    vivid = cleaned.astype(np.float32)
    grey = vivid.mean(axis=2, keepdims=True)
    vivid = grey + (vivid - grey) * float(rng.uniform(1.0, 1.3))
    final = _contrast(_sharpened(vivid, float(rng.uniform(0.4, 1.1)), 1.3), float(rng.uniform(0.1, 0.4)))
    pixels = np.clip(final, 0, 255).astype(np.uint8)
    return Shot(pixels, _corners(matrix, card), "phone", None, int(rng.integers(78, 97)))
