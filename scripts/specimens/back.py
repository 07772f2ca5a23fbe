"""The back of a first-generation residence card, with its 見本 mark."""

from __future__ import annotations

import cv2

from scripts.specimens.background import back_ground
from scripts.specimens.front import MARK_RED
from scripts.specimens.paint import HEIGHT, WIDTH, Ink, Picture, area, ink
from scripts.specimens.people import CardData
from scripts.specimens.style import Style, style_named
from scripts.specimens.third.face import draw_back

__all__ = ["render_back"]

RULE = (110, 120, 112)


def _box(canvas: Picture, y0: float, y1: float) -> None:
    corners = (round(0.04 * WIDTH), round(y0 * HEIGHT)), (round(0.96 * WIDTH), round(y1 * HEIGHT))
    cv2.rectangle(canvas, corners[0], corners[1], RULE, 1, cv2.LINE_AA)


def _line(canvas: Picture, x0: float, y0: float, x1: float, y1: float) -> None:
    ends = (round(x0 * WIDTH), round(y0 * HEIGHT)), (round(x1 * WIDTH), round(y1 * HEIGHT))
    cv2.line(canvas, ends[0], ends[1], RULE, 1, cv2.LINE_AA)


def _label(canvas: Picture, style: Style, text: str, x: float, base: float) -> None:
    ink(canvas, Ink(text, x, base, 0.038, style.label, colour=style.label_ink, bold=style.label_bold))


def _value(canvas: Picture, style: Style, text: str, x: float, base: float, width: float) -> None:
    ink(canvas, Ink(text, x, base, 0.042, style.value, bold=style.value_bold, max_width=width))


def _address_block(canvas: Picture, style: Style, card: CardData) -> None:
    _box(canvas, 0.11, 0.50)
    for x in (0.21, 0.79):
        _line(canvas, x, 0.11, x, 0.50)
    for row in range(1, 5):
        _line(canvas, 0.04, 0.11 + 0.078 * row, 0.96, 0.11 + 0.078 * row)
    for text, x in (("届出年月日", 0.065), ("住居地", 0.45), ("記載者印", 0.82)):
        _label(canvas, style, text, x, 0.163)
    if card.back_address:
        written, address = card.back_address
        _value(canvas, style, written, 0.05, 0.243, 0.155)
        _value(canvas, style, address, 0.22, 0.243, 0.56)


def render_back(card: CardData, style: str = "a", permission: str | None = None) -> Picture:
    """The back with its 見本 mark, (638, 1012, 3) BGR; ``permission`` replaces the true text."""
    look = style_named(style)
    return _stamped(draw_back(look, card, permission) if look.name == "c" else _drawn(look, card, permission))


def _drawn(look: Style, card: CardData, permission: str | None) -> Picture:
    canvas = back_ground(look)
    _label(canvas, look, "住居地記載欄", 0.04, 0.098)
    _address_block(canvas, look, card)
    _label(canvas, look, "在留期間更新等許可申請欄", 0.04, 0.565)
    _box(canvas, 0.58, 0.68)
    if card.back_application:
        _value(canvas, look, card.back_application, 0.06, 0.645, 0.8)
    _label(canvas, look, "資格外活動許可欄", 0.04, 0.745)
    _box(canvas, 0.76, 0.88)
    text = permission or card.back_permission
    if text:
        _value(canvas, look, text, 0.06, 0.837, 0.86)
    return canvas


def _stamped(canvas: Picture) -> Picture:
    area(canvas, (0.70, 0.905, 0.96, 0.975), MARK_RED)
    ink(
        canvas,
        Ink(
            "見本・SAMPLE", 0.722, 0.955, 0.050, "gothic_biz", colour=(255, 255, 255), bold=0.5, squeeze=1.02
        ),
    )
    return canvas
