"""Dumps of whole elementary files: ``residence-card-dump/1`` and a ZIP of the same files (contract §4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from service.chip.importers.base import (
    Content,
    Importer,
    RawDump,
    card_number,
    decode_base64,
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
)
"""First bytes of files that apps hand out under names of their own, such as ``front_image_1.jpg``."""


def _is_json(content: Content) -> bool:
    return content.body is not None and content.body.get("format") == FORMAT


def _read_json(content: Content) -> RawDump:
    body: Mapping[str, Any] = content.body or {}
    given = body.get("files")
    if not isinstance(given, dict):
        raise unreadable("The dump has no object `files`.")
    files: dict[str, bytes] = {}
    issues: list[Issue] = []
    for name, text in given.items():
        if not FILE_NAME.fullmatch(name):
            issues.append(Issue(IssueKind.NOTE, "", "a file is not one of this kind of card"))
            continue
        data = decode_base64(text)
        if data is None:
            issues.append(Issue(IssueKind.MALFORMED, name, "the file is not base64"))
        else:
            files[name] = data
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
    return found


def _file_of_name(name: str) -> str | None:
    match = MEMBER_NAME.search(name)
    file = match[1].upper() if match else ""
    return file if FILE_NAME.fullmatch(file) else None


def _file_of_content(data: bytes) -> str | None:
    return next((file for head, file in LEADING_OBJECTS if data.startswith(head)), None)


def _read_zip(content: Content) -> RawDump:
    members = content.members or {}
    found = _member_files(members)
    files = dict(found)
    if len(files) != len(found):
        raise unreadable("The ZIP archive holds the same file of the card twice.")
    issues: tuple[Issue, ...] = ()
    if len(found) < len(members):
        issues = (Issue(IssueKind.NOTE, "", "the archive holds files that are not of the card"),)
    return RawDump(Shape.ZIP, files, issues)


JSON_FILES = Importer(Shape.JSON, _is_json, _read_json)
ZIP_FILES = Importer(Shape.ZIP, _is_zip, _read_zip)
