"""Both sides of a card in style ``c``, before their 見本 mark."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.paint import HEIGHT, WIDTH, Ink, Picture
from scripts.specimens.people import CardData
from scripts.specimens.printed import Texts
from scripts.specimens.style import Style
from scripts.specimens.third.ground import PHOTO, back_ground, front_ground
from scripts.specimens.third.pen import write
from scripts.specimens.third.words import INK, issuer_run, label_runs, rules, value_runs

__all__ = ["draw_back", "draw_front"]

RULE = (126, 122, 140)
BACK_LABELS = (
    ("住居地記載欄", 0.042, 0.099),
    ("届出年月日", 0.072, 0.165),
    ("住居地", 0.455, 0.165),
    ("記載者印", 0.825, 0.165),
    ("在留期間更新等許可申請欄", 0.042, 0.566),
    ("資格外活動許可欄", 0.042, 0.746),
)


def _photo(canvas: Picture, photo: NDArray[np.uint8]) -> None:
    """Printed into the card without a frame, its rim melting into the ground."""
    x0, y0, x1, y1 = (round(v * side) for v, side in zip(PHOTO, (WIDTH, HEIGHT) * 2, strict=True))
    laid = canvas.copy()
    laid[y0:y1, x0:x1] = cv2.resize(photo, (x1 - x0, y1 - y0), interpolation=cv2.INTER_CUBIC)
    cover = np.zeros(canvas.shape[:2], np.float32)
    cover[y0:y1, x0:x1] = 1
    soft = cv2.GaussianBlur(cover, (0, 0), 0.7)
    canvas[:] = cv2.blendLinear(laid, canvas, soft, np.asarray(1 - soft, np.float32))


def _film(canvas: Picture) -> None:
    """Rings and small letters of a clear film across the photograph, as they catch the light."""
    layer = np.zeros(canvas.shape[:2], np.float32)
    for k in range(7):
        centre = (round((0.735 + 0.035 * k) * WIDTH), round((0.63 + 0.02 * np.cos(k)) * HEIGHT))
        cv2.ellipse(layer, centre, (26, 17), 18.0 * k, 0, 360, 1.0, 1, cv2.LINE_AA)
    sheet = np.full((*canvas.shape[:2], 3), 255, np.uint8)
    for k, letter in enumerate("MINISTRY OF JUSTICE " * 2):
        x, y = 0.703 + 0.0133 * (k % 20), 0.545 + 0.17 * (k // 20) + 0.02 * np.sin(0.6 * k)
        write(sheet, Ink(letter, x, float(y), 0.026, "gothic_ipaex"))
    layer = np.maximum(layer, 1 - sheet[..., 0].astype(np.float32) / 255)
    canvas[:] = np.clip(canvas + (255 - canvas.astype(np.float32)) * 0.24 * layer[..., None], 0, 255)


def _seal(canvas: Picture, look: Style) -> None:
    """A filled red square with 見本 left open in it."""
    x0, y0, x1, y1 = (round(v) for v in (0.892 * WIDTH, 0.8745 * HEIGHT, 0.9595 * WIDTH, 0.970 * HEIGHT))
    red = np.asarray(look.seal[::-1], np.float32)
    part = np.full((y1 - y0, x1 - x0, 3), 255, np.uint8)
    size = (y1 - y0) / HEIGHT * 0.46 * HEIGHT / part.shape[0]
    for sign, x, y in (("見", 0.50, 0.46), ("本", 0.50, 0.94), ("之", 0.04, 0.46), ("印", 0.04, 0.94)):
        write(part, Ink(sign, x, y, size, "mincho_noto_bold", colour=(0, 0, 0)))
    open_ = 1 - part.astype(np.float32) / 255
    old = canvas[y0:y1, x0:x1].astype(np.float32)
    canvas[y0:y1, x0:x1] = np.clip(old * open_ + red * (1 - open_), 0, 255).astype(np.uint8)


def _values(canvas: Picture, look: Style, texts: Texts, number: str) -> None:
    """Each field wanders by itself, in both directions, below the pixel too."""
    rng = np.random.default_rng([zlib.crc32(number.encode()), look.background_seed])
    away: dict[str, tuple[float, float]] = {}
    for name, run in value_runs(look, texts):
        dx, dy = away.setdefault(name, tuple(rng.normal(0, look.jitter_mm / 2, 2)))
        write(canvas, replace(run, x=run.x + dx / 85.6, base=run.base + dy / 53.98))
    write(canvas, issuer_run(look, texts))
    for x0, x1, y in rules(texts):
        ends = (round(x0 * WIDTH), round(y * HEIGHT)), (round(x1 * WIDTH), round(y * HEIGHT))
        cv2.line(canvas, ends[0], ends[1], (96, 84, 84), 1, cv2.LINE_AA)


def draw_front(
    look: Style,
    texts: Texts,
    number: str,
    labels: Mapping[str, str],
    photo: NDArray[np.uint8] | None,
    film: bool,
) -> Picture:
    """The front without its mark, (638, 1012, 3) BGR. ``look`` may have a forger's fonts and colours."""
    canvas = front_ground(look)
    if photo is not None:
        _photo(canvas, photo)
    if film:
        _film(canvas)
    for run in label_runs(look, labels):
        write(canvas, run)
    _values(canvas, look, texts, number)
    _seal(canvas, look)
    return canvas


def _table(canvas: Picture, x: tuple[float, ...], y: tuple[float, ...]) -> None:
    for across in x:
        at = round(across * WIDTH)
        cv2.line(canvas, (at, round(y[0] * HEIGHT)), (at, round(y[-1] * HEIGHT)), RULE, 1, cv2.LINE_AA)
    for down in y:
        at = round(down * HEIGHT)
        cv2.line(canvas, (round(x[0] * WIDTH), at), (round(x[-1] * WIDTH), at), RULE, 1, cv2.LINE_AA)


def draw_back(look: Style, card: CardData, permission: str | None) -> Picture:
    """The back without its mark; ``permission`` replaces the true text."""
    canvas = back_ground(look).copy()
    _table(canvas, (0.042, 0.215, 0.785, 0.958), tuple(0.112 + 0.077 * row for row in range(6)))
    _table(canvas, (0.042, 0.958), (0.582, 0.682))
    _table(canvas, (0.042, 0.958), (0.762, 0.878))
    for text, x, base in BACK_LABELS:
        write(canvas, Ink(text, x, base, 0.037, look.label, colour=look.label_ink))
    entries = [
        (card.back_application, 0.062, 0.646, 0.8),
        (permission or card.back_permission, 0.062, 0.836, 0.86),
    ]
    if card.back_address:
        entries += [(card.back_address[0], 0.052, 0.244, 0.155), (card.back_address[1], 0.222, 0.244, 0.55)]
    for entry, x, base, width in entries:
        if entry:
            run = Ink(entry, x, base, 0.041, look.value, colour=INK, bold=look.value_bold, max_width=width)
            write(canvas, run)
    return canvas
