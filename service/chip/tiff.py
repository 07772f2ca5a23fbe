"""The one kind of TIFF that chips hold: bilevel, CCITT group 4 (MMR), as strips (data sheet §1.3).

Read by hand, so that hostile headers meet a small parser, and so that bare MMR data can be given the
header it lacks.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from service.chip.errors import ImageError

__all__ = ["BilevelTiff", "is_tiff", "read_tiff", "wrap_mmr"]

GROUP_4 = 4
WHITE_IS_ZERO = 0
MAX_TAGS = 64
MAX_STRIPS = 4096
FIELD_SIZES = {1: 1, 3: 2, 4: 4}
FIELD_FORMATS = {1: "B", 3: "H", 4: "I"}

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER = 256, 257, 258, 259, 262, 266
STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP, STRIP_COUNTS = 273, 277, 278, 279
NEEDED = (WIDTH, HEIGHT, COMPRESSION, STRIP_OFFSETS)


@dataclass(frozen=True, slots=True)
class BilevelTiff:
    """A group 4 picture: its size and its strips from top to bottom."""

    width: int
    height: int
    rows_per_strip: int
    strips: tuple[bytes, ...]
    least_bit_first: bool = False


def is_tiff(data: bytes) -> bool:
    """Whether the bytes begin like a TIFF file."""
    return data[:4] in (b"II*\x00", b"MM\x00*")


def read_tiff(data: bytes) -> BilevelTiff:
    """The picture of a TIFF file; ImageError where it is not bilevel group 4 or points outside itself."""
    order = "<" if data[:2] == b"II" else ">"
    try:
        (at,) = struct.unpack_from(order + "I", data, 4)
        fields = _directory(data, order, at)
    except struct.error as fault:
        raise ImageError("the TIFF directory lies outside the file") from fault
    if any(tag not in fields for tag in NEEDED):
        raise ImageError("the TIFF directory is not complete")
    if _first(fields, COMPRESSION, 1) != GROUP_4 or _first(fields, BITS, 1) * _first(fields, SAMPLES, 1) != 1:
        raise ImageError("the TIFF is not a bilevel group 4 picture")
    height = _first(fields, HEIGHT, 0)
    return BilevelTiff(
        width=_first(fields, WIDTH, 0),
        height=height,
        rows_per_strip=min(_first(fields, ROWS_PER_STRIP, height), height),
        strips=_strips(data, fields),
        least_bit_first=_first(fields, FILL_ORDER, 1) == 2,
    )


def _directory(data: bytes, order: str, at: int) -> dict[int, tuple[int, ...]]:
    (count,) = struct.unpack_from(order + "H", data, at)
    if count > MAX_TAGS:
        raise ImageError("the TIFF directory is too long")
    fields: dict[int, tuple[int, ...]] = {}
    for index in range(count):
        entry = at + 2 + 12 * index
        tag, kind, size = struct.unpack_from(order + "HHI", data, entry)
        if kind not in FIELD_SIZES or not 0 < size <= MAX_STRIPS:
            continue
        place = entry + 8
        if size * FIELD_SIZES[kind] > 4:
            (place,) = struct.unpack_from(order + "I", data, place)
        fields[tag] = struct.unpack_from(f"{order}{size}{FIELD_FORMATS[kind]}", data, place)
    return fields


def _first(fields: dict[int, tuple[int, ...]], tag: int, default: int) -> int:
    return fields.get(tag, (default,))[0]


def _strips(data: bytes, fields: dict[int, tuple[int, ...]]) -> tuple[bytes, ...]:
    offsets = fields[STRIP_OFFSETS]
    counts = fields.get(STRIP_COUNTS) or tuple(len(data) for _ in offsets)
    if len(counts) != len(offsets):
        raise ImageError("the TIFF strips do not match")
    strips = tuple(data[at : at + size] for at, size in zip(offsets, counts, strict=True))
    if not all(strips):
        raise ImageError("a TIFF strip lies outside the file")
    return strips


def wrap_mmr(strip: bytes, width: int, height: int, *, least_bit_first: bool = False) -> bytes:
    """A complete TIFF file around one strip of MMR data."""
    fields = (
        (WIDTH, 4, width),
        (HEIGHT, 4, height),
        (BITS, 3, 1),
        (COMPRESSION, 3, GROUP_4),
        (PHOTOMETRIC, 3, WHITE_IS_ZERO),
        (FILL_ORDER, 3, 2 if least_bit_first else 1),
        (STRIP_OFFSETS, 4, 8 + 2 + 12 * 10 + 4),
        (SAMPLES, 3, 1),
        (ROWS_PER_STRIP, 4, height),
        (STRIP_COUNTS, 4, len(strip)),
    )
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in fields)
    return b"II*\x00" + struct.pack("<IH", 8, len(fields)) + entries + bytes(4) + strip
