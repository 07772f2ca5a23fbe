"""The files of a generation-2 chip as a reading (data sheet §2.2 - §2.4, §2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.chip.files import GENERATION_2, SPR_CARD_TYPES
from service.chip.model import Issue, IssueKind, SignedPart
from service.chip.text import decode_text

__all__ = ["CARD_TYPES", "interpret"]

CARD_TYPES = frozenset({"05", "06", "07", "08"})
ENTRIES_LENGTH = 53
SPR_ENTRIES_LENGTH = 34
FACE_LENGTH = 3000
NAME_LENGTH = 2500

Values = Mapping[str, Mapping[int, bytes]]


def interpret(values: Values, card_type: str | None) -> tuple[dict[str, Any], list[Issue]]:
    """Fields of a ``ChipReading`` from the objects of each file, and what is wrong with their contents."""
    issues: list[Issue] = []
    special = card_type in SPR_CARD_TYPES
    printed = values.get("DF1/EF02", {})
    images = values.get("DF1/EF03", {})
    check_code = values.get("DF3/EF01")
    face = images.get(0xD1)
    fields: dict[str, Any] = {
        "card_number": _code("DF1/EF01", values.get("DF1/EF01", {}).get(0xC2), issues),
        "entries": _entries(printed, issues),
        "name_image": images.get(0xD0),
        "face": face if face is not None and any(face) else None,
        "address_image": values.get("DF1/EF04", {}).get(0xDFD1),
        "signature": None if check_code is None else check_code.get(0xDC, b""),
        "certificate": None if check_code is None else check_code.get(0xDD, b""),
        "signed_parts": (
            _entries_part(printed, special),
            SignedPart("face", face or b"", FACE_LENGTH),
            SignedPart("name_image", images.get(0xD0) or b"", NAME_LENGTH),
        ),
    }
    return fields | _notes(values, special, issues), issues


def _entries_part(printed: Mapping[int, bytes], special: bool) -> SignedPart:
    """Values in file order; those of special permanent residents are filled up to the same length."""
    joined = b"".join(printed.values())
    if special and len(joined) == SPR_ENTRIES_LENGTH:
        joined = joined.ljust(ENTRIES_LENGTH, b"\x00")
    lengths = {item.tag: item.length for item in GENERATION_2["DF1/EF02"].objects}
    well_formed = all(len(value) == lengths.get(tag) for tag, value in printed.items())
    return SignedPart("entries", joined, ENTRIES_LENGTH, well_formed)


def _entries(printed: Mapping[int, bytes], issues: list[Issue]) -> dict[str, str]:
    decoded = {f"{tag:02X}": _code("DF1/EF02", value, issues) for tag, value in printed.items()}
    return {tag: text for tag, text in decoded.items() if text is not None}


def _code(file: str, value: bytes | None, issues: list[Issue]) -> str | None:
    if value is None or not any(value):
        return None
    text, fallback = decode_text(value)
    if text is None or fallback:
        issues.append(Issue(IssueKind.MALFORMED, file, "a code is not UTF-8"))
        return None
    return text.strip()


def _notes(values: Values, special: bool, issues: list[Issue]) -> dict[str, Any]:
    """DF2: permissions and applications; special permanent residents have the commissioner's note alone."""
    note = values.get("DF2/EF01" if special else "DF2/EF03", {})
    fields: dict[str, Any] = {
        "commissioner_entry": _flag("DF2", note.get(0xD9), issues),
        "reserved_text": _code("DF2", note.get(0xDE), issues),
    }
    if special:
        return fields
    permission = values.get("DF2/EF01", {})
    comprehensive = _code("DF2/EF01", permission.get(0xD5), issues)
    individual = _flag("DF2/EF01", permission.get(0xD7), issues)
    return fields | {
        "comprehensive_permission": None if comprehensive == "0" else comprehensive,
        "comprehensive_until": _code("DF2/EF01", permission.get(0xD6), issues),
        "individual_permission": "1" if individual else None,
        "application_pending": _flag("DF2/EF02", values.get("DF2/EF02", {}).get(0xD8), issues),
    }


def _flag(file: str, value: bytes | None, issues: list[Issue]) -> bool | None:
    if value is None or not any(value):
        return None
    if value not in (b"0", b"1"):
        issues.append(Issue(IssueKind.NOTE, file, "a flag is neither 0 nor 1"))
        return None
    return value == b"1"
