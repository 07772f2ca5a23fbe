"""The front of a first-generation residence card, with its 見本 mark."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens import background
from scripts.specimens.faces import photograph
from scripts.specimens.labels import label_ink
from scripts.specimens.paint import HEIGHT, WIDTH, Ink, Picture, area, ink
from scripts.specimens.people import CardData
from scripts.specimens.printed import Texts, printed
from scripts.specimens.style import Style, style_named
from scripts.specimens.third.face import draw_front
from scripts.specimens.third.portrait import portrait
from scripts.specimens.values import issuer_ink, underlines, value_ink

__all__ = ["Changes", "photo_of", "render_face", "render_front", "stamp"]

MARK_BOX = (0.711, 0.776, 0.968, 0.850)
MARK_RED = (232, 12, 20)


@dataclass(frozen=True)
class Changes:
    """What a forger draws otherwise. Empty: a genuine card."""

    texts: Mapping[str, str] = field(default_factory=dict)
    """Printed text by field, in place of the true one."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Fixed words by label id."""
    photo: NDArray[np.uint8] | None = None
    """Another photograph, (347, 260, 3) BGR."""
    ovd: bool = True
    """Whether the letters that change with the angle are there; strip and mark always are."""
    style: Style | None = None
    """Other fonts and colours."""


def photo_of(card: CardData, style: str | Style = "a") -> NDArray[np.uint8] | None:
    """The photograph on the card, None under 16."""
    if card.under_16:
        return None
    chosen = style_named(style) if isinstance(style, str) else style
    who, age = card.person, max(16, min(80, card.age))
    if chosen.photo == "c":
        return portrait(who.face, who.tone, who.sex, age)
    return photograph(who.face, who.tone, who.sex, age, chosen.photo)


def texts_of(card: CardData, changes: Changes) -> Texts:
    """What stands on the card."""
    return {**printed(card), **changes.texts}


def _photo(canvas: Picture, photo: NDArray[np.uint8]) -> None:
    x0, y0, x1, y1 = background.PHOTO
    left, top = round(x0 * WIDTH), round(y0 * HEIGHT)
    right, bottom = round(x1 * WIDTH), round(y1 * HEIGHT)
    canvas[top:bottom, left:right] = cv2.resize(
        photo, (right - left, bottom - top), interpolation=cv2.INTER_AREA
    )
    cv2.rectangle(canvas, (left, top), (right - 1, bottom - 1), (88, 82, 78), 1, cv2.LINE_AA)


def hologram(canvas: Picture, shift: float = 0.0, strength: float = 0.20) -> None:
    """Letters over the photo, moved sideways by ``shift`` (fraction of the width)."""
    for i, letter in enumerate("MINISTRY OF JUSTICE"):
        x = 0.705 + 0.0152 * i + shift
        y = 0.60 - 0.10 * np.sin(np.pi * i / 18)
        ink(canvas, Ink(letter, x, y, 0.040, "sans_bold", colour=(252, 252, 255)), strength)
    for i, letter in enumerate("MOJMOJMOJ"):
        angle = 2 * np.pi * i / 9
        x, y = 0.725 + 0.033 * np.cos(angle) + shift * 0.6, 0.735 + 0.05 * np.sin(angle)
        ink(canvas, Ink(letter, x, y, 0.026, "sans_bold", colour=(250, 250, 255)), strength * 1.2)
    for i, letter in enumerate("MINISTRYOFJUSTICE"):
        ink(canvas, Ink(letter, 0.9755, 0.36 + 0.029 * i, 0.026, "sans", colour=(150, 168, 160)), 0.7)


def _seal(canvas: Picture, style: Style) -> None:
    """A red square that itself says 見本."""
    x0, y0, x1, y1 = (round(v) for v in (0.891 * WIDTH, 0.874 * HEIGHT, 0.959 * WIDTH, 0.970 * HEIGHT))
    cv2.rectangle(canvas, (x0, y0), (x1, y1), style.seal[::-1], 2, cv2.LINE_AA)
    for sign, x, y in (
        ("見", 0.926, 0.918),
        ("本", 0.926, 0.963),
        ("之", 0.895, 0.918),
        ("印", 0.895, 0.963),
    ):
        ink(canvas, Ink(sign, x, y, 0.046, "mincho_noto_bold", colour=style.seal))


def stamp(canvas: Picture) -> Picture:
    """Put the 見本 mark on, alike for genuine and forged. Changes and returns the picture."""
    area(canvas, MARK_BOX, MARK_RED)
    ink(
        canvas,
        Ink(
            "見本・SAMPLE", 0.733, 0.828, 0.050, "gothic_biz", colour=(255, 255, 255), bold=0.5, squeeze=1.02
        ),
    )
    return canvas


def _write(canvas: Picture, style: Style, texts: Texts, number: str) -> None:
    rng = np.random.default_rng([zlib.crc32(number.encode()), style.background_seed])
    drift = rng.uniform(-1, 1, 2) * style.jitter_mm * 0.5
    wander: dict[str, tuple[float, float]] = {}
    for name, run in value_ink(style, texts):
        if name not in wander:
            dx, dy = drift + rng.uniform(-1, 1, 2) * style.jitter_mm * 0.5
            wander[name] = (float(dx) / 85.6, float(dy) / 53.98)
        dx, dy = wander[name]
        ink(
            canvas,
            replace(
                run, x=round((run.x + dx) * WIDTH) / WIDTH, base=round((run.base + dy) * HEIGHT) / HEIGHT
            ),
        )
    for run in issuer_ink(style, texts):
        ink(canvas, run)
    for x0, x1, y in underlines(texts):
        start, end = (round(x0 * WIDTH), round(y * HEIGHT)), (round(x1 * WIDTH), round(y * HEIGHT))
        cv2.line(canvas, start, end, (40, 38, 38), 1, cv2.LINE_AA)


def render_face(card: CardData, style: str = "a", changes: Changes | None = None) -> Picture:
    """The front before its 見本 mark, for attacks on the surface. Never shown without the mark."""
    changes = changes or Changes()
    look = changes.style or style_named(style)
    photo = changes.photo if changes.photo is not None else photo_of(card, look)
    if look.name == "c":
        texts = texts_of(card, changes)
        return draw_front(look, texts, card.card_number, changes.labels, photo, film=changes.ovd)
    canvas = background.front_ground(look)
    background.strip(canvas)
    background.moj_mark(canvas, look.mark)
    if photo is not None:
        _photo(canvas, photo)
    if changes.ovd:
        hologram(canvas)
    for run in label_ink(look, changes.labels):
        ink(canvas, run)
    _write(canvas, look, texts_of(card, changes), card.card_number)
    _seal(canvas, look)
    return canvas


def render_front(card: CardData, style: str = "a", changes: Changes | None = None) -> Picture:
    """The front as it is shown, (638, 1012, 3) BGR: ID-1 at 300 dpi, with the 見本 mark."""
    return stamp(render_face(card, style, changes))
