"""How a pair of cards, one genuine and one forged, is drawn, captured and stored: alike but for the forging.

What a file's size, tables or format could say is settled here, before it is known which of the two is made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.dataset.families import CAMERA_ONLY, group_of, weights
from scripts.specimens.devices import DEVICES, Device
from scripts.specimens.style import STYLES

__all__ = ["Recipe", "Sending", "recipe", "seeded"]

Rng = np.random.Generator
SIZES = ((1600, 1200), (2016, 1512), (2400, 1800))
"""Pixels of the phone pictures, as the cameras over a copy or a display have them too."""
RENDERERS = ("a", "b")
LONG_SIDES = (1280, 1600, 2016)
SCAN_DPI = (300, 300, 400)
WEAR_LEVELS = (0.0, 0.3, 0.6, 1.0)
CHIP_SHARE, TILT_SHARE, VARIED_SHARE = 0.12, 0.03, 0.4
SAVED_BEFORE_SHARE = 0.5


@dataclass(frozen=True)
class Sending:
    """How a picture is made a file."""

    long_side: int
    """A phone picture is reduced to this, pixels."""
    dpi: int
    """A scan is reduced to this."""
    quality: int
    """JPEG quality 70 ... 95."""
    subsampling: int
    """0, 1, 2: 4:4:4, 4:2:2, 4:2:0."""
    file_bytes: int
    """Size that the file is filled up to behind the picture."""


@dataclass(frozen=True)
class Recipe:
    """One pair."""

    seed: int
    pair: int
    family: str
    """Attack family of the forged one."""
    style: str
    kind: str
    """``scan`` or ``phone``."""
    size: tuple[int, int]
    dpi: int
    hardness: float
    device: Device
    wear: float
    chip: bool
    tilt: str | None
    """Axis of a tilt sequence that comes with it."""
    saved_before: int | None
    """Quality at which the device stored the picture before anything else was done with it."""
    sending: Sending


def seeded(word: int, seed: int, pair: int) -> Rng:
    """The generator of one purpose of one pair."""
    return np.random.default_rng([word, seed, pair])


def _sending(rng: Rng) -> Sending:
    return Sending(
        long_side=int(rng.choice(LONG_SIDES)),
        dpi=int(rng.choice([200, 300], p=[0.3, 0.7])),
        quality=int(rng.integers(70, 96)),
        subsampling=int(rng.choice([0, 1, 2], p=[0.2, 0.15, 0.65])),
        file_bytes=int(rng.integers(2_600_000, 4_200_000)),
    )


def _style(rng: Rng, renderers: tuple[str, ...]) -> str:
    base = str(rng.choice(renderers))
    varied = rng.random() < VARIED_SHARE and base in STYLES  # a style that is held out has no variations
    return f"{base}~{int(rng.integers(1, 100_000))}" if varied else base


def recipe(
    seed: int, pair: int, renderers: tuple[str, ...] = RENDERERS, families: tuple[str, ...] | None = None
) -> Recipe:
    """The recipe of a pair, of all ``families`` unless some are named; the same seed gives the same."""
    rng = seeded(1, seed, pair)
    shares = weights(sorted(families)) if families else weights()
    family = str(rng.choice(list(shares), p=list(shares.values())))
    kind = "phone" if family in CAMERA_ONLY else str(rng.choice(["scan", "phone"]))
    devices = [device for device in DEVICES if device.kind == kind]
    return Recipe(
        seed=seed, pair=pair, family=family, style=_style(rng, renderers), kind=kind,
        size=SIZES[int(rng.integers(len(SIZES)))], dpi=int(rng.choice(SCAN_DPI)),
        hardness=float(rng.uniform(0.05, 0.55)), device=devices[int(rng.integers(len(devices)))],
        wear=float(rng.choice(WEAR_LEVELS, p=[0.4, 0.3, 0.2, 0.1])),
        chip=group_of(family) == "chip" or bool(rng.random() < CHIP_SHARE),
        tilt=str(rng.choice(["vertical", "horizontal"])) if rng.random() < TILT_SHARE else None,
        saved_before=int(rng.integers(75, 99)) if rng.random() < SAVED_BEFORE_SHARE else None,
        sending=_sending(rng),
    )  # fmt: skip
