"""Which kind of picture a file is and how large, told from its first bytes before anything is decoded."""

from __future__ import annotations

import struct
from dataclasses import dataclass

__all__ = ["MEDIA_TYPES", "Header", "sniff", "webp_header"]

MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "TIFF": "image/tiff",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
    "PDF": "application/pdf",
}
"""Media type of each format that is read."""

_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"))
_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_TIFF_STARTS = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_PDF_WINDOW = 1024
"""Readers of PDF accept the mark anywhere in the first kilobyte (ISO 32000, annex H)."""


@dataclass(frozen=True, slots=True)
class Header:
    """Size that a header states, and whether the file moves."""

    width: int
    height: int
    animated: bool = False


def sniff(data: bytes) -> str | None:
    """Format by content: a key of MEDIA_TYPES, or None for anything that is not read here."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(_TIFF_STARTS):
        return "TIFF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return "HEIF" if _is_heif(data) else None
    if b"%PDF-" in data[:_PDF_WINDOW]:
        return "PDF"
    return None


def _is_heif(data: bytes) -> bool:
    size = min(int.from_bytes(data[:4], "big"), 256)
    brands = [data[8:12], *(data[i : i + 4] for i in range(16, size, 4))]
    return brands[0] not in _AVIF_BRANDS and any(brand in _HEIF_BRANDS for brand in brands)


def webp_header(data: bytes) -> Header | None:
    """Size from the first chunk of a WebP file, None where it is not understood (RFC 9649, section 2).

    The decoder allocates the whole canvas when it opens a file, so the size has to be known before.
    """
    chunk, body = data[12:16], data[20:32]
    if chunk == b"VP8X" and len(body) >= 10:
        width = int.from_bytes(body[4:7], "little") + 1
        height = int.from_bytes(body[7:10], "little") + 1
        return Header(width, height, bool(body[0] & 0x02))
    if chunk == b"VP8L" and len(body) >= 5 and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return Header((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)
    if chunk == b"VP8 " and len(body) >= 10 and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", body[6:10])
        return Header(width & 0x3FFF, height & 0x3FFF)
    return None
