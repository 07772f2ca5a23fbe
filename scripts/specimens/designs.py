"""Card designs and grounds that pictures for the card finder are put together from, each drawn once.

Most designs are invented; the others are specimens reduced to a fraction of their size.
"""

from __future__ import annotations

import cv2
import numpy as np

from scripts.specimens.back import render_back
from scripts.specimens.clutter import BACKDROPS, backdrop
from scripts.specimens.front import render_front
from scripts.specimens.paint import Picture
from scripts.specimens.people import card_data

__all__ = ["CARD", "invented", "pool_of_cards", "pool_of_grounds"]

Rng = np.random.Generator
CARD = (400, 252)
"""Width and height of a design in pixels: about 120 dpi."""
GROUND = (400, 300)


def colour(rng: Rng, low: int = 0, high: int = 255) -> tuple[int, int, int]:
    """Any colour with channels between two levels."""
    b, g, r = (int(v) for v in rng.integers(low, high, 3))
    return b, g, r


def _ground(rng: Rng, pale: bool) -> Picture:
    width, height = CARD
    first, second = (np.array(colour(rng, 170 if pale else 10, 255), np.float32) for _ in range(2))
    if rng.random() < 0.3:  # pale green to blue
        first, second = np.array([215, 235, 205], np.float32), np.array([240, 232, 205], np.float32)
    ramp = np.linspace(0, 1, width if rng.random() < 0.5 else height, dtype=np.float32)
    field = np.tile(ramp, (height, 1)) if len(ramp) == width else np.tile(ramp[:, None], (1, width))
    return (first + (second - first) * field[..., None]).astype(np.uint8)


def _print(card: Picture, rng: Rng, count: int, pale: bool) -> None:
    width, height = CARD
    ink = colour(rng, 0, 90) if pale else colour(rng, 150, 255)
    for _ in range(count):
        place = (int(rng.integers(0, width - 90)), int(rng.integers(20, height - 6)))
        text = "".join(rng.choice(list("ABCDEFGHIJKLMN0123456789 ."), int(rng.integers(5, 22))))
        cv2.putText(card, text, place, cv2.FONT_HERSHEY_SIMPLEX, rng.uniform(0.4, 0.9), ink, 1, cv2.LINE_AA)


def _machine_lines(card: Picture, rng: Rng) -> None:
    """Three lines of a machine readable zone at the foot, as on a TD1 card."""
    for row in range(3):
        text = "".join(rng.choice(list("ABCDEFG0123456789<<<<<"), 30))
        place = (14, CARD[1] - 16 - 24 * row)
        cv2.putText(card, text, place, cv2.FONT_HERSHEY_PLAIN, 1.18, (30, 30, 30), 1, cv2.LINE_AA)


def invented(rng: Rng) -> Picture:
    """A card that nobody issues: ground, bands, blocks, lines of print, a portrait-like patch."""
    width, height = CARD
    pale = rng.random() < 0.7
    card = _ground(rng, pale)
    if rng.random() < 0.6:
        top = int(rng.integers(0, height // 5))
        cv2.rectangle(card, (0, top), (width, top + int(rng.integers(12, 70))), colour(rng), -1)
    for _ in range(int(rng.integers(0, 4))):
        x, y = int(rng.integers(0, width - 60)), int(rng.integers(0, height - 45))
        corner = (x + int(rng.integers(30, 220)), y + int(rng.integers(12, 95)))
        cv2.rectangle(card, (x, y), corner, colour(rng), -1)
    if rng.random() < 0.7:
        x, y = int(rng.integers(8, width - 140)), int(rng.integers(10, height - 160))
        cv2.rectangle(card, (x, y), (x + 118, y + 150), colour(rng), -1)
        cv2.ellipse(card, (x + 58, y + 70), (31, 42), 0, 0, 360, colour(rng), -1)
    _print(card, rng, int(rng.integers(3, 16)), pale)
    if rng.random() < 0.2:
        _machine_lines(card, rng)
    return np.asarray(card, np.uint8)


def _specimen(rng: Rng, index: int) -> Picture:
    card, style = card_data(rng), "ab"[index % 2]
    face = render_back(card, style) if index % 5 > 2 else render_front(card, style)
    return np.asarray(cv2.resize(face, CARD, interpolation=cv2.INTER_AREA), np.uint8)


def pool_of_cards(rng: Rng, invented_ones: int, specimens: int) -> list[tuple[Picture, Picture]]:
    """Designs, each at full and at half size; specimens stand in it twice."""
    drawn = [invented(rng) for _ in range(invented_ones)]
    drawn += [_specimen(rng, index) for index in range(specimens)] * 2
    half = (CARD[0] // 2, CARD[1] // 2)
    return [(card, np.asarray(cv2.resize(card, half, interpolation=cv2.INTER_AREA))) for card in drawn]


def _plane(rng: Rng) -> Picture:
    """A scanner lid or a plain table, white, grey, black and pale ones often."""
    level = float(rng.choice([250, 246, 240, 235, 150, 24, rng.uniform(0, 255)]))
    base = np.full(3, level, np.float32) + rng.normal(0, 4, 3).astype(np.float32)
    if rng.random() < 0.3:
        base = np.array(colour(rng), np.float32)
    return np.clip(np.tile(base, (GROUND[1], GROUND[0], 1)), 0, 255).astype(np.uint8)


def pool_of_grounds(rng: Rng, of_each: int) -> list[Picture]:
    """Tables, cloths, papers, keyboards and desks, as many of each kind, and half as many plain planes."""
    drawn = [
        np.asarray(
            cv2.resize(backdrop(rng, (800, 600), name), GROUND, interpolation=cv2.INTER_AREA), np.uint8
        )
        for name in BACKDROPS
        for _ in range(of_each)
    ]
    return drawn + [_plane(rng) for _ in range(len(drawn) // 2)]
