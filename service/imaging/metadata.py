"""What a file says about itself: resolution, orientation, editing program, quantisation tables."""

from __future__ import annotations

import re
from collections.abc import Callable

from PIL import ExifTags, Image

from service.evidence import ImageMetadata

__all__ = ["ZIGZAG", "metadata_of", "orientation_of"]

_DPI_RANGE = (30.0, 4800.0)
_SOFTWARE_LENGTH = 64
_CREATOR_TOOL = re.compile(rb"CreatorTool[\"'=>\s]{1,4}([^\"'<]{1,200})")
ZIGZAG = sorted(
    range(64),
    key=lambda i: (i // 8 + i % 8, i // 8 if (i // 8 + i % 8) % 2 else -(i // 8)),
)
"""Row-major index of each place of the zigzag order (ITU-T T.81, figure A.6)."""


def orientation_of(image: Image.Image) -> int:
    """EXIF orientation 1 ... 8; 1 where it is absent or unreadable."""
    value = _exif(image, ExifTags.Base.Orientation)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def metadata_of(image: Image.Image, form: str, orientation: int) -> Callable[[str], ImageMetadata]:
    """The metadata of an opened file, waiting for the colour kind that only its pixels tell."""
    dpi, software, tables = _dpi(image), _software(image), _quantisation(image)

    def complete(colour: str) -> ImageMetadata:
        return ImageMetadata(form, colour, dpi, orientation, software, tables)

    return complete


def _exif(image: Image.Image, tag: ExifTags.Base) -> object:
    try:
        return image.getexif().get(tag)
    except Exception:  # broken EXIF of any kind is no EXIF; the picture itself may be sound
        return None


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    stated = image.info.get("dpi")
    try:
        x, y = (float(v) for v in stated)  # type: ignore[union-attr]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    low, high = _DPI_RANGE
    return (x, y) if low <= x <= high and low <= y <= high else None


def _software(image: Image.Image) -> str | None:
    packet = image.info.get("xmp") or b""
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    tool = _CREATOR_TOOL.search(packet) if isinstance(packet, bytes) else None
    candidates = (
        _exif(image, ExifTags.Base.Software),
        tool.group(1).decode("utf-8", "replace") if tool else None,
        image.info.get("Software"),
    )
    for value in candidates:
        if isinstance(value, str):
            text = "".join(c for c in value if c.isprintable()).strip()[:_SOFTWARE_LENGTH]
            if text:
                return text
    return None


def _quantisation(image: Image.Image) -> tuple[tuple[int, ...], ...]:
    tables: dict[int, list[int]] = getattr(image, "quantization", None) or {}
    rows = [tables[key] for key in sorted(tables)]
    return tuple(tuple(int(row[i]) for i in ZIGZAG) for row in rows if len(row) == 64)
