"""Dumps of electronic passports and other states' residence permits (contract §4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from service.chip.emrtd.document import GROUP_TAGS
from service.chip.importers.base import Content, Importer, RawDump, named_files, read_time, unreadable
from service.chip.model import Issue, IssueKind, Shape

__all__ = ["EMRTD"]

FORMAT = "emrtd-dump/1"
FILE_NAME = re.compile(r"EF\.(?:COM|SOD|DG(?:1[0-6]|[1-9]))")
MEMBER_NAME = re.compile(rf"(?:^|/)({FILE_NAME.pattern})\.bin$", re.IGNORECASE)
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
SIGNED_DATA_WITHIN = 32
"""Bytes from the beginning of EF.SOD in which its content type stands."""
FILE_OF_TAG: Mapping[int, str] = {0x60: "EF.COM", 0x77: "EF.SOD"} | {
    tag: f"EF.DG{number}" for number, tag in GROUP_TAGS.items()
}


def _recognises(content: Content) -> bool:
    if content.body is not None:
        return content.body.get("format") == FORMAT
    members = content.members or {}
    return any(MEMBER_NAME.search(name) or _is_security_object(data) for name, data in members.items())


def _is_security_object(data: bytes) -> bool:
    return data[:1] == b"\x77" and SIGNED_DATA in data[:SIGNED_DATA_WITHIN]


def _read(content: Content) -> RawDump:
    return _read_json(content.body) if content.body is not None else _read_members(content.members or {})


def _read_members(members: Mapping[str, bytes]) -> RawDump:
    found = [(file, data) for name, data in members.items() if (file := _file_of(name, data))]
    files = dict(found)
    if len(files) != len(found):
        raise unreadable("The ZIP archive holds the same file of the chip twice.")
    strays = len(found) < len(members)
    note = Issue(IssueKind.NOTE, "", "the archive holds files that are not of the chip")
    return RawDump(Shape.EMRTD, files, (note,) if strays else ())


def _file_of(name: str, data: bytes) -> str | None:
    """By the name; a file under a name of its own is told by its first byte."""
    match = MEMBER_NAME.search(name)
    return match[1].upper() if match else FILE_OF_TAG.get(data[0]) if data else None


def _read_json(body: Mapping[str, Any]) -> RawDump:
    files, issues = named_files(body, FILE_NAME, "document")
    moment, time_issues = read_time(body.get("read_at"))
    return RawDump(Shape.EMRTD, files, (*issues, *time_issues), read_at=moment)


EMRTD = Importer(Shape.EMRTD, _recognises, _read)
