"""What years in a purse do to a card: scratches, fading, yellowing, dirt, rubbed edges, a bend."""

from __future__ import annotations

import cv2
import numpy as np

from scripts.specimens.paint import HEIGHT, WIDTH, Picture

__all__ = ["worn"]

Rng = np.random.Generator


def _scratches(card: Picture, rng: Rng, amount: float) -> Picture:
    layer = np.zeros((HEIGHT, WIDTH), np.uint8)
    for _ in range(int(rng.integers(2, 4 + int(26 * amount)))):
        start = rng.uniform(0, 1, 2) * (WIDTH, HEIGHT)
        angle, length = rng.uniform(0, np.pi), rng.gamma(2.0, 45.0)
        bend = start + length * np.array([np.cos(angle), np.sin(angle)]) / 2 + rng.normal(0, 4, 2)
        end = start + length * np.array([np.cos(angle), np.sin(angle)])
        path = np.round(np.stack([start, bend, end]) * 16).astype(np.int32)
        cv2.polylines(layer, [path], False, int(rng.integers(40, 150)), 1, cv2.LINE_AA, 4)
    light = rng.random() < 0.8
    target = np.full_like(card, 238 if light else 120)
    alpha = layer.astype(np.float32) / 255 * float(rng.uniform(0.4, 1.0))
    return np.asarray(cv2.blendLinear(target, card, alpha, 1 - alpha), np.uint8)


def _dirt(card: Picture, rng: Rng, amount: float) -> Picture:
    spots = rng.random((HEIGHT // 12, WIDTH // 12)).astype(np.float32)
    field = cv2.resize(np.clip((spots - 0.93) * 14, 0, 1), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    alpha = np.clip(field, 0, 1) * 0.28 * amount
    tone = np.full_like(card, rng.integers(70, 130, 3).astype(np.uint8))
    return np.asarray(cv2.blendLinear(tone, card, alpha, np.asarray(1 - alpha, np.float32)), np.uint8)


def _rubbed_rim(card: Picture, rng: Rng, amount: float) -> Picture:
    x = np.minimum(np.arange(WIDTH), WIDTH - 1 - np.arange(WIDTH)).astype(np.float32)
    y = np.minimum(np.arange(HEIGHT), HEIGHT - 1 - np.arange(HEIGHT)).astype(np.float32)
    rough = cv2.resize(
        rng.random((40, 64)).astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC
    )
    depth = 3 + 9 * amount * rough
    near = np.clip(1 - np.minimum(x[None], y[:, None]) / depth, 0, 1) * 0.7 * amount
    alpha = np.asarray(near, np.float32)
    return np.asarray(cv2.blendLinear(np.full_like(card, 236), card, alpha, np.asarray(1 - alpha)), np.uint8)


def worn(card: Picture, rng: Rng, amount: float) -> Picture:
    """The card after use, ``amount`` 0 (new) ... 1 (carried for seven years); a fresh picture."""
    if amount <= 0:
        return card.copy()
    out = _scratches(card, rng, amount)
    if rng.random() < 0.6:
        out = _dirt(out, rng, amount)
    if rng.random() < 0.7:
        out = _rubbed_rim(out, rng, amount)
    yellow = np.full_like(out, np.array([190, 226, 232], np.uint8))
    fade = float(rng.uniform(0.02, 0.12)) * amount
    return np.asarray(cv2.addWeighted(out, 1 - fade, yellow, fade, 0), np.uint8)
