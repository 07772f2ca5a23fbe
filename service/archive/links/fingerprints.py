"""What one card leaves in its row, to be found again: keyed hashes and sketches, nothing that can be read."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any, Final

import numpy as np
import pyarrow as pa

from service.archive.item import CardEvidence
from service.archive.links.serials import serial_prints
from service.cards.number import compact, well_formed
from service.checks.case import Capture, Case
from service.checks.identity import SURE, ground_of, photo_of
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH
from service.imaging.photo_detail import photo_detail
from service.store.cipher import Cipher
from service.store.prints import Prints
from service.store.workshops import photo_seed
from service.workshops import photo_sketch

__all__ = ["FIELDS", "fingerprints", "prints_of"]

Value = bytes | str | float | None

FIELDS: Final[Mapping[str, Any]] = {
    "number": pa.string(),
    "series": pa.binary(),
    "serial": pa.float64(),
    "name": pa.binary(),
    "birth": pa.binary(),
    "issued_day": pa.float64(),
    "photo": pa.binary(),
    "ground": pa.binary(),
    "device": pa.string(),
    "coding": pa.string(),
    "place": pa.binary(),
}
"""Columns of the struct ``fingerprints`` in the result files; each may be null.

``number`` keyed hash of the card number; ``series`` keyed hashes of the blocks of numbers it lies in and
``serial`` its place in the block; ``name``, ``birth`` keyed Bloom filters; ``issued_day`` days since
2000-01-01; ``photo`` 256 and ``ground`` 1152 signed bytes; ``device`` digest of what wrote the file (tables,
size, resolution); ``coding`` digest of the JPEG tables and the program named in the file; ``place`` width and
height of the picture and the card's four corners in it, ten 32-bit floats.
"""
CLEAR = 0.8
"""Confidence from which a name or a date of birth is compared with another card's."""
_EPOCH: Final = date(2000, 1, 1)


def fingerprints(card: CardEvidence) -> Mapping[str, Value]:
    """The fingerprints of a judged card: a value for every name of ``FIELDS``, None where it was not seen."""
    return prints_of(card.case, card.key)


def prints_of(case: Case, key: bytes) -> dict[str, Value]:
    """As ``fingerprints``, from a case and the 32 bytes under which names and numbers are hashed."""
    values: dict[str, Value] = dict.fromkeys(FIELDS)
    if case.layout is None or not case.in_place:
        return values
    cipher = Cipher((key,))
    values.update(_texts(case, cipher))
    values.update(_pictures(case, cipher))
    capture = case.captures.get("front")
    if capture is not None and capture.view is not None:
        values.update(_file(capture))
    return values


def _texts(case: Case, cipher: Cipher) -> dict[str, Value]:
    prints, values = Prints(cipher), dict[str, Value]()
    number = _sure(case, "card_number", SURE)
    if number is not None and well_formed(number):
        values["number"] = cipher.fingerprint("registry number", compact(number).encode())
        values["series"], values["serial"] = serial_prints(compact(number), cipher)
    if name := _sure(case, "name_latin", CLEAR):
        values["name"] = prints.name(name)
    if birth := _sure(case, "date_of_birth", CLEAR):
        values["birth"] = prints.birth(birth)
    if issued := _sure(case, "issue_date", CLEAR):
        values["issued_day"] = _days(issued)
    return values


def _sure(case: Case, name: str, least: float) -> str | None:
    reading = case.printed(name) or case.reading(name, "chip")
    if reading is None or reading.confidence < least or "folded" in reading.extra:
        return None
    return reading.value


def _days(day: str) -> float | None:
    try:
        return float((date.fromisoformat(day) - _EPOCH).days)
    except ValueError:
        return None


def _file(capture: Capture) -> dict[str, Value]:
    """What the file tells of the device and the program that wrote it, and where the card lay."""
    picture, view = capture.picture, capture.view
    if view is None:
        return {}
    about = picture.metadata
    tables = repr(about.quantisation).encode()
    coding = sha256(tables + (about.software or "").encode()).hexdigest()[:16]
    size = f"{picture.width}x{picture.height} {about.dpi} {about.format}"
    outline = np.array([[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]]) * (RASTER_WIDTH, RASTER_HEIGHT, 1)
    there = outline @ view.homography.T
    corners = (there[:, :2] / there[:, 2:]).reshape(-1)
    return {
        "device": sha256(tables + size.encode()).hexdigest()[:16],
        "coding": coding if about.quantisation or about.software else None,
        "place": struct.pack("<10f", picture.width, picture.height, *corners),
    }


def _pictures(case: Case, cipher: Cipher) -> dict[str, Value]:
    photo, ground = photo_of(case), ground_of(case)
    detail = None if photo is None else photo_detail(photo)
    sketch = None if detail is None else photo_sketch(detail, photo_seed(cipher))
    return {
        "ground": None if ground is None else ground.tobytes(),
        "photo": None if sketch is None else sketch.tobytes(),
    }
