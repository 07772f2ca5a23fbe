"""Dumps of electronic passports and residence permits: recognised, not judged (contract §4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from service.chip.importers.base import Content, Importer, RawDump, decode_base64, unreadable
from service.chip.model import Issue, IssueKind, Shape

__all__ = ["EMRTD"]

FORMAT = "emrtd-dump/1"
MEMBER_NAME = re.compile(r"(?:^|/)(EF\.(?:COM|SOD|DG(?:1[0-6]|[1-9])))\.bin$", re.IGNORECASE)


def _recognises(content: Content) -> bool:
    if content.body is not None:
        return content.body.get("format") == FORMAT
    return any(MEMBER_NAME.search(name) for name in content.members or {})


def _read(content: Content) -> RawDump:
    if content.body is not None:
        return _read_json(content.body)
    named = ((MEMBER_NAME.search(name), data) for name, data in (content.members or {}).items())
    return RawDump(Shape.EMRTD, {match[1].upper(): data for match, data in named if match}, supported=False)


def _read_json(body: Mapping[str, Any]) -> RawDump:
    given = body.get("files")
    decoded = {n: decode_base64(t) for n, t in given.items()} if isinstance(given, dict) else {}
    files = {name: data for name, data in decoded.items() if data}
    if not files:
        raise unreadable("The dump holds no file that can be read.")
    issues = tuple(
        Issue(IssueKind.MALFORMED, "", "a file is not base64") for data in decoded.values() if data is None
    )
    return RawDump(Shape.EMRTD, files, issues, supported=False)


EMRTD = Importer(Shape.EMRTD, _recognises, _read)
