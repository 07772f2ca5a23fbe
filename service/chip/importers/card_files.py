"""Dumps of whole elementary files: ``residence-card-dump/1`` and a ZIP of the same files (contract §4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from service.chip.files import JPEG2000_MAGIC, TIFF_MAGIC
from service.chip.importers.base import (
    Content,
    Importer,
    RawDump,
    card_number,
    named_files,
    read_time,
    unreadable,
)
from service.chip.model import Issue, IssueKind, Shape

__all__ = ["JSON_FILES", "ZIP_FILES"]

FORMAT = "residence-card-dump/1"
FILE_NAME = re.compile(r"(?:MF/EF0[12]|DF1/EF0[1-4]|DF2/EF0[1-4]|DF3/EF01)")
MEMBER_NAME = re.compile(r"(?:^|/)((?:MF|DF[123])/EF0[1-4])\.bin$", re.IGNORECASE)

LEADING_OBJECTS: tuple[tuple[bytes, str], ...] = (
    (b"\xc0\x04", "MF/EF01"),
    (b"\xc1\x01", "MF/EF02"),
    (b"\xc1\x02", "MF/EF02"),
    (b"\xd0\x82\x1b\x58", "DF1/EF01"),
    (b"\xd1\x82\x0b\xb8", "DF1/EF02"),
    (b"\xd2\x08\x32", "DF2/EF01"),
    (b"\xd5\x78", "DF2/EF02"),
    (b"\xd6\x78", "DF2/EF03"),
    (b"\xd7\x01", "DF2/EF04"),
    (b"\xda\x82\x01\x00", "DF3/EF01"),
    (b"\xda\x00", "DF3/EF01"),
    (b"\xc2\x0c", "DF1/EF01"),
    (b"\xc5\x08", "DF1/EF02"),
    (b"\xd0\x82\x09\xc4", "DF1/EF03"),
    (b"\xdf\xd1\x82", "DF1/EF04"),
    (b"\xd5\x07", "DF2/EF01"),
    (b"\xd5\x01", "DF2/EF01"),
    (b"\xd8\x01", "DF2/EF02"),
    (b"\xd9\x01", "DF2/EF03"),
    (b"\xdc\x60", "DF3/EF01"),
    *((bytes((0xDC, length)), "DF3/EF01") for length in range(0x64, 0x69)),
)
"""First bytes of files that apps hand out under names of their own, such as ``front_image_1.jpg``."""
BARE_PICTURES: tuple[tuple[tuple[bytes, ...], str, int], ...] = (
    (TIFF_MAGIC, "DF1/EF01", 7000),
    (JPEG2000_MAGIC, "DF1/EF02", 3000),
)
"""Pictures of generation 1 that came without tag and length, with the length of their value."""
SECOND_GENERATION_SPR = (b"\xc1\x0206", b"\xc1\x0208")
"""Card types whose note of the commissioner stands in DF2/EF01 instead of DF2/EF03."""


def _is_json(content: Content) -> bool:
    return content.body is not None and content.body.get("format") == FORMAT


def _read_json(content: Content) -> RawDump:
    body: Mapping[str, Any] = content.body or {}
    files, issues = named_files(body, FILE_NAME, "card")
    number, number_issues = card_number(body.get("card_number"))
    moment, time_issues = read_time(body.get("read_at"))
    return RawDump(
        Shape.JSON, files, (*issues, *number_issues, *time_issues), stated_card_number=number, read_at=moment
    )


def _is_zip(content: Content) -> bool:
    return bool(_member_files(content.members or {}))


def _member_files(members: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for name, data in members.items():
        file = _file_of_name(name) or _file_of_content(data)
        if file:
            found.append((file, data))
    if any(data.startswith(SECOND_GENERATION_SPR) for _, data in found):
        return [("DF2/EF01" if data.startswith(b"\xd9\x01") else file, data) for file, data in found]
    return found


def _file_of_name(name: str) -> str | None:
    match = MEMBER_NAME.search(name)
    file = match[1].upper() if match else ""
    return file if FILE_NAME.fullmatch(file) else None


def _file_of_content(data: bytes) -> str | None:
    bare = (file for heads, file, size in BARE_PICTURES if data.startswith(heads) and len(data) <= size + 16)
    tagged = (file for head, file in LEADING_OBJECTS if data.startswith(head))
    return next(bare, None) or next(tagged, None)


def _read_zip(content: Content) -> RawDump:
    members = content.members or {}
    found = _member_files(members)
    files = dict(found)
    if len(files) != len(found):
        raise unreadable("The ZIP archive holds the same file of the card twice.")
    issues: tuple[Issue, ...] = ()
    if len(found) < len(members):
        issues = (Issue(IssueKind.NOTE, "", "the archive holds files that are not of the card"),)
    return RawDump(Shape.FILE if content.alone else Shape.ZIP, files, issues)


JSON_FILES = Importer(Shape.JSON, _is_json, _read_json)
ZIP_FILES = Importer(Shape.ZIP, _is_zip, _read_zip)
