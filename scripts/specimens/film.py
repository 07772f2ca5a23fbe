"""Colours of thin films and gratings by angle: what strip, mark and letters of the card show when tilted.

A Fabry-Perot film of index 1.38 whose order shifts with the angle; eye curves by Wyman et al. (2013).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scripts.specimens.paint import Colour

__all__ = ["FILMS", "Film", "film_colour", "grating_colour"]


@dataclass(frozen=True)
class Film:
    """A Fabry-Perot film between two weak mirrors."""

    index: float
    path_nm: float
    """Twice the thickness times the index."""
    sharpness: int
    """Half the power of the cosine: how narrow its orders are."""


FILMS = {"a": Film(1.38, 2020.0, 3), "b": Film(1.56, 2660.0, 2)}
"""Two films, each green seen straight and pink seen askew; the second is paler and later."""
PITCH_NM = 1100.0
GRATING_WIDTH_NM = 22.0
FIXED_LIGHT_DEG = 8.0

Spectrum = NDArray[np.float64]
WAVES: Spectrum = np.arange(380.0, 781.0, 5.0)


def _lobe(centre: float, below: float, above: float) -> Spectrum:
    width = np.where(centre > WAVES, below, above)
    return np.asarray(np.exp(-0.5 * ((WAVES - centre) * width) ** 2))


@lru_cache(maxsize=1)
def _eye() -> Spectrum:
    x = 0.362 * _lobe(442.0, 0.0624, 0.0374) + 1.056 * _lobe(599.8, 0.0264, 0.0323)
    x = x - 0.065 * _lobe(501.1, 0.0490, 0.0382)
    y = 0.821 * _lobe(568.8, 0.0213, 0.0247) + 0.286 * _lobe(530.9, 0.0613, 0.0322)
    z = 1.217 * _lobe(437.0, 0.0845, 0.0278) + 0.681 * _lobe(459.0, 0.0385, 0.0725)
    return np.stack([x, y, z])


TO_SRGB = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])


def _colour(spectrum: Spectrum, brightest: float) -> Colour:
    """sRGB of a spectrum, scaled so that its strongest channel is ``brightest``."""
    linear = np.clip(TO_SRGB @ (_eye() @ spectrum), 0, None)
    linear = linear / max(float(linear.max()), 1e-9)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (int(v) for v in np.round(encoded * brightest))
    return red, green, blue


@lru_cache(maxsize=256)
def film_colour(tilt_deg: float, brightest: float = 215.0, film: Film = FILMS["a"]) -> Colour:
    """Colour of the film at an angle from the normal: green at 0, pink beyond 20 degrees."""
    bent = np.sqrt(1 - (np.sin(np.deg2rad(tilt_deg)) / film.index) ** 2)
    reflected = np.cos(np.pi * film.path_nm * bent / WAVES) ** (2 * film.sharpness)
    return _colour(np.asarray(reflected), brightest)


@lru_cache(maxsize=256)
def grating_colour(tilt_deg: float) -> Colour:
    """Colour that the letters throw back at an angle; outside the visible orders they are nearly grey."""
    angle = np.deg2rad(abs(tilt_deg))
    wave = PITCH_NM * (np.sin(np.deg2rad(FIXED_LIGHT_DEG)) + np.sin(angle))
    band = np.exp(-0.5 * ((WAVES - wave) / GRATING_WIDTH_NM) ** 2)
    return _colour(np.asarray(band + 0.02), 250.0)
