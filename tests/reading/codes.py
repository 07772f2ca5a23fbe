"""Backs and fronts of specimens with made-up My Numbers and bar codes drawn on them."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from scripts.specimens.back import render_back
from scripts.specimens.front import render_front
from scripts.specimens.paint import Ink, ink
from scripts.specimens.people import CardData, card_data
from service.cards.my_number import check_digit
from service.evidence import CaptureKind, ImageMetadata, Location, Picture, Quad, Role
from service.imaging.pyramid import halved

Pixels = NDArray[np.uint8]
MY_NUMBER = "40281736509" + str(check_digit("40281736509"))
GROUPED = f"{MY_NUMBER[:4]} {MY_NUMBER[4:8]} {MY_NUMBER[8:]}"


@cache
def _card() -> CardData:
    return card_data(np.random.default_rng(4), child=False)


def back() -> Pixels:
    return render_back(_card(), "a")


def front() -> Pixels:
    return render_front(_card(), "a")


def printed(card: Pixels, text: str, latin: str = "sans", x: float = 0.06, base: float = 0.945) -> Pixels:
    out = card.copy()
    ink(out, Ink(text, x, base, 0.055, "gothic_noto", latin=latin))
    return out


def code(text: str, kind: str = "QRCode", module: int = 5) -> Pixels:
    """A bar code with its quiet zone, as pixels."""
    symbol = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    image = np.array(zxingcpp.write_barcode_to_image(symbol, scale=module, add_quiet_zones=True))
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)


def with_code(card: Pixels, symbol: Pixels, x: int, y: int) -> Pixels:
    out = card.copy()
    height, width = symbol.shape[:2]
    out[y : y + height, x : x + width] = symbol
    return out


def on_table(card: Pixels, scale: float = 1.0, margin: int = 90) -> tuple[Pixels, Location]:
    """The card on a brown table with the place where it lies."""
    shown = cv2.resize(card, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    out = np.full((shown.shape[0] + 2 * margin, shown.shape[1] + 2 * margin, 3), (60, 90, 120), np.uint8)
    out[margin:-margin, margin:-margin] = shown
    low, right, lower = margin - 0.5, out.shape[1] - margin - 0.5, out.shape[0] - margin - 0.5
    corners = np.array([[low, low], [right, low], [right, lower], [low, lower]], np.float32)
    return out, Location((Quad(corners),), 1, CaptureKind.SCAN)


def picture(pixels: Pixels, role: Role = Role.BACK) -> Picture:
    return Picture(role, "0" * 64, "image/png", pixels, ImageMetadata("PNG"), halved(pixels))


def png(pixels: Pixels) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()
