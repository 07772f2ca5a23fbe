"""Three hex strings of a generation-1 card: check-code file whole, two picture values (contract §4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.chip.importers.base import Content, Importer, RawDump, card_number, decode_hex, read_time
from service.chip.model import Issue, IssueKind, Shape

__all__ = ["HEX_STRINGS"]

KEYS = ("signature", "front_image", "face")
MAX_VALUE = 0xFFFF


def _recognises(content: Content) -> bool:
    return content.body is not None and all(key in content.body for key in KEYS)


def _read(content: Content) -> RawDump:
    body: Mapping[str, Any] = content.body or {}
    files: dict[str, bytes] = {}
    issues: list[Issue] = []
    for key, file, tag in (
        ("signature", "DF3/EF01", None),
        ("front_image", "DF1/EF01", 0xD0),
        ("face", "DF1/EF02", 0xD1),
    ):
        value = decode_hex(body[key])
        if value is None or len(value) > MAX_VALUE:
            issues.append(Issue(IssueKind.MALFORMED, file, "the file is not a string of hex digits"))
        else:
            files[file] = value if tag is None else _as_file(tag, value)
    number, number_issues = card_number(body.get("card_number"))
    moment, time_issues = read_time(body.get("read_at"))
    return RawDump(
        Shape.HEX,
        files,
        (*issues, *number_issues, *time_issues),
        stated_card_number=number,
        read_at=moment,
        generation=1,
        signed_files_only=True,
    )


def _as_file(tag: int, value: bytes) -> bytes:
    """The value as the data object that the card holds; one that came as an object is left alone."""
    head = bytes([tag, 0x82])
    if value[:2] == head and len(value) - 4 == int.from_bytes(value[2:4], "big"):
        return value
    return head + len(value).to_bytes(2, "big") + value


HEX_STRINGS = Importer(Shape.HEX, _recognises, _read)
