"""Bar codes in a picture: found in a reduced copy, decoded by two readers where the second knows the kind.

A payload is personal data: it is kept in memory only as long as checks need it, and that of a My Number is
dropped the moment it is recognised (``service.reading.my_number``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
import structlog
import zxingcpp
from numpy.typing import NDArray

from service.cards.layout import Layout
from service.cards.my_number import holds_my_number
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Box, FieldReading, Picture, Side
from service.imaging.pyramid import level

__all__ = [
    "ERROR_CORRECTING",
    "Barcode",
    "PlacedBarcode",
    "barcode_fields",
    "place",
    "read_barcodes",
    "read_barcodes_closer",
    "second_reader",
    "with_more",
]

log = structlog.get_logger(__name__)

_FORMATS = {
    zxingcpp.BarcodeFormat.QRCode: "qr_code",
    zxingcpp.BarcodeFormat.DataMatrix: "data_matrix",
    zxingcpp.BarcodeFormat.Aztec: "aztec",
    zxingcpp.BarcodeFormat.PDF417: "pdf417",
    zxingcpp.BarcodeFormat.Code128: "code_128",
    zxingcpp.BarcodeFormat.Code39: "code_39",
}
"""Kinds that documents carry. Those of retail goods are left out: fine lines read as such now and then."""
_QR = [zxingcpp.BarcodeFormat.QRCode]
_OTHERS = [kind for kind in _FORMATS if kind not in _QR]
ERROR_CORRECTING = frozenset({"qr_code", "data_matrix", "aztec", "pdf417"})
"""Kinds that decode to the right text or not at all."""
_SECOND = {"qr_code": "QRCODE", "code_128": "CODE128", "code_39": "CODE39"}
"""Kinds that the second reader knows, by its own names."""
_QR_SIDE_PX = 2000
_OTHERS_SIDE_PX = 900
"""Longest side of the copies that are searched: a QR code costs little, stacked and linear ones much."""
_NEAR_ENOUGH = 0.95
_HALF = 0.55
_CLOSE_PX = 760
"""A card narrower than this in the copy for QR codes is looked at again, closer."""
_CLOSER_WIDTH_PX = 1600
_QUIET_PX = 24
_EDGE = 0.005
_CARD_NUMBER = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{8}[A-Z]{2}(?![A-Z0-9])")

Grey = NDArray[np.uint8]
Corners = NDArray[np.float32]
Decode = Callable[[Grey, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Barcode:
    """One code as it stands in a picture."""

    format: str
    """``qr_code``, ``data_matrix``, ``aztec``, ``pdf417``, ``code_128`` or ``code_39``."""
    payload: str | None = field(repr=False)
    """What it says; None where that was a My Number."""
    corners: Corners
    """(4, 2) x, y in the picture's pixels, in the code's own order."""
    readers: tuple[str, ...]
    """Who decoded it to this text: ``zxing``, and ``pyzbar`` where it agrees."""
    my_number: bool = False

    @property
    def sure(self) -> bool:
        """Whether it is surely a code: corrected by its own redundancy, or read alike by both readers."""
        return self.format in ERROR_CORRECTING or len(self.readers) > 1


@dataclass(frozen=True, slots=True)
class PlacedBarcode:
    """A code and where it lies on the card."""

    code: Barcode
    side: Side
    box: Box
    """Fractions of the card; beyond 0 ... 1 where the code lies beside it."""

    @property
    def inside(self) -> bool:
        """Whether the whole code lies on the card."""
        x, y, w, h = self.box
        return min(x, y) >= -_EDGE and max(x + w, y + h) <= 1 + _EDGE


def read_barcodes(picture: Picture) -> tuple[Barcode, ...]:
    """Every code that a reduced copy of the picture shows."""
    found: tuple[Barcode, ...] = ()
    for side, kinds in ((_QR_SIDE_PX, _QR), (_OTHERS_SIDE_PX, _OTHERS)):
        grey, scale = _copy(picture, side)
        found = with_more(found, _decode(grey, kinds, np.diag([scale, scale, 1.0])))
    return found


def read_barcodes_closer(picture: Picture, homography: NDArray[np.float64]) -> tuple[Barcode, ...]:
    """QR codes on a card too small in the picture for the first look; empty where that was close enough.

    ``homography`` maps the card's raster to picture pixels; which way up the card is does not matter.
    """
    edge = cv2.perspectiveTransform(np.array([[[0, 0], [RASTER_WIDTH, 0]]], np.float64), homography)[0]
    seen = float(np.linalg.norm(edge[1] - edge[0]))
    if seen * min(1.0, _QR_SIDE_PX / max(picture.width, picture.height)) >= min(_CLOSE_PX, 0.99 * seen):
        return ()
    zoom = _CLOSER_WIDTH_PX / RASTER_WIDTH
    size = (_CLOSER_WIDTH_PX, round(RASTER_HEIGHT * zoom))
    to_picture = homography @ np.diag([1 / zoom, 1 / zoom, 1.0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    closer = cv2.warpPerspective(picture.pixels, to_picture, size, flags=flags)
    return tuple(_decode(np.asarray(cv2.cvtColor(closer, cv2.COLOR_BGR2GRAY), np.uint8), _QR, to_picture))


def _copy(picture: Picture, side: int) -> tuple[Grey, float]:
    """The picture in grey with at most ``side`` pixels along its longer side, and how much larger it is."""
    longest = max(picture.width, picture.height)
    pixels, _ = level(picture, side / longest)
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    shrink = side / max(grey.shape)
    if shrink < _NEAR_ENOUGH:
        how = cv2.INTER_AREA if shrink < _HALF else cv2.INTER_LINEAR
        grey = np.asarray(cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=how), np.uint8)
    return grey, longest / max(grey.shape)


def _decode(grey: Grey, kinds: Sequence[object], to_picture: NDArray[np.float64]) -> list[Barcode]:
    found = zxingcpp.read_barcodes(grey, formats=kinds, try_downscale=False, try_invert=False)
    codes = []
    for code in found:
        place = code.position
        points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        corners = np.array([[point.x, point.y] for point in points], np.float32)
        name = _FORMATS[code.format]
        agreed = code.text in second_reader()(_around(grey, corners), name)
        there = cv2.perspectiveTransform(corners[None].astype(np.float64), to_picture)[0].astype(np.float32)
        private = holds_my_number(code.text)
        readers = ("zxing", "pyzbar") if agreed else ("zxing",)
        codes.append(Barcode(name, None if private else code.text, there, readers, private))
    return codes


def _around(grey: Grey, corners: Corners) -> Grey:
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - _QUIET_PX, 0)
    high = np.ceil(corners.max(axis=0)).astype(int) + _QUIET_PX
    return np.ascontiguousarray(grey[low[1] : high[1], low[0] : high[0]])


def with_more(codes: Sequence[Barcode], more: Sequence[Barcode]) -> tuple[Barcode, ...]:
    """Codes, and of more those at other places."""
    kept = list(codes)
    for code in more:
        centre = code.corners.mean(axis=0)
        reach = float(np.ptp(code.corners, axis=0).max()) / 4
        if all(np.linalg.norm(centre - other.corners.mean(axis=0)) > reach for other in kept):
            kept.append(code)
    return tuple(kept)


@lru_cache(maxsize=1)
def second_reader() -> Decode:
    """The second opinion: texts that pyzbar reads in a grey crop for a kind; none without its library.

    pyzbar needs the system's libzbar. Without it every code is still read, by one reader.
    """
    try:
        from pyzbar import pyzbar
    except ImportError:
        log.warning("barcode.second_reader_missing")
        return lambda _grey, _kind: ()

    def read(grey: Grey, kind: str) -> tuple[str, ...]:
        if kind not in _SECOND or not grey.size:
            return ()
        symbols = [pyzbar.ZBarSymbol[_SECOND[kind]]]
        return tuple(code.data.decode("utf-8", "replace") for code in pyzbar.decode(grey, symbols=symbols))

    return read


def place(codes: Sequence[Barcode], side: Side, homography: NDArray[np.float64]) -> tuple[PlacedBarcode, ...]:
    """Codes of a picture on the card that was found in it, by its map from raster to picture pixels."""
    inverse = np.linalg.inv(homography)
    placed = []
    for code in codes:
        points = cv2.perspectiveTransform(code.corners[None].astype(np.float64), inverse)[0]
        x0, y0 = points.min(axis=0) / (RASTER_WIDTH, RASTER_HEIGHT)
        x1, y1 = points.max(axis=0) / (RASTER_WIDTH, RASTER_HEIGHT)
        placed.append(PlacedBarcode(code, side, (float(x0), float(y0), float(x1 - x0), float(y1 - y0))))
    return tuple(placed)


def barcode_fields(placed: Sequence[PlacedBarcode], known: Layout | None) -> tuple[FieldReading, ...]:
    """Card numbers that codes on the card say; a code where the layout has none belongs to no field."""
    found = []
    for item in placed:
        side = known.sides.get(item.side.value) if known else None
        ours = item.inside and (side is None or side.barcodes != "none")
        numbers = set(_CARD_NUMBER.findall(item.code.payload or "")) if ours else set()
        if len(numbers) == 1:
            number = numbers.pop()
            found.append(
                FieldReading(
                    name="card_number",
                    source="barcode",
                    raw=number,
                    value=number,
                    confidence=1.0 if item.code.sure else 0.5,
                    side=item.side,
                    box=item.box,
                )
            )
    return tuple(found)
