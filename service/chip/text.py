"""Text of the chip: UTF-8 without byte order mark, NUL padded (data sheet §1.3)."""

from __future__ import annotations

__all__ = ["FALLBACKS", "decode_text", "digits"]

FALLBACKS = ("shift_jisx0213", "cp932")
"""Encodings that other readers assume; used only where UTF-8 does not fit, and noted."""


def decode_text(value: bytes) -> tuple[str | None, str | None]:
    """The text and the encoding that fitted where that was not UTF-8; None where no encoding fits."""
    body = value.rstrip(b"\x00")
    try:
        return body.decode("utf-8"), None
    except UnicodeDecodeError:
        pass
    for name in FALLBACKS:
        try:
            return body.decode(name), name
        except UnicodeDecodeError:
            continue
    return None, None


def digits(value: bytes | None) -> str | None:
    """ASCII digits of a field, None where it holds anything else or nothing."""
    text = (value or b"").rstrip(b"\x00 ")
    return text.decode("ascii") if text.isdigit() else None
