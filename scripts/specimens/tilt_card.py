"""A card whose film, mark and letters follow the angle, or do so falsely: one surface per moment."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens import background
from scripts.specimens.film import FILMS, film_colour, grating_colour
from scripts.specimens.front import Changes, render_face, stamp
from scripts.specimens.paint import HEIGHT, WIDTH, Colour, Ink, Picture, ink
from scripts.specimens.people import CardData

__all__ = ["FAMILIES", "Moment", "TiltCard"]

FAMILIES = (
    "print", "glare", "coloured_glare", "led", "rainbow", "swap", "photo_replaced",
)  # fmt: skip
"""Attacks that can be told from a genuine card; a replay of a genuine clip cannot."""
LETTER_SHIFT = {"a": 26 / WIDTH, "b": 32 / WIDTH}
"""Movement of the letters per unit of the tangent of the angle, fraction of the card's width."""


@dataclass(frozen=True)
class Moment:
    """The card's angles to camera and light in one frame."""

    vertical: float
    horizontal: float
    turned: float
    share: float
    """How far through the sequence, 0 ... 1."""
    direct: float
    """Share of light from one direction."""


def hue_colour(hue: float, saturation: float = 0.7, value: float = 225) -> Colour:
    """A saturated colour of a hue in degrees."""
    pixel = np.array([[[hue % 360 / 2, saturation * 255, value]]], np.uint8)
    blue, green, red = (int(v) for v in cv2.cvtColor(pixel, cv2.COLOR_HSV2BGR)[0, 0])
    return red, green, blue


def _between(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(a * (1 - share) + b * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


class TiltCard:
    """One card, drawn once; ``surface`` paints what changes."""

    def __init__(self, card: CardData, style: str, family: str | None, photo: Picture | None = None) -> None:
        if family not in (None, *FAMILIES):
            raise ValueError(f"no such family: {family}")
        self.style = style
        self.family = family
        self.base = render_face(card, style, Changes(ovd=False, photo=photo))
        self.letters = self._letter_masks()
        self.silver = self._silver_mask()

    def _blank(self) -> Picture:
        return np.zeros((HEIGHT, WIDTH, 3), np.uint8)

    def _letter_masks(self) -> NDArray[np.float32]:
        """Coverage of the floating letters at no tilt."""
        canvas = self._blank()
        white = (255, 255, 255)
        size = 0.040 if self.style == "a" else 0.046
        font = "sans_bold" if self.style == "a" else "narrow"
        for i, letter in enumerate("MINISTRY OF JUSTICE"):
            y = 0.60 - 0.10 * float(np.sin(np.pi * i / 18))
            ink(canvas, Ink(letter, 0.690 + 0.0152 * i, y, size, font, colour=white))
        rows = (0.425,) if self.style == "a" else (0.40, 0.70)
        for base in rows:
            for i in range(3):
                ink(canvas, Ink("MOJ", 0.722 + 0.078 * i, base, 0.055, "sans_bold", colour=white))
        return np.asarray(canvas[..., 0] / 255, np.float32)

    def _silver_mask(self) -> NDArray[np.float32]:
        canvas = self._blank()
        ink(canvas, Ink("MOJ MOJ MOJ MOJ", 0.722, 0.768, 0.040, "sans_bold", colour=(255, 255, 255)))
        return np.asarray(canvas[..., 0] / 255, np.float32)

    def _films(self, moment: Moment) -> tuple[Colour, Colour]:
        """Colours of strip and mark."""
        film = FILMS[self.style]
        tilt = abs(moment.vertical)
        if self.family == "rainbow":
            return hue_colour(tilt * 22), hue_colour(tilt * 22 + 120)
        if self.family in (None, "photo_replaced"):
            mean = _between(film_colour(0.0, film=film), film_colour(30.0, film=film), 0.5)
            strip, mark = (
                film_colour(round(tilt, 1), film=film),
                film_colour(round(abs(30 - tilt), 1), film=film),
            )
            return _between(mean, strip, moment.direct), _between(mean, mark, moment.direct)
        swapped = self.family == "swap" and moment.share > 0.5
        first, second = film_colour(0.0, film=film), film_colour(28.0, film=film)
        return (second, first) if swapped else (first, second)

    def _letters(self, canvas: Picture, moment: Moment) -> None:
        """Letters float over the photo; where the photo was laid on top they end at its edge."""
        shift = LETTER_SHIFT[self.style] * WIDTH * float(np.tan(np.deg2rad(moment.horizontal)))
        move = np.array([[1, 0, shift], [0, 1, 0]], np.float64)
        mask = np.asarray(cv2.warpAffine(self.letters, move, (WIDTH, HEIGHT)), np.float32)
        colour: Colour = (236, 238, 240)
        strength = 0.25 + 0.35 * moment.direct
        if self.family in (None, "photo_replaced"):
            shown = grating_colour(round(moment.horizontal, 1))
            colour = _between((214, 216, 216), shown, 0.85 * moment.direct)
        else:
            mask, strength = self.letters, 0.4
        if self.family == "photo_replaced":
            x0, y0, x1, y1 = background.PHOTO
            mask = mask.copy()
            mask[round(y0 * HEIGHT) : round(y1 * HEIGHT), round(x0 * WIDTH) : round(x1 * WIDTH)] = 0
        self._blend(canvas, mask * strength, colour)

    def _blend(self, canvas: Picture, mask: NDArray[np.float32], colour: Colour) -> None:
        rows, columns = np.where(mask.max(1) > 0)[0], np.where(mask.max(0) > 0)[0]
        if not len(rows):
            return
        box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        part, m = canvas[box].astype(np.float32), mask[box][..., None]
        canvas[box] = (part + (np.asarray(colour[::-1], np.float32) - part) * m).astype(np.uint8)

    def _silver(self, canvas: Picture, moment: Moment) -> None:
        """Letters near the photo's foot that turn from dark to light with a quarter turn."""
        genuine = self.family is None
        tone = float(np.cos(np.deg2rad(2 * moment.turned))) * moment.direct if genuine else 1.0
        x0, y0, x1, y1 = (0.713, 0.735, 0.966, 0.772)
        field = np.zeros((HEIGHT, WIDTH), np.float32)
        field[round(y0 * HEIGHT) : round(y1 * HEIGHT), round(x0 * WIDTH) : round(x1 * WIDTH)] = 0.75
        self._blend(canvas, field, (int(168 - 50 * tone),) * 3)
        self._blend(canvas, self.silver * 0.9, (int(168 + 70 * tone),) * 3)

    def surface(self, moment: Moment) -> Picture:
        """The card as it is coloured at one moment, with its 見本 mark."""
        canvas = self.base.copy()
        strip, mark = self._films(moment)
        background.strip(canvas, strip, 0.8 if self.style == "a" else 0.65)
        background.moj_mark(canvas, mark)
        self._letters(canvas, moment)
        if self.family != "photo_replaced":
            self._silver(canvas, moment)
        return stamp(canvas)
