"""Opens what was submitted: JSON or ZIP, told apart by content, every limit held before memory is spent."""

from __future__ import annotations

import io
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from service.chip.importers.base import Content, unreadable
from service.errors import PayloadTooLarge
from service.settings import Settings

__all__ = ["open_content"]

BOM = b"\xef\xbb\xbf"
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
JSON_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
"""Strings, whole or cut off, and brackets; possessive, so that no input makes it slow."""

UNSAFE_NAME = re.compile(r"^/|^[A-Za-z]:|\\|[\x00-\x1f\x7f]|(^|/)\.\.?(/|$)")
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ENCRYPTED = 0x1
ZIP_FAULTS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    IndexError,
)
"""What ``zipfile`` raises on hostile input."""


def open_content(data: bytes, limits: Settings) -> Content:
    """The submitted bytes as a JSON object, the members of a ZIP, or one file on its own.

    Raises:
        PayloadTooLarge: more bytes than ``max_dump_bytes``.
        DumpUnreadable: JSON or ZIP that breaks its format or the limits.
    """
    if len(data) > limits.max_dump_bytes:
        raise PayloadTooLarge(f"A chip dump may have at most {limits.max_dump_bytes} bytes.")
    body = data.removeprefix(BOM).strip(b" \t\r\n")
    if body.startswith(b"{"):
        return Content(body=_json(body, limits))
    if data.startswith(ZIP_MAGIC):
        return Content(members=_zip(data, limits))
    return Content(members={"": data}, alone=True)


def _json(body: bytes, limits: Settings) -> Mapping[str, Any]:
    if _depth(body) > limits.max_json_depth:
        raise unreadable(f"The JSON is nested more than {limits.max_json_depth} levels deep.")
    try:
        parsed = json.loads(body.decode("utf-8"), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as fault:
        raise unreadable("The dump begins like JSON but is not valid UTF-8 JSON.") from fault
    if not isinstance(parsed, dict):
        raise unreadable("The JSON of a dump is an object.")
    return parsed


def _depth(body: bytes) -> int:
    depth = deepest = 0
    for token in JSON_TOKENS.finditer(body):
        first = body[token.start()]
        if first in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif first in b"]}":
            depth -= 1
    return deepest


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise unreadable("The JSON names the same member twice.")
    return found


def _zip(data: bytes, limits: Settings) -> Mapping[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check_entries(entries, limits)
            return _unpack(archive, entries, limits)
    except ZIP_FAULTS as fault:
        raise unreadable("The ZIP archive is damaged or uses a form that is not read here.") from fault


def _check_entries(entries: list[zipfile.ZipInfo], limits: Settings) -> None:
    if len(entries) > limits.max_dump_files:
        raise unreadable(f"The ZIP archive holds more than {limits.max_dump_files} files.")
    if sum(entry.file_size for entry in entries) > limits.max_dump_bytes:
        raise unreadable(f"The ZIP archive unpacks to more than {limits.max_dump_bytes} bytes.")
    for entry in entries:
        if UNSAFE_NAME.search(entry.orig_filename):
            raise unreadable("The ZIP archive holds a name that leaves its folder.")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise unreadable("The ZIP archive holds a link.")
        if entry.flag_bits & ENCRYPTED or entry.compress_type not in METHODS:
            raise unreadable("The ZIP archive is encrypted or packed in a way that is not read here.")


def _unpack(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: Settings
) -> Mapping[str, bytes]:
    members: dict[str, bytes] = {}
    left = limits.max_dump_bytes
    for entry in entries:
        if entry.filename in members:
            raise unreadable("The ZIP archive names the same file twice.")
        with archive.open(entry) as member:
            content = member.read(left + 1)
        left -= len(content)
        if left < 0:
            raise unreadable(f"The ZIP archive unpacks to more than {limits.max_dump_bytes} bytes.")
        members[entry.filename] = content
    return members
