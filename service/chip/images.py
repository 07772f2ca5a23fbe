"""Pictures of the chip as arrays: text images (D0, DFD1: TIFF group 4) and the photograph (D1: JPEG 2000).

Sizes are read from the header and held against limits before anything is decoded.
"""

from __future__ import annotations

import io
import struct

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from service.chip.errors import ImageError
from service.chip.tiff import BilevelTiff, is_tiff, read_tiff, wrap_mmr

__all__ = ["FRONT_HEIGHT", "FRONT_WIDTH", "decode_face", "decode_text_image"]

FRONT_WIDTH, FRONT_HEIGHT = 674, 425
"""Likely raster of the generation-1 front image, ID-1 at 200 dpi; used only where data has no header."""

MAX_TEXT_PIXELS = 4_000_000
MAX_FACE_PIXELS = 1_000_000
MAX_FILE_BYTES = 1024 * 1024

CODESTREAM = b"\xff\x4f\xff\x51"
REENCODED_MAGIC = (b"\x89PNG", b"\xff\xd8\xff")
DECODE_FAULTS = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    MemoryError,
    struct.error,
    Image.DecompressionBombError,
    Warning,
)
"""What Pillow raises on hostile input; its warnings too, where the process turns them into errors."""


def decode_text_image(data: bytes) -> NDArray[np.uint8]:
    """A text image as (height, width) grey: ink 0, paper 255.

    Takes a TIFF with NULs behind it, bare MMR data of the generation-1 front, and PNG or JPEG from
    re-encoded dumps.

    Raises:
        ImageError: not decodable, or more pixels than any card holds.
    """
    if data.startswith(REENCODED_MAGIC):
        return _decode(data, "L", MAX_TEXT_PIXELS, ("PNG", "JPEG"))
    if is_tiff(data):
        picture = read_tiff(data)
    else:
        picture = BilevelTiff(FRONT_WIDTH, FRONT_HEIGHT, FRONT_HEIGHT, (data.rstrip(b"\x00"),))
    return _decode_strips(picture)


def decode_face(data: bytes) -> NDArray[np.uint8]:
    """The photograph as (height, width, 3) BGR.

    Raises:
        ImageError: not decodable, or more pixels than any card holds.
    """
    if data.startswith(REENCODED_MAGIC):
        pixels = _decode(data, "RGB", MAX_FACE_PIXELS, ("PNG", "JPEG"))
    else:
        _check_codestream(data)
        pixels = _decode(data, "RGB", MAX_FACE_PIXELS, ("JPEG2000",))
    return np.ascontiguousarray(pixels[:, :, ::-1])


def _decode_strips(picture: BilevelTiff) -> NDArray[np.uint8]:
    _check_size(picture.width, picture.height, MAX_TEXT_PIXELS)
    rows = picture.rows_per_strip
    if rows < 1 or len(picture.strips) != -(-picture.height // rows):
        raise ImageError("the strips do not make up the picture")
    parts = []
    for index, strip in enumerate(picture.strips):
        height = min(rows, picture.height - index * rows)
        wrapped = wrap_mmr(strip, picture.width, height, least_bit_first=picture.least_bit_first)
        parts.append(_decode(wrapped, "L", MAX_TEXT_PIXELS, ("TIFF",)))
    pixels = np.concatenate(parts)
    # Writers disagree on the polarity field, and bare data has none; text covers less than half of a card.
    return 255 - pixels if np.count_nonzero(pixels) * 2 < pixels.size else pixels


def _check_codestream(data: bytes) -> None:
    """The size in the SIZ marker (ISO/IEC 15444-1 A.5.1), before the decoder sees it."""
    at = data.find(CODESTREAM)
    if at < 0 or len(data) < at + 24:
        raise ImageError("the photograph is not JPEG 2000")
    right, lower, left, upper = struct.unpack_from(">IIII", data, at + 8)
    _check_size(right - left, lower - upper, MAX_FACE_PIXELS)


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width < 1 or height < 1 or width * height > max_pixels:
        raise ImageError("the picture has no size that a card can hold")


def _decode(data: bytes, mode: str, max_pixels: int, formats: tuple[str, ...]) -> NDArray[np.uint8]:
    if len(data) > MAX_FILE_BYTES:
        raise ImageError("the picture is larger than any card holds")
    try:
        with Image.open(io.BytesIO(data), formats=formats) as image:
            _check_size(image.width, image.height, max_pixels)
            return np.array(image.convert(mode), dtype=np.uint8)
    except DECODE_FAULTS as fault:
        raise ImageError("the picture cannot be decoded") from fault
