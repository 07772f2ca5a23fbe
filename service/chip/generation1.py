"""The files of a generation-1 chip as a reading (data sheet §1.3, §1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.chip.model import AddressUpdate, Issue, IssueKind, SignedPart
from service.chip.text import decode_text, digits

__all__ = ["CARD_TYPES", "interpret"]

CARD_TYPES = frozenset({"1", "2"})
FRONT_LENGTH = 7000
FACE_LENGTH = 3000

Values = Mapping[str, Mapping[int, bytes]]


def interpret(values: Values) -> tuple[dict[str, Any], list[Issue]]:
    """Fields of a ``ChipReading`` from the objects of each file, and what is wrong with their contents."""
    issues: list[Issue] = []
    front = _value(values, "DF1/EF01", 0xD0)
    face = _value(values, "DF1/EF02", 0xD1)
    check_code = values.get("DF3/EF01")
    fields: dict[str, Any] = {
        "front_image": front,
        "face": face if face is not None and any(face) else None,
        "address_update": _address(values.get("DF2/EF01", {}), issues),
        "comprehensive_permission": _text("DF2/EF02", _value(values, "DF2/EF02", 0xD5), issues),
        "individual_permission": _text("DF2/EF03", _value(values, "DF2/EF03", 0xD6), issues),
        "application_pending": _flag("DF2/EF04", _value(values, "DF2/EF04", 0xD7), issues),
        "signature": None if check_code is None else check_code.get(0xDA, b""),
        "certificate": None if check_code is None else check_code.get(0xDB, b""),
        "signed_parts": (
            SignedPart("front_image", front or b"", FRONT_LENGTH),
            SignedPart("face", face or b"", FACE_LENGTH),
        ),
    }
    return fields, issues


def _value(values: Values, file: str, tag: int) -> bytes | None:
    return values.get(file, {}).get(tag)


def _text(file: str, value: bytes | None, issues: list[Issue]) -> str | None:
    if value is None or not any(value):
        return None
    text, fallback = decode_text(value)
    if text is None:
        issues.append(Issue(IssueKind.MALFORMED, file, "the text is in no known encoding"))
    elif fallback:
        issues.append(Issue(IssueKind.NOTE, file, f"the text is not UTF-8, read as {fallback}"))
    return text


def _flag(file: str, value: bytes | None, issues: list[Issue]) -> bool | None:
    if value is None:
        return None
    if value not in (b"0", b"1"):
        issues.append(Issue(IssueKind.NOTE, file, "the flag is neither 0 nor 1"))
        return None
    return value == b"1"


def _address(objects: Mapping[int, bytes], issues: list[Issue]) -> AddressUpdate | None:
    text = _text("DF2/EF01", objects.get(0xD4), issues)
    if text is None:
        return None
    date, municipality = digits(objects.get(0xD2)), digits(objects.get(0xD3))
    return AddressUpdate(date or "", municipality or "", text)
